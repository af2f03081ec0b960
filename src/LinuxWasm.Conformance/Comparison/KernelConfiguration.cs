using System.IO.Compression;

namespace LinuxWasm.Conformance.Comparison;

/// <summary>How the Linux that answered was built: what it answers to some calls depends on it.</summary>
public static class KernelConfiguration
{
    private const string Folder = "kernels";

    /// <summary>
    /// Writes the options that this machine's kernel was built with to <c>kernels/RELEASE.config</c> in the suite's folder, which is the
    /// case file's or the next one above that has the schema of cases.
    /// </summary>
    /// <returns>The file's path from the suite's folder; null where the kernel tells none.</returns>
    public static string? SaveBeside(string caseFile)
    {
        if (Release() is not { } release || Options(release) is not { } options)
            return null;
        var path = Path.Combine(Suite(caseFile), Folder, release + ".config");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllLines(path, options);
        return $"{Folder}/{release}.config";
    }

    /// <summary>The options that are set, in their order; null where neither the kernel nor its installation tells them.</summary>
    public static IReadOnlyList<string>? Options(string release)
    {
        var lines = ReadLines(release);
        return lines is null ? null : [.. lines.Where(l => l.StartsWith("CONFIG_", StringComparison.Ordinal))];
    }

    private static string? Release()
    {
        const string Told = "/proc/sys/kernel/osrelease";
        return File.Exists(Told) ? File.ReadAllText(Told).Trim() : null;
    }

    private static List<string>? ReadLines(string release)
    {
        const string Running = "/proc/config.gz";
        if (File.Exists(Running))
        {
            using var unpacked = new StreamReader(new GZipStream(File.OpenRead(Running), CompressionMode.Decompress));
            return [.. unpacked.ReadToEnd().Split('\n')];
        }

        var installed = "/boot/config-" + release;
        return File.Exists(installed) ? [.. File.ReadLines(installed)] : null;
    }

    private static string Suite(string caseFile)
    {
        var own = Path.GetDirectoryName(Path.GetFullPath(caseFile))!;
        for (var folder = own; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "case.schema.json")))
                return folder;
        }

        return own;
    }
}
