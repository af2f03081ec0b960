using LinuxWasm.Engine.Spec;
using static LinuxWasm.Engine.Tests.Wasm;

namespace LinuxWasm.Engine.Tests;

/// <summary>The specification suite's runner: what it passes, fails and skips.</summary>
public sealed class WastRunnerTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("wast").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_definition_is_instantiated_as_often_as_the_script_says()
    {
        var builder = new ModuleBuilder();
        int global = builder.Global(ValType.I32, I32Const(0));
        builder.Function("next", Type(">i"), [], GlobalGet(global), I32Const(1), I32Add, GlobalSet(global), GlobalGet(global));
        Write("counter.wasm", builder);
        var result = Run(
            """{"type": "module_definition", "line": 1, "name": "$M", "filename": "counter.wasm"}""",
            """{"type": "module_instance", "line": 2, "instance": "$A", "module": "$M"}""",
            """{"type": "module_instance", "line": 3, "instance": "$B", "module": "$M"}""",
            Next(4, "$A", 1),
            Next(5, "$A", 2),
            Next(6, "$B", 1),
            Next(7, "$B", 1));
        Assert.Equal(6, result.Passed);
        Assert.StartsWith("script:7: assert_return: expected", Assert.Single(result.Failures), StringComparison.Ordinal);
        Assert.Empty(result.Skipped);
    }

    [Fact]
    public void A_module_that_needs_what_the_engine_does_not_have_is_skipped_with_all_that_follows_from_it()
    {
        var builder = new ModuleBuilder();
        builder.Function("next", Type(">i"), [], I32Const(1), [0xFB, 0x1C], Drop, I32Const(1));
        Write("newer.wasm", builder);
        Write("importer.wasm", Importing());
        var result = Run(
            """{"type": "module", "line": 1, "name": "$M", "filename": "newer.wasm"}""",
            Next(2, "$M", 1),
            """{"type": "register", "line": 3, "as": "M", "name": "$M"}""",
            """{"type": "module", "line": 4, "filename": "importer.wasm"}""",
            """{"type": "assert_invalid", "line": 5, "filename": "newer.wasm", "text": "", "module_type": "binary"}""",
            """{"type": "assert_malformed", "line": 6, "filename": "some.wat", "text": "", "module_type": "text"}""");
        Assert.Empty(result.Failures);
        Assert.Equal(1, result.Passed);
        Assert.Equal(4, result.Skipped["needs garbage collection"]);
        Assert.Equal(1, result.Skipped["the engine reads no text format"]);
    }

    private static ModuleBuilder Importing()
    {
        var builder = new ModuleBuilder();
        builder.Import("M", "next", Type(">i"));
        return builder;
    }

    private static string Next(int line, string module, int expected) =>
        $$"""{"type": "assert_return", "line": {{line}}, "action": {"type": "invoke", "module": "{{module}}", "field": "next", "args": []}, "expected": [{"type": "i32", "value": "{{expected}}"}]}""";

    private void Write(string name, ModuleBuilder builder) => File.WriteAllBytes(Path.Combine(folder, name), builder.Bytes());

    private WastResult Run(params string[] commands)
    {
        string path = Path.Combine(folder, "script.json");
        File.WriteAllText(path, $$"""{"commands": [{{string.Join(',', commands)}}]}""");
        return new WastRunner(new IlEngine()).Run(path);
    }
}
