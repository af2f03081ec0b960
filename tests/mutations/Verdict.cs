using System.Diagnostics;

namespace LinuxWasm.Mutations;

/// <summary>What the suite said of one mutation.</summary>
/// <param name="Failure">The first case that failed; null where none did.</param>
internal sealed record Verdict(Mutation? Mutation, string? Failure)
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(3);

    /// <summary>The cases of the call first; only what those let through costs the whole suite.</summary>
    public static Verdict Of(Mutation mutation, MutantSources sources) =>
        new(mutation, Caught(Conform(sources, mutation, "--filter", mutation.Call)) ?? Caught(Conform(sources, mutation)));

    /// <summary>The suite without any mutation, which must pass.</summary>
    public static Verdict OfSound(MutantSources sources) => new(null, Conform(sources, null) is var (status, failure) && status != 0 ? failure ?? $"status {status}" : null);

    public override string ToString() => Mutation is null
        ? $"without a mutation: {Failure ?? "passes"}"
        : $"{(Failure is null ? "SURVIVED" : "caught  ")}  {Mutation.Call,-18} {Mutation.Kind,-11} {Failure ?? $"kernel.txt:{Mutation.Line}: {Mutation.Find}"}";

    /// <summary>1: a case failed. Anything else, 2 for instance where no case has the tag, proves nothing.</summary>
    private static string? Caught((int Status, string? Failure) suite) => suite.Status == 1 ? suite.Failure ?? "a case failed" : null;

    private static (int Status, string? Failure) Conform(MutantSources sources, Mutation? mutation, params string[] filter)
    {
        var start = new ProcessStartInfo("dotnet", [sources.Command, "conform", sources.Suite, "--workers", "1", .. filter]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment[MutantSources.Switch] = (mutation?.Line ?? 0).ToString(System.Globalization.CultureInfo.InvariantCulture);
        // A command that is ended at its first failure leaves there what it was about to remove.
        start.Environment["TMPDIR"] = sources.Scratch;
        using var suite = Process.Start(start)!;
        suite.ErrorDataReceived += static (_, _) => { };
        suite.BeginErrorReadLine();
        var failure = Task.Run(() => FirstFailure(suite));
        var isThrough = failure.Wait(_patience);
        if (isThrough && failure.Result is null)
        {
            suite.WaitForExit();
            return (suite.ExitCode, null);
        }

        suite.Kill(entireProcessTree: true);
        return (1, isThrough ? failure.Result : $"the suite does not end within {_patience.TotalMinutes} minutes");
    }

    /// <summary>Comes back with the first case that fails, while the others still run; with null at the end of the output.</summary>
    private static string? FirstFailure(Process suite)
    {
        const string Failed = "FAILED ";
        while (suite.StandardOutput.ReadLine() is { } line)
        {
            if (line.StartsWith(Failed, StringComparison.Ordinal))
                return line[Failed.Length..];
        }

        return null;
    }
}
