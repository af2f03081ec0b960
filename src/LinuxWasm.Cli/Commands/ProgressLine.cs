using System.Diagnostics;
using System.Runtime.InteropServices;
using LinuxWasm.Machine.Hosting;

namespace LinuxWasm.Cli.Commands;

/// <summary>
/// A line at the bottom of a terminal that says how far a long job is, and is gone when the job is done. It goes to standard error, so that results
/// can be kept without it; where that is no terminal it is not written, or seldom.
/// </summary>
/// <param name="text">What to say now.</param>
/// <param name="elsewhere">How often to write a whole line where standard error is no terminal; null for never.</param>
internal sealed class ProgressLine(Func<string> text, TimeSpan? elsewhere = null) : IDisposable
{
    private const string Erase = "\r\e[K";

    private static readonly TimeSpan _often = TimeSpan.FromMilliseconds(200);

    private readonly bool _isTerminal = !Console.IsErrorRedirected;
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private TimeSpan _next = Console.IsErrorRedirected ? elsewhere ?? TimeSpan.MaxValue : _often;
    private bool _shown;

    // Ctrl-C still ends the command, but leaves no torn line behind.
    private readonly PosixSignalRegistration? _interrupted = Console.IsErrorRedirected ? null : PosixSignalRegistration.Create(PosixSignal.SIGINT, static _ => Console.Error.Write(Erase));

    public void Dispose() => _interrupted?.Dispose();

    /// <summary>The job has come on. Cheap, however often it is called.</summary>
    public void Tick()
    {
        if (_watch.Elapsed < _next)
            return;
        if (!_isTerminal)
        {
            _next = _watch.Elapsed + elsewhere!.Value;
            Console.Error.WriteLine(text());
            return;
        }

        _next = _watch.Elapsed + _often;
        var line = text();
        // A line that wraps could not be taken back. Asking Console for the width would switch the terminal to application cursor keys.
        var width = (HostConsole.WindowSize()?.Columns ?? 0) - 1;
        Console.Error.Write(Erase + (width > 0 && line.Length > width ? line[..width] : line));
        _shown = true;
    }

    /// <summary>Makes room for other output, or for nothing more.</summary>
    public void Clear()
    {
        if (_shown)
            Console.Error.Write(Erase);
        _shown = false;
    }
}
