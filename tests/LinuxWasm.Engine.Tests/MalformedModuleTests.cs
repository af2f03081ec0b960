using static LinuxWasm.Engine.Tests.Wasm;

namespace LinuxWasm.Engine.Tests;

public sealed class MalformedModuleTests
{
    [Fact]
    public void A_module_cut_anywhere_is_refused_or_still_whole()
    {
        byte[] whole = Sample().Bytes();
        int refused = 0;
        for (int length = 0; length < whole.Length; length++)
        {
            try
            {
                WasmModule.Decode(whole.AsMemory(0, length));
            }
            catch (WasmFormatException e)
            {
                refused++;
                Assert.InRange(e.Offset, 0, length);
                Assert.NotEmpty(e.Reason);
            }
        }

        // A cut between sections can leave a module; hardly anywhere else.
        Assert.InRange(refused, whole.Length - 12, whole.Length);
    }

    [Theory]
    [InlineData(new byte[0], "unexpected end")]
    [InlineData(new byte[] { 1, 2, 3, 4, 5, 6, 7, 8 }, "magic header")]
    [InlineData(new byte[] { 0, 0x61, 0x73, 0x6D, 2, 0, 0, 0 }, "unknown binary version")]
    [InlineData(new byte[] { 0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 99, 0 }, "malformed section id")]
    [InlineData(new byte[] { 0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F }, "unexpected end of section")]
    [InlineData(new byte[] { 0, 0x61, 0x73, 0x6D, 1, 0, 0, 0, 1, 5, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F }, "do not fit")]
    public void What_is_wrong_is_named(byte[] bytes, string reason)
    {
        var error = Assert.Throws<WasmFormatException>(() => WasmModule.Decode(bytes));
        Assert.Contains(reason, error.Message);
    }

    [Fact]
    public void A_type_error_in_code_gives_its_offset()
    {
        var builder = new ModuleBuilder();
        builder.Function("bad", Type(">i"), [], I64Const(1));
        byte[] bytes = builder.Bytes();
        var error = Assert.Throws<WasmFormatException>(() => WasmModule.Decode(bytes));
        Assert.Contains("type mismatch", error.Reason);
        Assert.Equal(0x0B, bytes[error.Offset]);
    }

    [Fact]
    public void A_module_tells_what_it_imports_exports_and_fills()
    {
        var module = Sample().Build();
        Assert.Equal("env.f : func [i32] -> [i64]", Assert.Single(module.Imports).ToString());
        Assert.Equal(["memory", "main"], module.Exports.Select(e => e.Name));
        Assert.Equal(100u, module.LowestDataAddress);
        Assert.Equal(103u, module.HighestDataAddress);
        Assert.Equal("main", module.FunctionName(1));
        Assert.Equal("env.f", module.FunctionName(0));
    }

    private static ModuleBuilder Sample()
    {
        var builder = new ModuleBuilder();
        int f = builder.Import("env", "f", Type("i>l"));
        builder.Memory(1, 2).Data(100, [1, 2, 3]);
        builder.Function("main", Type("ii>l"), [ValType.F64], Get(0), Call(f));
        return builder;
    }
}
