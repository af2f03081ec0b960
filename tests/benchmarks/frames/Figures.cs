using System.Diagnostics;
using System.Globalization;

namespace LinuxWasm.Frames.Benchmark;

internal static class Figures
{
    public static void Title(string text) => Console.WriteLine($"{text,-58} {"figure",10} {"goal",10}");

    /// <summary>One figure, its goal (a number and its unit; nothing if there is none) and whether that is met.</summary>
    public static void Row(string name, double figure, string unit, string goal, bool atLeast = false)
    {
        string verdict = "";
        if (goal.Length > 0)
        {
            double bound = double.Parse(goal.Split(' ')[0], CultureInfo.InvariantCulture);
            verdict = (atLeast ? figure >= bound : figure <= bound) ? " met" : " MISSED";
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-58} {figure.ToString("F2", CultureInfo.InvariantCulture) + unit,10} {goal,10}{verdict}"));
    }

    /// <summary>Take the least of several times instead of the median: for a machine with other work to do.</summary>
    public static bool Best { get; set; }

    public static double Typical(IReadOnlyCollection<double> values) => Best ? values.Min() : Median(values);

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>Microseconds that an action takes.</summary>
    public static double Time(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }
}
