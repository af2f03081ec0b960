using System.Diagnostics;

namespace LinuxWasm.Kernel.Tests.FileSystems.Host;

/// <summary>A program of the host that runs beside a test, and ends with it.</summary>
internal sealed class HostShell : IDisposable
{
    private readonly Process _process;

    public HostShell(string program, params string[] arguments) => _process = Process.Start(Info(program, arguments))!;

    public bool HasEnded => _process.HasExited;

    /// <summary>False where there is no such program, or it failed.</summary>
    public static bool TryRun(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(Info(program, arguments))!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static ProcessStartInfo Info(string program, string[] arguments) =>
        new(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
}
