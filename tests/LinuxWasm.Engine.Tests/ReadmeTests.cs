using System.Runtime.CompilerServices;
using static LinuxWasm.Engine.Tests.Wasm;

namespace LinuxWasm.Engine.Tests;

/// <summary>The engine's README shows how an instance is saved and continued: what stands there is what runs here.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public void What_the_readme_saves_it_continues()
    {
        var builder = new ModuleBuilder().Memory(1);
        int ask = builder.Import("env", "ask", Type(">i"));
        builder.Function("run", Type(">i"), [], I32Const(1000), Call(ask), I32Add);
        string path = Path.GetTempFileName();
        try
        {
            Save(builder.Bytes(), path);
            Assert.Equal(1042, Continue(builder.Bytes(), path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Each_line_of_the_readme_is_a_line_of_this_test()
    {
        string tests = Here();
        string readme = File.ReadAllText(Path.Combine(Path.GetDirectoryName(tests)!, "..", "..", "src", "LinuxWasm.Engine", "README.md")).ReplaceLineEndings("\n");
        string[] examples = [.. readme.Split("```csharp\n").Skip(1).Select(e => e[..e.IndexOf("```", StringComparison.Ordinal)])];
        Assert.Equal(2, examples.Length);
        var lines = File.ReadLines(tests).Select(l => l.Trim()).ToHashSet();
        Assert.All(examples.SelectMany(e => e.Split('\n')), line => Assert.Contains(line.Trim(), lines));
    }

    private static void Save(byte[] module, string path)
    {
        var engine = new IlEngine(new EngineOptions { Traits = i => i.Name == "ask" ? ImportTraits.Suspends : ImportTraits.None });
        var imports = new ImportTable
        {
            ["env", "ask"] = HostFunction.Create((Execution e) => e.TrySuspend() ? 0 : -1),
        };
        var instance = engine.Instantiate(WasmModule.Decode(module), imports, new Execution());
        if (instance.GetFunction("run")!.Invoke([], new WasmValue[1]) == Completion.Suspended)
        {
            using var file = File.Create(path);
            instance.Save(file, instance.Execution.Suspended);
        }

        instance.Memory!.Dispose();
    }

    private static int Continue(byte[] module, string path)
    {
        var engine = new IlEngine(new EngineOptions { Traits = i => i.Name == "ask" ? ImportTraits.Suspends : ImportTraits.None });
        var imports = new ImportTable
        {
            ["env", "ask"] = HostFunction.Create((Execution e) => e.TrySuspend() ? 0 : -1),
        };
        using var file = File.OpenRead(path);
        var instance = engine.Restore(WasmModule.Decode(module), imports, new Execution(), file, out var stack);
        var results = new WasmValue[1];
        instance.Resume(stack!, [42], results);
        instance.Memory!.Dispose();
        return results[0].I32;
    }

    private static string Here([CallerFilePath] string path = "") => path;
}
