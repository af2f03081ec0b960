using System.Diagnostics;
using LinuxWasm.Engine.Tests.Instructions;

namespace LinuxWasm.Engine.Tests.Fuzzing;

/// <summary>Valid modules with some bytes changed: each is refused with an offset, or runs within its bounds of time and memory; nothing else may happen.</summary>
[Collection(HostMemory.Alone)]
public sealed class MutationTests
{
    /// <summary>How many mutants; set to more than a build has time for.</summary>
    private const string Count = "LINUXWASM_MUTANTS";

    /// <summary>The first mutant's seed; the others count on from there.</summary>
    private const string Seed = "LINUXWASM_MUTANTS_SEED";

    /// <summary>Mutants of one module.</summary>
    private const int Family = 50;

    /// <summary>A guest that computes is interrupted after this and ends; that is no failure.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(10);

    /// <summary>A mutant that is not through after this has not looked for its interrupt, or the decoder or compiler goes on for ever. A thousand times what any needs.</summary>
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(60);

    /// <summary>What one mutant may have the host allocate, for its code above all: it has a few kilobytes itself, and its tables and memories are outside.</summary>
    private const long ManagedBytesEach = 64 << 20;

    /// <summary>What the process may have grown by when all is over and collected, beyond what so many mutants' worth of caches may keep.</summary>
    private const long Growth = 256 << 20;

    [Fact]
    public void Mutants_are_refused_or_run()
    {
        int count = FuzzParameters.Number(Count, 3000);
        int first = FuzzParameters.Number(Seed, 0);
        var engine = new IlEngine(new EngineOptions { MaximumMemoryPages = 64 });
        var totals = new Totals();
        int warm = Math.Min(count / 4, 2000);
        Try(engine, first, warm, totals);
        long before = HostMemory.Resident();
        Try(engine, first + warm, count - warm, totals);
        long grown = HostMemory.Resident() - before;
        Assert.True(grown < Growth, $"{count} mutants, from {first} on, left {grown >> 20} MiB behind");
        if (count >= 100)
            Assert.True(totals.Refused > count / 4 && totals.Ran > count / 20 && totals.Trapped > count / 100, $"{totals}: the mutants are of one kind only");
        TestContext.Current.SendDiagnosticMessage($"{totals}; {grown >> 20} MiB more resident");
    }

    /// <summary>On all processors, a family at a time.</summary>
    private static void Try(IlEngine engine, int first, int count, Totals totals)
    {
        var families = Enumerable.Range(first, count).GroupBy(seed => seed / Family);
        var options = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.ForEach(families, options, family =>
        {
            byte[] original = Original(family.Key);
            var own = new Totals();
            using var watch = new Watch();
            foreach (int seed in family)
            {
                byte[] mutant = Mutate(original, new Random(seed));
                long allocated = GC.GetAllocatedBytesForCurrentThread();
                watch.Begin(seed);
                Try(engine, mutant, watch, own, seed);
                watch.End();
                allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
                Assert.True(allocated < ManagedBytesEach, $"mutant {seed} allocated {allocated} bytes. Again: {Seed}={seed} {Count}=1");
            }

            lock (totals)
                totals.Add(own);
        });
    }

    /// <summary>A generated module; now and then one of typed references, which the generator does not make.</summary>
    private static byte[] Original(int family)
    {
        var references = ReferenceCases.All;
        var made = family % 8 == 1 ? references.ElementAt(family / 8 % references.Count).Value.Make() : new ModuleGenerator(family, depth: family % 4 == 0 ? 3 : 1).Make();
        return made.Bytes();
    }

    private static void Try(IlEngine engine, byte[] mutant, Watch watch, Totals totals, int seed)
    {
        try
        {
            var module = WasmModule.Decode(mutant);
            // A fresh execution each time: one keeps all its instances alive.
            var execution = new Execution(new ExecutionOptions { MaximumStack = 256 << 10 }) { OnSafepoint = e => e.Exit() };
            watch.Running(execution);
            Run(engine.Instantiate(module, ControlCases.Imports(), execution), totals);
            totals.Ran++;
        }
        catch (WasmFormatException e)
        {
            Assert.InRange(e.Offset, 0, mutant.Length);
            Assert.NotEmpty(e.Reason);
            totals.Refused++;
        }
        catch (LinkException)
        {
            totals.Unlinked++;
        }
        catch (TrapException)
        {
            totals.Trapped++;
        }
        catch (OutOfMemoryException e)
        {
            // That a memory or table is above its limit is said before anything is allocated; the machine itself never runs out.
            Assert.True(e.Message.Contains("above the limit", StringComparison.Ordinal), $"mutant {seed}: {e}");
            totals.AboveLimit++;
        }
        catch (Exception e)
        {
            Assert.Fail($"mutant {seed}: {e}. Again: {Seed}={seed} {Count}=1");
        }
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

    private static void Run(Instance instance, Totals totals)
    {
        using var memory = instance.Memory;
        foreach (var export in instance.Module.Exports)
        {
            if (instance.GetFunction(export.Name) is not { } function)
                continue;
            try
            {
                // The fuel of generated modules is given anew before each.
                if (instance.GetFunction(ModuleGenerator.Refuel) is { Type.Parameters.Length: 0, Type.Results.Length: 0 } refuel)
                    refuel.Invoke([], []);
                if (function.Invoke(new WasmValue[function.Type.Parameters.Length], new WasmValue[function.Type.Results.Length]) == Completion.Exited)
                    totals.Interrupted++;
            }
            catch (TrapException)
            {
                totals.Trapped++;
            }
        }
    }

    private sealed record Totals
    {
        public int Refused { get; set; }

        public int Ran { get; set; }

        public int Trapped { get; set; }

        public int Unlinked { get; set; }

        public int AboveLimit { get; set; }

        public int Interrupted { get; set; }

        public void Add(Totals other)
        {
            Refused += other.Refused;
            Ran += other.Ran;
            Trapped += other.Trapped;
            Unlinked += other.Unlinked;
            AboveLimit += other.AboveLimit;
            Interrupted += other.Interrupted;
        }
    }

    /// <summary>Interrupts guests that compute too long; ends the process, with the mutant's name, if that is of no avail: a thread that hangs can't be ended otherwise.</summary>
    private sealed class Watch : IDisposable
    {
        private readonly Lock gate = new();
        private readonly Timer timer;
        private Execution? execution;
        private long started;
        private int seed = -1;

        public Watch() => timer = new Timer(_ => Look(), null, Patience, Patience);

        public void Begin(int mutant)
        {
            lock (gate)
                (seed, started, execution) = (mutant, Stopwatch.GetTimestamp(), null);
        }

        public void Running(Execution running)
        {
            lock (gate)
                execution = running;
        }

        public void End()
        {
            lock (gate)
                (seed, execution) = (-1, null);
        }

        public void Dispose() => timer.Dispose();

        private void Look()
        {
            lock (gate)
            {
                var taken = Stopwatch.GetElapsedTime(started);
                if (seed >= 0 && taken > Hang)
                    Environment.FailFast($"mutant {seed} hangs. Again: {Seed}={seed} {Count}=1");
                if (seed >= 0 && taken > Patience)
                    execution?.Interrupt();
            }
        }
    }
}
