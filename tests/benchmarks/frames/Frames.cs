using LinuxWasm.Engine;

namespace LinuxWasm.Frames.Benchmark;

internal static class Frames
{
    private const int Depth = 50;
    private const int Jumps = 500;
    private const int Copies = 200;

    public static void Measure(Guest guest, int rounds)
    {
        MeasureJumps(guest, rounds);
        MeasureSuspension(guest, rounds);
    }

    private static void MeasureJumps(Guest guest, int rounds)
    {
        var jumps = guest.Make(suspending: true).GetFunction("jumps")!.CreateDelegate<Func<int, int>>();
        jumps(Jumps);
        double micros = Figures.Typical(Enumerable.Range(0, rounds * 40).Select(_ => Figures.Time(() => jumps(Jumps)) / Jumps).ToList());
        Figures.Row("setjmp, a call, longjmp out of it", micros * 1000, " ns", "200 ns");
    }

    /// <summary>The copy has the same memory, whose copying is counted elsewhere; all else is its own.</summary>
    private static void MeasureSuspension(Guest guest, int rounds)
    {
        var instance = guest.Make(suspending: true);
        var deep = instance.GetFunction("deep")!;
        var results = new WasmValue[1];
        var times = new List<double>();
        var alone = new List<double>();
        for (int i = 0; i < rounds * Copies; i++)
        {
            SuspendedStack? stack = null;
            double own = Figures.Time(() => stack = Suspend(deep, instance, results));
            double copy = Figures.Time(() => Expect(instance.Clone(new Execution(), instance.Memory).Resume(stack!, [0], results), Completion.Returned));
            own += Figures.Time(() => Expect(instance.Resume(stack!, [0], results), Completion.Returned));
            times.Add(own + copy);
            alone.Add(own);
        }

        Figures.Row($"{Depth} frames: suspend, resume", Figures.Typical(alone), " us", "");
        Figures.Row($"{Depth} frames: suspend, copy, resume both", Figures.Typical(times), " us", "50 us");
    }

    private static SuspendedStack Suspend(GuestFunction deep, Instance instance, WasmValue[] results)
    {
        Expect(deep.Invoke([Depth, 1, 2L, 3.0], results), Completion.Suspended);
        var stack = instance.Execution.Suspended!;
        return stack.Depth == Depth ? stack : throw new InvalidOperationException($"{stack.Depth} frames were saved, not {Depth}");
    }

    private static void Expect(Completion actual, Completion expected)
    {
        if (actual != expected)
            throw new InvalidOperationException($"{actual} instead of {expected}");
    }
}
