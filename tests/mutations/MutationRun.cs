using System.Globalization;

namespace LinuxWasm.Mutations;

/// <summary>Tries the chosen mutations and prints what came of each. The last line has the figures.</summary>
internal static class MutationRun
{
    private const int AllCaught = 0;
    private const int SomeSurvived = 1;
    private const int NotTried = 2;

    public static int Run(string root, string? list, IReadOnlyList<string> lines, bool check)
    {
        var path = list ?? Path.Combine(root, "tests", "mutations", "kernel.txt");
        IReadOnlyList<Mutation> all, chosen;
        try
        {
            all = Mutation.ReadAll(path);
            chosen = Choose(all, lines);
        }
        catch (Exception error) when (error is FormatException or IOException)
        {
            Console.Error.WriteLine(error.Message);
            return NotTried;
        }

        var lost = Misplaced(root, all).ToList();
        lost.ForEach(Console.Error.WriteLine);
        if (lost.Count > 0 || check)
        {
            Console.WriteLine($"{all.Count - lost.Count} of {all.Count} mutations find their place");
            return lost.Count > 0 ? NotTried : AllCaught;
        }

        using var sources = new MutantSources(root, all);
        if (sources.Build() is { } complaint)
        {
            Console.Error.WriteLine("the mutants do not build\n" + complaint);
            return NotTried;
        }

        if (Verdict.OfSound(sources) is { Failure: not null } broken)
        {
            Console.Error.WriteLine(broken);
            return NotTried;
        }

        return Try(chosen, sources);
    }

    /// <summary>Those whose text is not found exactly once.</summary>
    public static IEnumerable<string> Misplaced(string root, IEnumerable<Mutation> mutations)
    {
        foreach (var mutation in mutations)
        {
            var path = Path.Combine(root, "src", "LinuxWasm.Kernel", mutation.File);
            var found = File.Exists(path) ? mutation.Pattern.Count(File.ReadAllText(path)) : 0;
            if (found != 1)
                yield return $"kernel.txt:{mutation.Line}: found {found} times in {mutation.File}, expected once: {mutation.Find}";
        }
    }

    /// <summary>The mutations of these lines, all where no line is named. <see cref="FormatException"/> where a line has none.</summary>
    public static IReadOnlyList<Mutation> Choose(IReadOnlyList<Mutation> all, IReadOnlyList<string> lines)
    {
        if (lines.Count == 0)
            return all.Count > 0 ? all : throw new FormatException("the list has no mutation");
        var chosen = new List<Mutation>();
        foreach (var text in lines.SelectMany(line => line.Split(',')))
        {
            if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                throw new FormatException($"--line {text}: the number of a line is expected");
            chosen.Add(all.FirstOrDefault(m => m.Line == number) ?? throw new FormatException($"--line {number}: no mutation stands there"));
        }

        return chosen;
    }

    private static int Try(IReadOnlyList<Mutation> chosen, MutantSources sources)
    {
        var survived = 0;
        foreach (var verdict in chosen.AsParallel().AsOrdered().WithDegreeOfParallelism(Math.Min(Environment.ProcessorCount, 8)).WithMergeOptions(ParallelMergeOptions.NotBuffered).Select(m => Verdict.Of(m, sources)))
        {
            Console.WriteLine(verdict);
            survived += verdict.Failure is null ? 1 : 0;
        }

        Console.WriteLine($"{chosen.Count - survived} passed, {survived} failed");
        return survived > 0 ? SomeSurvived : AllCaught;
    }
}
