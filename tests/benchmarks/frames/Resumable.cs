namespace LinuxWasm.Frames.Benchmark;

/// <summary>
/// The same work by functions whose frames can be saved and by functions whose frames can't. The two take turns, in runs so short that
/// most are not disturbed by what else the machine does.
/// </summary>
internal static class Resumable
{
    private const int Runs = 40;

    private static readonly (string Name, int Argument, string What)[] Works =
    [
        ("fib", 21, "fib: recursion"),
        ("mix", 50_000, "mix: small calls, many live values"),
        ("sorting", 2, "sorting: calls through pointers"),
        ("matrix", 80, "matrix: floating-point loops"),
        ("scan", 6, "scan: a loop over bytes"),
    ];

    public static void Measure(Guest guest, int rounds)
    {
        var suspending = guest.Make(suspending: true);
        var plain = guest.Make(suspending: false);
        double logs = 0;
        foreach (var (name, argument, what) in Works)
        {
            var one = suspending.GetFunction(name)!.CreateDelegate<Func<int, int>>();
            var other = plain.GetFunction(name)!.CreateDelegate<Func<int, int>>();
            if (one(argument) != other(argument))
                throw new InvalidOperationException($"{name}: the two forms differ");
            var first = new List<double>();
            var second = new List<double>();
            for (int run = 0; run < rounds * Runs; run++)
            {
                first.Add(Figures.Time(() => one(argument)));
                second.Add(Figures.Time(() => other(argument)));
            }

            double ratio = Figures.Typical(first) / Figures.Typical(second);
            logs += Math.Log(ratio);
            Figures.Row(what, ratio, "", "1.1");
        }

        Figures.Row("geometric mean", Math.Exp(logs / Works.Length), "", "1.1");
    }
}
