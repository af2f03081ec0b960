using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Tty;

/// <summary>A terminal of the guests' whose master is the host: what it types programs read, and what they write it shows. Its methods may be called from any thread.</summary>
public sealed class HostedTerminal : IDisposable
{
    private readonly Terminal _terminal;
    private readonly HostWaiter _waiter = new();

    /// <exception cref="InvalidOperationException">The kernel has as many terminals as it may have.</exception>
    public HostedTerminal(LinuxKernel kernel)
    {
        _terminal = kernel.Terminals.Make(Credentials.Root) ?? throw new InvalidOperationException("the kernel has as many terminals as it may have");
        _terminal.IsLocked = false;
        _terminal.Changed.Add(_waiter);
    }

    /// <summary>Opens it for a program's standard input, output and error: one open file, thrice.</summary>
    public IReadOnlyList<OpenFile> OpenStandardFiles()
    {
        var place = _terminal.Kernel.Terminals.PlaceOf(_terminal);
        var error = SlaveFile.Open(new OpenRequest(place, OpenFlags.O_RDWR, Task: null), _terminal, out var file);
        if (error != Errno.None)
            throw new InvalidOperationException($"the terminal can't be opened: {error}");
        file!.AddReference();
        file.AddReference();
        return [file, file, file];
    }

    /// <summary>Makes it the controlling terminal of a session, which the leader begins with.</summary>
    public void Control(LinuxTask leader) => _terminal.ClaimByOpening(leader);

    /// <summary>The window's size in characters; the foreground is told of a new one (SIGWINCH).</summary>
    public void Resize(int rows, int columns) => _terminal.Resize(new Winsize { ws_row = Fit(rows), ws_col = Fit(columns) });

    /// <summary>Types bytes; waits while there is no room for them. False once the terminal is closed.</summary>
    public bool Type(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var seen = _waiter.Changes;
            var taken = _terminal.Type(bytes);
            if (!taken.IsError)
                bytes = bytes[(int)taken.Value..];
            else if (!_waiter.WaitBeyond(seen))
                return false;
        }

        return true;
    }

    /// <summary>Reads what is to be shown, and waits for it.</summary>
    /// <returns>How many bytes; 0 once no program has it open any more, or it is closed.</returns>
    public int Read(Span<byte> target)
    {
        while (true)
        {
            var seen = _waiter.Changes;
            var count = _terminal.ReadMaster(target);
            if (!count.IsError)
                return (int)count.Value;
            if (count.Errno != Errno.EAGAIN || !_waiter.WaitBeyond(seen))
                return 0;
        }
    }

    /// <summary>Hangs up: the session gets SIGHUP, and reads and writes end.</summary>
    public void Dispose()
    {
        if (!_waiter.TryEnd())
            return;
        _terminal.Changed.Remove(_waiter);
        _terminal.CloseMaster();
    }

    private static ushort Fit(int size) => (ushort)Math.Clamp(size, 0, ushort.MaxValue);

    /// <summary>The host's own threads, which are no tasks, wait here. Each change wakes all of them, and they look again.</summary>
    private sealed class HostWaiter : Wakeable
    {
        private readonly object _monitor = new();
        private long _changes;
        private bool _ended;

        /// <summary>How often there was a change.</summary>
        public long Changes
        {
            get
            {
                lock (_monitor)
                    return _changes;
            }
        }

        /// <summary>Waits until there were more changes than that. False where none will come any more.</summary>
        public bool WaitBeyond(long seen)
        {
            lock (_monitor)
            {
                while (_changes == seen && !_ended)
                    Monitor.Wait(_monitor);
                return !_ended;
            }
        }

        /// <summary>Lets everybody go. False where that has happened.</summary>
        public bool TryEnd()
        {
            lock (_monitor)
            {
                var isFirst = !_ended;
                _ended = true;
                Monitor.PulseAll(_monitor);
                return isFirst;
            }
        }

        internal override void Wake()
        {
            lock (_monitor)
            {
                _changes++;
                Monitor.PulseAll(_monitor);
            }
        }
    }
}
