using System.Diagnostics;
using System.Reflection;
using System.Security.Cryptography;

namespace LinuxWasm.Conformance.Oracle;

/// <summary>Compiles the agent with the system's compiler, once per version of its sources, into the user's cache.</summary>
internal static class AgentBuilder
{
    private const string Prefix = "oracle/";

    // Linked below 4 GiB and without moving parts: the heap that brk gives, and handlers, must be reachable by 32-bit addresses.
    // A task may lose its thread pointer in a 32-bit signal frame, so nothing may ask for a stack guard.
    private static readonly string[] _flags =
        ["-O2", "-static", "-no-pie", "-fno-pie", "-fno-stack-protector", "-fcf-protection=none", "-mno-red-zone", "-Wl,-Ttext-segment=0x70000000"];

    private static readonly Lock _building = new();

    /// <summary>The path of the agent; <see cref="TargetException"/> where it can't be built.</summary>
    public static string Build()
    {
        if (!OperatingSystem.IsLinux() || System.Runtime.InteropServices.RuntimeInformation.OSArchitecture != System.Runtime.InteropServices.Architecture.X64)
            throw new Running.TargetException("the oracle needs Linux on x86-64");
        var sources = ReadSources();
        var folder = Path.Combine(CacheFolder(), "oracle-" + Fingerprint(sources));
        var agent = Path.Combine(folder, "agent");
        lock (_building)
        {
            if (!File.Exists(agent))
                Compile(sources, folder, agent);
        }

        return agent;
    }

    private static string CacheFolder()
    {
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME");
        if (string.IsNullOrEmpty(cache))
            cache = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        return Path.Combine(cache, "linuxwasm");
    }

    private static SortedDictionary<string, byte[]> ReadSources()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var sources = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            sources[name[Prefix.Length..]] = bytes;
        }

        return sources;
    }

    private static string Fingerprint(SortedDictionary<string, byte[]> sources)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (name, bytes) in sources)
        {
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes(name));
            hash.AppendData(bytes);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
    }

    private static void Compile(SortedDictionary<string, byte[]> sources, string folder, string agent)
    {
        var work = folder + "." + Environment.ProcessId;
        Directory.CreateDirectory(work);
        try
        {
            foreach (var (name, bytes) in sources)
                File.WriteAllBytes(Path.Combine(work, name), bytes);
            var start = new ProcessStartInfo("cc") { WorkingDirectory = work, RedirectStandardError = true };
            foreach (var argument in _flags.Concat(["-o", "agent"]).Concat(sources.Keys.Where(n => n.EndsWith(".c", StringComparison.Ordinal) || n.EndsWith(".S", StringComparison.Ordinal))))
                start.ArgumentList.Add(argument);
            using var compiler = StartCompiler(start);
            var errors = compiler.StandardError.ReadToEnd();
            compiler.WaitForExit();
            if (compiler.ExitCode != 0)
                throw new Running.TargetException("the oracle's agent does not compile: " + errors.Trim());
            Directory.CreateDirectory(folder);
            File.Move(Path.Combine(work, "agent"), agent, overwrite: true);
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private static Process StartCompiler(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            throw new Running.TargetException("the oracle needs a C compiler called cc: " + error.Message, error);
        }
    }
}
