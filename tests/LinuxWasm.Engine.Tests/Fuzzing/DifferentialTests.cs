using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace LinuxWasm.Engine.Tests.Fuzzing;

/// <summary>The same generated modules run here and on node: results, traps and memory must be equal.</summary>
public sealed class DifferentialTests
{
    /// <summary>Set to a number to run more modules than a build has time for.</summary>
    private const string Count = "LINUXWASM_DIFFERENTIAL";

    /// <summary>Optimized from the start, quick throughout, and changing on the way.</summary>
    private static readonly int[] OptimizeAfter = [0, 100_000, 2];

    private const string Script = """
        const fs = require('fs');
        const buffer = new DataView(new ArrayBuffer(8));
        function read(type, bits) {
          buffer.setBigUint64(0, BigInt(bits), true);
          return type === 'i' ? buffer.getInt32(0, true) : type === 'l' ? buffer.getBigInt64(0, true) : type === 'f' ? buffer.getFloat32(0, true) : buffer.getFloat64(0, true);
        }
        function show(type, value) {
          if (type === 'i') return (value >>> 0).toString();
          if (type === 'l') return BigInt.asUintN(64, value).toString();
          if (value !== value) return 'nan';
          if (type === 'f') buffer.setFloat32(0, value, true); else buffer.setFloat64(0, value, true);
          return type === 'f' ? buffer.getUint32(0, true).toString() : buffer.getBigUint64(0, true).toString();
        }
        const out = [];
        let guest;
        for (const line of fs.readFileSync(process.argv[2], 'utf8').split('\n')) {
          const parts = line.split(' ');
          if (parts[0] === 'module') guest = new WebAssembly.Instance(new WebAssembly.Module(fs.readFileSync(parts[1]))).exports;
          if (parts[0] === 'call') {
            try { out.push(show(parts[2], guest[parts[1]](...parts.slice(3).map(a => read(a[0], a.slice(1)))))); }
            catch (e) { if (!(e instanceof WebAssembly.RuntimeError)) throw e; out.push('trap'); }
          }
          if (parts[0] === 'memory') {
            let hash = 2166136261;
            for (const b of new Uint8Array(guest.memory.buffer)) hash = Math.imul(hash ^ b, 16777619) >>> 0;
            out.push(hash.toString());
          }
        }
        fs.writeFileSync(process.argv[3], out.join('\n'));
        """;

    [Fact]
    public void Generated_modules_do_the_same_as_on_node()
    {
        if (!HasNode())
            Assert.Skip("node is not here");
        int count = int.Parse(Environment.GetEnvironmentVariable(Count) ?? "60", CultureInfo.InvariantCulture);
        string folder = Directory.CreateTempSubdirectory("differential").FullName;
        try
        {
            Compare(count, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Compare(int count, string folder)
    {
        var calls = new StringBuilder();
        var ours = new List<(int Seed, string What, string Result)>();
        for (int seed = 0; seed < count; seed++)
        {
            var generator = new ModuleGenerator(seed);
            byte[] bytes = generator.Make().Bytes();
            string path = Path.Combine(folder, $"{seed}.wasm");
            File.WriteAllBytes(path, bytes);
            calls.AppendLine(CultureInfo.InvariantCulture, $"module {path}");
            var instance = new IlEngine(new EngineOptions { OptimizeAfter = OptimizeAfter[seed % OptimizeAfter.Length] }).Instantiate(WasmModule.Decode(bytes), new ImportTable(), new Execution());
            using var memory = instance.Memory!;
            for (int call = 0; call < ModuleGenerator.FunctionCount * 3; call++)
            {
                var function = instance.GetFunction($"f{call % ModuleGenerator.FunctionCount}")!;
                var arguments = new WasmValue[function.Type.Parameters.Length];
                var line = new StringBuilder($"call {function.Name} {Letter(function.Type.Results[0])}");
                for (int i = 0; i < arguments.Length; i++)
                {
                    arguments[i] = generator.Argument(function.Type.Parameters[i]);
                    line.Append(CultureInfo.InvariantCulture, $" {Letter(function.Type.Parameters[i])}{(ulong)arguments[i].I64}");
                }

                calls.Append(line).Append('\n');
                ours.Add((seed, line.ToString(), Run(function, arguments)));
            }

            calls.Append("memory\n");
            ours.Add((seed, "memory", Hash(memory)));
        }

        string[] theirs = OnNode(folder, calls.ToString());
        Assert.Equal(ours.Count, theirs.Length);
        for (int i = 0; i < theirs.Length; i++)
            Assert.True(ours[i].Result == theirs[i], $"seed {ours[i].Seed}, {ours[i].What}: here {ours[i].Result}, node {theirs[i]}");
    }

    private static string Run(GuestFunction function, WasmValue[] arguments)
    {
        var results = new WasmValue[1];
        try
        {
            function.Invoke(arguments, results);
        }
        catch (TrapException)
        {
            return "trap";
        }

        return function.Type.Results[0] switch
        {
            ValType.I32 => ((uint)results[0].I32).ToString(CultureInfo.InvariantCulture),
            ValType.I64 => ((ulong)results[0].I64).ToString(CultureInfo.InvariantCulture),
            ValType.F32 => float.IsNaN(results[0].F32) ? "nan" : ((uint)results[0].I32).ToString(CultureInfo.InvariantCulture),
            _ => double.IsNaN(results[0].F64) ? "nan" : ((ulong)results[0].I64).ToString(CultureInfo.InvariantCulture),
        };
    }

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
        string script = Path.Combine(folder, "run.cjs");
        string list = Path.Combine(folder, "calls.txt");
        string answers = Path.Combine(folder, "answers.txt");
        File.WriteAllText(script, Script);
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
