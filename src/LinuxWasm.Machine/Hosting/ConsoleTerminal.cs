using System.Runtime.InteropServices;
using LinuxWasm.Kernel;
using LinuxWasm.Kernel.Tty;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Machine.Hosting;

/// <summary>
/// The terminal that the host process stands in, as a guest's controlling terminal: line editing, Ctrl-C and job control are the guest's. The host's own line
/// discipline is off until this is disposed of.
/// </summary>
public sealed class ConsoleTerminal : IDisposable
{
    private const int ChunkSize = 4096;
    private const int StandardOutput = 1;

    private readonly LinuxKernel _kernel;
    private readonly RawTerminal _raw;
    private readonly PosixSignalRegistration? _resized;
    private readonly InterruptibleInput _input = new();
    private readonly Thread _screen;
    private readonly Thread _keyboard;

    private ConsoleTerminal(WasmMachine machine, RawTerminal raw)
    {
        _kernel = machine.Kernel;
        _raw = raw;
        Guest = new HostedTerminal(machine.Kernel);
        Resize();
        _resized = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => Resize());
        _screen = new Thread(Show) { IsBackground = true, Name = "LinuxWasm screen" };
        _keyboard = new Thread(Type) { IsBackground = true, Name = "LinuxWasm keyboard" };
        _keyboard.Start();
    }

    /// <summary>What the guest has.</summary>
    public HostedTerminal Guest { get; }

    /// <summary>Takes the host's terminal; null where standard input or output is none, or the host's terminals have no raw mode.</summary>
    public static ConsoleTerminal? TryTake(WasmMachine machine)
    {
        if (Console.IsInputRedirected || Console.IsOutputRedirected || RawTerminal.TryEnter() is not { } raw)
            return null;
        return new ConsoleTerminal(machine, raw);
    }

    /// <summary>A program's standard files: the terminal, but for a standard error that the host has redirected.</summary>
    public IReadOnlyList<OpenFile?> OpenStandardFiles()
    {
        OpenFile?[] files = [.. Guest.OpenStandardFiles()];
        if (Console.IsErrorRedirected)
        {
            files[2]!.Release();
            files[2] = HostConsole.OpenStandardError(_kernel);
        }

        return files;
    }

    /// <summary>Shows what programs write. To be called once the first of them has the terminal open.</summary>
    public void Start() => _screen.Start();

    /// <summary>Shows what is left, and gives the host its terminal back.</summary>
    public void Dispose()
    {
        // Programs of the background may still have it open: what they have written is shown, what they will write is not.
        if (_screen.IsAlive)
            _screen.Join(TimeSpan.FromMilliseconds(200));
        Guest.Dispose();
        if (_screen.IsAlive)
            _screen.Join();
        _input.CallOff();
        _keyboard.Join();
        _input.Dispose();
        _resized?.Dispose();
        _raw.Dispose();
    }

    private void Resize()
    {
        if (RawTerminal.WindowSize() is var (rows, columns))
            Guest.Resize(rows, columns);
    }

    private void Show()
    {
        using var screen = new UnixDescriptorStream(StandardOutput);
        var chunk = new byte[ChunkSize];
        try
        {
            for (int count; (count = Guest.Read(chunk)) > 0;)
                screen.Write(chunk, 0, count);
        }
        catch (IOException)
        {
            // The host's terminal is gone: so is the guest's.
            Guest.Dispose();
        }
    }

    private void Type()
    {
        var chunk = new byte[ChunkSize];
        for (int count; (count = _input.Read(chunk)) > 0;)
        {
            if (!Guest.Type(chunk.AsSpan(0, count)))
                return;
        }

        // Nobody can type any more: the line is dead.
        Guest.Dispose();
    }
}
