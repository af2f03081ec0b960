using System.Globalization;

namespace LinuxWasm.Engine.Tests.Fuzzing;

/// <summary>Valid modules with some bytes changed: each is refused with an offset, or runs; nothing else may happen.</summary>
public sealed class MutationTests
{
    /// <summary>Set to a number to run more mutants than a build has time for.</summary>
    private const string Count = "LINUXWASM_MUTANTS";

    [Fact]
    public void Mutants_are_refused_or_run()
    {
        int count = int.Parse(Environment.GetEnvironmentVariable(Count) ?? "3000", CultureInfo.InvariantCulture);
        var engine = new IlEngine(new EngineOptions { MaximumMemoryPages = 64 });
        var execution = new Execution(new ExecutionOptions { MaximumStack = 256 << 10 }) { OnSafepoint = e => e.Exit() };
        using var clock = new Timer(_ => Volatile.Read(ref execution).Interrupt(), null, 20, 20);
        int refused = 0, ran = 0;
        byte[] original = [];
        for (int seed = 0; seed < count; seed++)
        {
            if (seed % 50 == 0)
                original = new ModuleGenerator(seed).Make().Bytes();
            byte[] mutant = Mutate(original, new Random(seed));
            try
            {
                var module = WasmModule.Decode(mutant);
                // A fresh execution each time: one keeps all its instances alive.
                Volatile.Write(ref execution, new Execution(new ExecutionOptions { MaximumStack = 256 << 10 }) { OnSafepoint = e => e.Exit() });
                Run(engine.Instantiate(module, new ImportTable(), execution));
                ran++;
            }
            catch (WasmFormatException e)
            {
                Assert.InRange(e.Offset, 0, mutant.Length);
                refused++;
            }
            catch (Exception e) when (e is LinkException or TrapException or OutOfMemoryException)
            {
                ran++;
            }
        }

        Assert.True(refused > count / 4 && ran > count / 20, $"{refused} refused, {ran} ran: the mutants are of one kind only");
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        byte[] mutant = (byte[])original.Clone();
        for (int changes = random.Next(1, 4); changes > 0; changes--)
        {
            int at = random.Next(8, mutant.Length);
            switch (random.Next(4))
            {
                case 0:
                    mutant[at] = (byte)random.Next(256);
                    break;
                case 1:
                    mutant[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    mutant[at] = mutant[random.Next(8, mutant.Length)];
                    break;
                default:
                    mutant[at]++;
                    break;
            }
        }

        return mutant;
    }

    private static void Run(Instance instance)
    {
        using var memory = instance.Memory;
        foreach (var export in instance.Module.Exports)
        {
            if (instance.GetFunction(export.Name) is not { } function)
                continue;
            try
            {
                function.Invoke(new WasmValue[function.Type.Parameters.Length], new WasmValue[function.Type.Results.Length]);
            }
            catch (TrapException)
            {
                // As good an end as any.
            }
        }
    }
}
