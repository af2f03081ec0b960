using System.Diagnostics;

namespace LinuxWasm.Mutations;

/// <summary>A copy of the sources with all mutations in it at once, of which an environment variable switches on one.</summary>
internal sealed class MutantSources : IDisposable
{
    /// <summary>The line of the mutation that is on; 0 for none.</summary>
    public const string Switch = "LINUXWASM_MUTANT";

    private static readonly string[] _copied = ["Directory.Build.props", "Directory.Packages.props", "global.json", ".editorconfig", "src", "conformance"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("linuxwasm-mutants-");

    public MutantSources(string root, IReadOnlyList<Mutation> mutations)
    {
        foreach (var name in _copied)
            Copy(Path.Combine(root, name), Path.Combine(_folder.FullName, name));
        foreach (var file in mutations.GroupBy(m => m.File))
        {
            var path = Path.Combine(_folder.FullName, "src", "LinuxWasm.Kernel", file.Key);
            File.WriteAllText(path, Mutation.Apply(file, File.ReadAllText(path)));
        }

        File.WriteAllText(Path.Combine(_folder.FullName, "src", "LinuxWasm.Kernel", "Mutant.cs"), $$"""
            namespace LinuxWasm.Kernel;

            internal static class Mutant
            {
                private static readonly int Chosen = int.Parse(System.Environment.GetEnvironmentVariable("{{Switch}}") ?? "0");

                public static bool Is(int line) => line == Chosen;
            }
            """);
    }

    /// <summary>For what the suite keeps while it runs.</summary>
    public string Scratch => Directory.CreateDirectory(Path.Combine(_folder.FullName, "scratch")).FullName;

    public string Suite => Path.Combine(_folder.FullName, "conformance");

    public string Command => Path.Combine(_folder.FullName, "src", "LinuxWasm.Cli", "bin", "Release", "net10.0", "linuxwasm.dll");

    /// <summary>Null where all is well, else what the compiler says.</summary>
    public string? Build()
    {
        // Mutants give the compiler reason to warn, and need no analysis.
        var start = new ProcessStartInfo("dotnet", ["build", "-c", "Release", "--nologo", "-v", "quiet", "-p:TreatWarningsAsErrors=false", "-p:RunAnalyzers=false", Path.Combine(_folder.FullName, "src", "LinuxWasm.Cli")]) { RedirectStandardOutput = true };
        using var build = Process.Start(start)!;
        var output = build.StandardOutput.ReadToEnd();
        build.WaitForExit();
        return build.ExitCode == 0 ? null : string.Join('\n', output.Split('\n').Where(line => line.Contains("error", StringComparison.Ordinal)).Distinct().Take(20));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static void Copy(string from, string to)
    {
        if (File.Exists(from))
            File.Copy(from, to);
        if (!Directory.Exists(from))
            return;
        Directory.CreateDirectory(to);
        foreach (var path in Directory.EnumerateFileSystemEntries(from).Where(path => Path.GetFileName(path) is not ("bin" or "obj")))
            Copy(path, Path.Combine(to, Path.GetFileName(path)));
    }
}
