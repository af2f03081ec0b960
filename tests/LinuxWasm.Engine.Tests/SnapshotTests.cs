using System.Diagnostics;
using System.Globalization;
using static LinuxWasm.Engine.Tests.Wasm;

namespace LinuxWasm.Engine.Tests;

/// <summary>Suspended instances in files, continued by another process.</summary>
public sealed class SnapshotTests
{
    /// <summary>A folder of snapshots: set for the process that continues them.</summary>
    private const string Folder = "LINUXWASM_CONTINUE";

    [Fact]
    public void Every_suspension_of_every_scenario_is_continued_by_another_process()
    {
        string folder = Directory.CreateTempSubdirectory("snapshots").FullName;
        try
        {
            var expected = new Dictionary<string, string>();
            foreach (var (name, make) in SnapshotScenarios.All)
                SaveAtEach(folder, name, make().Bytes(), expected);
            Assert.True(expected.Count > SnapshotScenarios.All.Count, "every scenario suspends, some several times");
            ContinueElsewhere(folder);
            foreach (var (snapshot, outcome) in expected)
                Assert.Equal($"{snapshot}: {outcome}", $"{snapshot}: {File.ReadAllText(Path.Combine(folder, snapshot + ".outcome"))}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Not a test of its own: the other process' part.</summary>
    [Fact(Explicit = true)]
    public void Continue()
    {
        string folder = Environment.GetEnvironmentVariable(Folder) ?? throw new InvalidOperationException($"{Folder} is not set");
        foreach (string path in Directory.EnumerateFiles(folder, "*.snapshot"))
        {
            string name = Path.GetFileNameWithoutExtension(path);
            string scenario = name[..name.LastIndexOf('-')];
            int call = int.Parse(name[(scenario.Length + 1)..], CultureInfo.InvariantCulture);
            var module = WasmModule.Decode(File.ReadAllBytes(Path.Combine(folder, scenario + ".wasm")));
            var printed = new List<string>();
            using var file = File.OpenRead(path);
            var instance = new IlEngine(SnapshotScenarios.Options).Restore(module, SnapshotScenarios.Imports(printed), new Execution(), file, out var stack, SnapshotScenarios.Names);
            using var memory = instance.Memory;
            Assert.Equal(file.Length, file.Position);
            File.WriteAllText(Path.Combine(folder, name + ".outcome"), SnapshotScenarios.Finish(instance, stack!, call, printed));
        }
    }

    [Fact]
    public void Zero_pages_are_not_written()
    {
        var builder = new ModuleBuilder().Memory(1000);
        builder.Data(500 * 65536, [1]);
        var instance = builder.Instantiate();
        using var memory = instance.Memory!;
        using var file = new MemoryStream();
        instance.Save(file);
        Assert.InRange(file.Length, 4096, 6000);
        file.Position = 0;
        var restored = new IlEngine().Restore(instance.Module, new ImportTable(), new Execution(), file, out var stack);
        using var copy = restored.Memory!;
        Assert.Null(stack);
        Assert.Equal(memory.Length, copy.Length);
        Assert.True(copy.TryGetSpan(500 * 65536, 1, out var there));
        Assert.Equal(1, there[0]);
    }

    [Fact]
    public void A_dropped_segment_stays_dropped()
    {
        var (bytes, file) = SaveFirst("segments");
        var instance = Restore(bytes, file, out _);
        using var memory = instance.Memory!;
        Assert.Equal(TrapKind.MemoryOutOfBounds, instance.Trap("lost").Kind);
    }

    [Fact]
    public void Threads_of_one_memory_are_saved_without_it_and_get_it_again()
    {
        var builder = new ModuleBuilder().Memory(1, 2, shared: true);
        int global = builder.Global(ValType.I32, I32Const(0));
        builder.Function("set", Type("i>"), [], Get(0), GlobalSet(global), I32Const(8), Get(0), Memory(0x36, 0));
        builder.Function("get", Type(">i"), [], GlobalGet(global), I32Const(8), Memory(0x28, 0), I32Add);
        var first = builder.Instantiate();
        using var memory = first.Memory!;
        var second = first.Clone(new Execution());
        first.Call("set", 1);
        second.Call("set", 20);
        using var one = new MemoryStream();
        using var two = new MemoryStream();
        first.Save(one);
        second.Save(two, options: new SnapshotOptions { WithMemories = false });
        one.Position = two.Position = 0;
        var engine = new IlEngine();
        var firstAgain = engine.Restore(first.Module, new ImportTable(), new Execution(), one, out _);
        using var memoryAgain = firstAgain.Memory!;
        var secondAgain = engine.Restore(first.Module, new ImportTable(), new Execution(), two, out _, new SnapshotOptions { WithMemories = false, Memory = memoryAgain });
        Assert.Equal(21, firstAgain.Call("get").I32);
        Assert.Equal(40, secondAgain.Call("get").I32);
        secondAgain.Call("set", 3);
        Assert.Equal(4, firstAgain.Call("get").I32);
    }

    [Fact]
    public void A_host_object_without_a_name_is_refused_by_type()
    {
        var instance = SnapshotScenarios.All["externs"]().Instantiate(SnapshotScenarios.Imports(), options: SnapshotScenarios.Options);
        instance.GetFunction("run")!.Invoke([], new WasmValue[1]);
        var refusal = Assert.Throws<SnapshotException>(() => instance.Save(Stream.Null, instance.Execution.Suspended));
        Assert.Contains("externref to a System.Text.StringBuilder", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Foreign_files_are_refused_by_name()
    {
        var (bytes, file) = SaveFirst("memory");
        Assert.Contains("expected it to begin with", Refusal(bytes, [.. "not a snapshot at all"u8]), StringComparison.Ordinal);
        byte[] version = [.. file];
        version[8]++;
        Assert.Contains("expected format 1, found 2", Refusal(bytes, version), StringComparison.Ordinal);
        Assert.Contains("another module", Refusal(SnapshotScenarios.All["tables"]().Bytes(), file), StringComparison.Ordinal);
        var traits = new IlEngine(new EngineOptions { SuspendAtEveryCall = true, Traits = SnapshotScenarios.Options.Traits });
        var refusal = Assert.Throws<SnapshotException>(() => traits.Restore(WasmModule.Decode(bytes), SnapshotScenarios.Imports(), new Execution(), new MemoryStream(file), out _));
        Assert.Contains("other options", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_truncation_and_every_changed_byte_is_refused()
    {
        foreach (string scenario in SnapshotScenarios.All.Keys)
        {
            var (bytes, file) = SaveFirst(scenario);
            for (int length = 0; length < file.Length; length = Next(length, file.Length))
                Assert.Contains("found the end after", Refusal(bytes, file[..length]), StringComparison.Ordinal);
            for (int at = 0; at < file.Length; at = Next(at, file.Length))
            {
                byte[] damaged = [.. file];
                damaged[at] ^= 0x40;
                Refusal(bytes, damaged);
            }
        }
    }

    /// <summary>A hash finds damage, not malice: files whose hash is right are checked all the same, and then only do what a guest could.</summary>
    [Fact]
    public void Forged_files_are_refused_or_run()
    {
        int refused = 0, ran = 0;
        var random = new Random(1);
        foreach (string scenario in SnapshotScenarios.All.Keys)
        {
            var (bytes, file) = SaveFirst(scenario);
            for (int round = 0; round < 200; round++)
            {
                byte[] forged = [.. file];
                for (int changes = random.Next(1, 4); changes > 0; changes--)
                    forged[random.Next(forged.Length < 8000 || random.Next(2) == 0 ? 76 : forged.Length - 400, forged.Length - 32)] = (byte)(random.Next(3) == 0 ? random.Next(256) : random.Next(8));
                System.Security.Cryptography.SHA256.HashData(forged.AsSpan(0, forged.Length - 32)).CopyTo(forged, forged.Length - 32);
                try
                {
                    var instance = Restore(bytes, forged, out var stack);
                    using var memory = instance.Memory;
                    ran++;
                    if (stack is not null)
                        instance.Resume(stack, new WasmValue[stack.ImportType.Results.Length], new WasmValue[stack.Type.Results.Length]);
                }
                catch (SnapshotException)
                {
                    refused++;
                }
                catch (TrapException)
                {
                    // A guest's values are the guest's.
                }
            }
        }

        Assert.True(refused > 100 && ran > 100, $"{refused} refused, {ran} ran");
    }

    private static int Next(int at, int length) => at < 600 || at > length - 600 ? at + 1 : at + 509;

    private static void SaveAtEach(string folder, string scenario, byte[] bytes, Dictionary<string, string> expected)
    {
        File.WriteAllBytes(Path.Combine(folder, scenario + ".wasm"), bytes);
        var printed = new List<string>();
        var instance = new IlEngine(SnapshotScenarios.Options).Instantiate(WasmModule.Decode(bytes), SnapshotScenarios.Imports(printed), new Execution());
        using var memory = instance.Memory;
        var results = new WasmValue[instance.GetFunction("run")!.Type.Results.Length];
        var completion = instance.GetFunction("run")!.Invoke([], results);
        int call = 0;
        for (; completion == Completion.Suspended; call++)
        {
            var stack = instance.Execution.Suspended!;
            using (var file = File.Create(Path.Combine(folder, $"{scenario}-{call}.snapshot")))
                instance.Save(file, stack, SnapshotScenarios.Names);
            completion = instance.Resume(stack, [SnapshotScenarios.Answer(call)], results);
        }

        Assert.Equal(Completion.Returned, completion);
        string outcome = SnapshotScenarios.Outcome(instance, results, printed);
        for (int i = 0; i < call; i++)
            expected[$"{scenario}-{i}"] = outcome;
    }

    private static void ContinueElsewhere(string folder)
    {
        string self = typeof(SnapshotTests).Assembly.Location;
        using var process = Process.Start(new ProcessStartInfo("dotnet", [self, "-explicit", "only", "-method", $"{typeof(SnapshotTests).FullName}.{nameof(Continue)}", "-noLogo", "-noColor"])
        {
            RedirectStandardOutput = true,
            Environment = { [Folder] = folder },
        })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, output);
    }

    private static (byte[] Module, byte[] Snapshot) SaveFirst(string scenario)
    {
        byte[] bytes = SnapshotScenarios.All[scenario]().Bytes();
        var instance = new IlEngine(SnapshotScenarios.Options).Instantiate(WasmModule.Decode(bytes), SnapshotScenarios.Imports(), new Execution());
        using var memory = instance.Memory;
        Assert.Equal(Completion.Suspended, instance.GetFunction("run")!.Invoke([], new WasmValue[4]));
        using var file = new MemoryStream();
        instance.Save(file, instance.Execution.Suspended, SnapshotScenarios.Names);
        return (bytes, file.ToArray());
    }

    private static Instance Restore(byte[] module, byte[] file, out SuspendedStack? stack) =>
        new IlEngine(SnapshotScenarios.Options).Restore(WasmModule.Decode(module), SnapshotScenarios.Imports(), new Execution(), new MemoryStream(file), out stack, SnapshotScenarios.Names);

    private static string Refusal(byte[] module, byte[] file) =>
        Assert.Throws<SnapshotException>(() => Restore(module, file, out _)).Message;
}
