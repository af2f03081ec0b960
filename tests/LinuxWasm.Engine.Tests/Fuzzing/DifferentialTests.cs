using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace LinuxWasm.Engine.Tests.Fuzzing;

/// <summary>The same generated modules run here and on node: results, traps and their kinds, exceptions, globals and memory must be equal.</summary>
public sealed class DifferentialTests
{
    /// <summary>How many modules; set to more than a build has time for.</summary>
    private const string Count = "LINUXWASM_DIFFERENTIAL";

    /// <summary>The first module's seed; the others count on from there.</summary>
    private const string Seed = "LINUXWASM_DIFFERENTIAL_SEED";

    /// <summary>Modules for one run of node.</summary>
    private const int Batch = 500;

    /// <summary>Optimized from the start, quick throughout, changing on the way, and suspended and resumed before every call.</summary>
    private static readonly EngineOptions[] Modes =
        [new() { OptimizeAfter = 0 }, new() { OptimizeAfter = 100_000 }, new() { OptimizeAfter = 2 }, new() { OptimizeAfter = 0, SuspendAtEveryCall = true }];

    private static readonly string[] ModeNames = ["optimized", "quick", "changing", "suspended at every call"];

    [Fact]
    public void Generated_modules_do_the_same_as_on_node()
    {
        if (!HasNode())
            Assert.Skip("node is not here");
        int count = FuzzParameters.Number(Count, 60);
        int first = FuzzParameters.Number(Seed, 1);
        int traps = 0, exceptions = 0, values = 0, suspensions = 0;
        string folder = Directory.CreateTempSubdirectory("differential").FullName;
        try
        {
            for (int from = 0; from < count; from += Batch)
            {
                foreach (var outcome in Compare(first + from, Math.Min(Batch, count - from), folder, ref suspensions))
                {
                    traps += outcome.StartsWith("trap", StringComparison.Ordinal) ? 1 : 0;
                    exceptions += outcome == "exception" ? 1 : 0;
                    values += char.IsAsciiDigit(outcome[0]) ? 1 : 0;
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        // Modules that all end the same way would prove little.
        if (count >= 100)
            Assert.True(values > count * 4 && traps > count / 4 && exceptions > count / 10 && suspensions > count, $"{values} values, {traps} traps, {exceptions} exceptions, {suspensions} suspensions: the modules are of one kind only");
    }

    private static IEnumerable<string> Compare(int first, int count, string folder, ref int suspensions)
    {
        var calls = new StringBuilder();
        var ours = new List<(int Seed, string What, string Result)>();
        for (int seed = first; seed < first + count; seed++)
        {
            var generator = new ModuleGenerator(seed);
            byte[] bytes = generator.Make().Bytes();
            string path = Path.Combine(folder, $"{seed}.wasm");
            File.WriteAllBytes(path, bytes);
            calls.Append(CultureInfo.InvariantCulture, $"module {path}\n");
            var instance = new IlEngine(Modes[seed % Modes.Length]).Instantiate(WasmModule.Decode(bytes), new ImportTable(), new Execution());
            using var memory = instance.Memory!;
            foreach (string name in generator.Calls)
            {
                Run(instance, instance.GetFunction(ModuleGenerator.Refuel)!, [], ref suspensions);
                var function = instance.GetFunction(name)!;
                var arguments = new WasmValue[function.Type.Parameters.Length];
                var line = new StringBuilder($"call {name} {string.Concat(function.Type.Results.ToArray().Select(Letter))}");
                for (int i = 0; i < arguments.Length; i++)
                {
                    arguments[i] = generator.Argument(function.Type.Parameters[i]);
                    line.Append(CultureInfo.InvariantCulture, $" {Letter(function.Type.Parameters[i])}{(ulong)arguments[i].I64}");
                }

                calls.Append(line).Append('\n');
                ours.Add((seed, line.ToString(), Run(instance, function, arguments, ref suspensions)));
            }

            calls.Append("memory\n");
            ours.Add((seed, "memory", Hash(memory)));
        }

        string[] theirs = OnNode(folder, calls.ToString());
        Assert.Equal(ours.Count, theirs.Length);
        for (int i = 0; i < theirs.Length; i++)
        {
            if (ours[i].Result != theirs[i])
                Assert.Fail($"seed {ours[i].Seed} ({ModeNames[ours[i].Seed % Modes.Length]}), {ours[i].What}: here {ours[i].Result}, node {theirs[i]}. Again: {Seed}={ours[i].Seed} {Count}=1");
        }

        foreach (string file in Directory.EnumerateFiles(folder))
            File.Delete(file);
        return theirs;
    }

    private static string Run(Instance instance, GuestFunction function, WasmValue[] arguments, ref int suspensions)
    {
        var results = new WasmValue[function.Type.Results.Length];
        try
        {
            var completion = function.Invoke(arguments, results);
            while (completion == Completion.Suspended)
            {
                suspensions++;
                completion = instance.Resume(instance.Execution.Suspended!, [], results);
            }

            Assert.Equal(Completion.Returned, completion);
        }
        catch (TrapException trap)
        {
            return trap.Kind switch
            {
                TrapKind.UncaughtException => "exception",
                TrapKind.MemoryOutOfBounds or TrapKind.UnalignedAtomic => "trap memory",
                TrapKind.TableOutOfBounds or TrapKind.UndefinedElement => "trap table",
                TrapKind.UninitializedElement or TrapKind.IndirectCallTypeMismatch => "trap signature",
                TrapKind.IntegerDivideByZero => "trap zero",
                TrapKind.IntegerOverflow or TrapKind.InvalidConversionToInteger => "trap number",
                _ => $"trap {trap.Kind.ToString().ToLowerInvariant()}",
            };
        }

        return string.Join(' ', results.Select((r, i) => Show(function.Type.Results[i], r)));
    }

    private static string Show(ValType type, WasmValue value) => type switch
    {
        ValType.I32 => ((uint)value.I32).ToString(CultureInfo.InvariantCulture),
        ValType.I64 => ((ulong)value.I64).ToString(CultureInfo.InvariantCulture),
        ValType.F32 => float.IsNaN(value.F32) ? "nan" : ((uint)value.I32).ToString(CultureInfo.InvariantCulture),
        _ => double.IsNaN(value.F64) ? "nan" : ((ulong)value.I64).ToString(CultureInfo.InvariantCulture),
    };

    private static string Hash(LinearMemory memory)
    {
        Assert.True(memory.TryGetSpan(0, (int)memory.Length, out var bytes));
        uint hash = 2166136261;
        foreach (byte b in bytes)
            hash = (hash ^ b) * 16777619;
        return hash.ToString(CultureInfo.InvariantCulture);
    }

    private static char Letter(ValType type) => type switch
    {
        ValType.I32 => 'i',
        ValType.I64 => 'l',
        ValType.F32 => 'f',
        _ => 'd',
    };

    private static string[] OnNode(string folder, string calls)
    {
        string script = Path.Combine(AppContext.BaseDirectory, "Fuzzing", "differential.cjs");
        string list = Path.Combine(folder, "calls.txt");
        string answers = Path.Combine(folder, "answers.txt");
        File.WriteAllText(list, calls);
        using var node = Process.Start(new ProcessStartInfo("node", [script, list, answers]) { RedirectStandardError = true })!;
        string errors = node.StandardError.ReadToEnd();
        node.WaitForExit();
        Assert.True(node.ExitCode == 0, errors);
        return File.ReadAllText(answers).Split('\n');
    }

    private static bool HasNode()
    {
        try
        {
            using var node = Process.Start(new ProcessStartInfo("node", "--version") { RedirectStandardOutput = true });
            node!.WaitForExit();
            return node.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
