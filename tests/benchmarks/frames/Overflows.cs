using LinuxWasm.Engine;

namespace LinuxWasm.Frames.Benchmark;

internal static class Overflows
{
    private const int Count = 10_000;

    /// <summary>Less than the default, since to fill that takes tens of milliseconds each time.</summary>
    private const ulong Stack = 1 << 20;

    /// <summary>True if every one of them was a trap. That the process still runs then is the point.</summary>
    public static bool Measure(Guest guest)
    {
        var overflow = guest.Make(suspending: true, Stack).GetFunction("overflow")!;
        int trapped = 0;
        double micros = Figures.Time(() =>
        {
            for (int i = 0; i < Count; i++)
            {
                try
                {
                    overflow.Invoke([0], new WasmValue[1]);
                }
                catch (TrapException trap) when (trap.Kind == TrapKind.StackOverflow)
                {
                    trapped++;
                }
            }
        });
        Figures.Row("stack overflows in a row that were traps", trapped, "", "10000", atLeast: true);
        Figures.Row("one of them", micros / Count / 1000, " ms", "");
        return trapped == Count;
    }
}
