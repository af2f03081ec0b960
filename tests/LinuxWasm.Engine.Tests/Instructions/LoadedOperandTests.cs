using static LinuxWasm.Engine.Tests.Wasm;

namespace LinuxWasm.Engine.Tests.Instructions;

/// <summary>
/// An instruction whose operand comes straight from memory, where the JIT may make one instruction of the two: it does what it does with the
/// same value from elsewhere. A load of a byte whose bits become a float was once a load of four bytes.
/// </summary>
public sealed class LoadedOperandTests
{
    private static readonly (string Name, ValType Type, byte[] Code)[] Loads =
    [
        .. new byte[] { 0x28, 0x2C, 0x2D, 0x2E, 0x2F }.Select(op => ($"i32 {op:x2}", ValType.I32, new byte[] { op, 0, 3 })),
        ("i32 atomic 8", ValType.I32, [0xFE, 0x12, 0, 3]),
        ("i32 atomic 16", ValType.I32, [0xFE, 0x13, 1, 4]),
        .. new byte[] { 0x29, 0x30, 0x31, 0x32, 0x33, 0x34, 0x35 }.Select(op => ($"i64 {op:x2}", ValType.I64, new byte[] { op, 0, 3 })),
        ("i64 atomic 8", ValType.I64, [0xFE, 0x14, 0, 3]),
        ("i64 atomic 16", ValType.I64, [0xFE, 0x15, 1, 4]),
        ("i64 atomic 32", ValType.I64, [0xFE, 0x16, 2, 4]),
    ];

    private static readonly (string Name, ValType From, ValType To, byte[] Code)[] Uses =
    [
        ("f32.reinterpret", ValType.I32, ValType.F32, [0xBE]),
        ("f64.reinterpret", ValType.I64, ValType.F64, [0xBF]),
        .. new byte[] { 0xB2, 0xB3 }.Select(op => ($"f32.convert {op:x2}", ValType.I32, ValType.F32, new[] { op })),
        .. new byte[] { 0xB7, 0xB8 }.Select(op => ($"f64.convert {op:x2}", ValType.I32, ValType.F64, new[] { op })),
        .. new byte[] { 0xB4, 0xB5 }.Select(op => ($"f32.convert {op:x2}", ValType.I64, ValType.F32, new[] { op })),
        .. new byte[] { 0xB9, 0xBA }.Select(op => ($"f64.convert {op:x2}", ValType.I64, ValType.F64, new[] { op })),
        .. new byte[] { 0x67, 0x68, 0x69, 0xC0, 0xC1 }.Select(op => ($"i32 {op:x2}", ValType.I32, ValType.I32, new[] { op })),
        .. new byte[] { 0x79, 0x7A, 0x7B, 0xC2, 0xC3, 0xC4 }.Select(op => ($"i64 {op:x2}", ValType.I64, ValType.I64, new[] { op })),
        .. new byte[] { 0xAC, 0xAD }.Select(op => ($"i64.extend {op:x2}", ValType.I32, ValType.I64, new[] { op })),
        ("i32.wrap", ValType.I64, ValType.I32, [0xA7]),
        .. new byte[] { 0x0F, 0x10, 0x11 }.Select(op => ($"splat {op:x2}", ValType.I32, ValType.V128, new byte[] { 0xFD, op })),
        ("splat of i64", ValType.I64, ValType.V128, [0xFD, 0x12]),
        ("splat of f32", ValType.I32, ValType.V128, [0xBE, 0xFD, 0x13]),
        ("splat of f64", ValType.I64, ValType.V128, [0xBF, 0xFD, 0x14]),
    ];

    [Theory]
    [InlineData(0)]
    [InlineData(100_000)]
    public void A_loaded_operand_is_what_was_loaded(int optimizeAfter)
    {
        var builder = new ModuleBuilder().Memory(1);
        builder.Data(0, [.. Enumerable.Range(0, 64).Select(i => (byte)(0x81 + (i * 37)))]);
        foreach (var (name, type, code) in Loads)
        {
            builder.Function($"{name} alone", FuncType.Get([ValType.I32], [type]), [], Get(0), code);
            foreach (var use in Uses.Where(u => u.From == type))
                builder.Function($"{name} {use.Name}", FuncType.Get([ValType.I32], [use.To]), [], Get(0), code, use.Code);
        }

        foreach (var use in Uses)
            builder.Function(use.Name, FuncType.Get([use.From], [use.To]), [], Get(0), use.Code);
        var instance = builder.Instantiate(options: new EngineOptions { OptimizeAfter = optimizeAfter });
        using var memory = instance.Memory!;
        for (int at = 0; at < 32; at += 4)
        {
            foreach (var (name, type, _) in Loads)
            {
                var loaded = instance.Call($"{name} alone", at);
                foreach (var use in Uses.Where(u => u.From == type))
                    Assert.Equal($"{name} {use.Name} {instance.Call(use.Name, loaded).V128}", $"{name} {use.Name} {instance.Call($"{name} {use.Name}", at).V128}");
            }
        }
    }
}
