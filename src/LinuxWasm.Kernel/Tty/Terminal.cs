using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Tty;

/// <summary>
/// A pseudoterminal (pty(7)): the terminal that programs have, and the master that stands in for keyboard and screen. What the master writes is
/// typed; what programs write, it reads.
/// <para>Lock order: <see cref="PidTable.Lock"/>, then this one's; wait queues and signals after it was left.</para>
/// </summary>
internal sealed partial class Terminal
{
    /// <summary>So much may be typed ahead of what the line discipline has room for (tty_buffer).</summary>
    private const int TypedAhead = 8192;

    private readonly Lock _lock = new();
    private readonly OutputSide _output = new();
    private readonly InputSide _input;
    private readonly ByteRing _typed = new(TypedAhead);
    private Termios _settings = Termios.Default;
    private Winsize _size;
    private int _slaves;
    private bool _hadSlave;
    private bool _isExclusive;
    private bool _isLocked = true;
    private bool _isSuspended;
    private bool _hungUp;
    private bool _packets;
    private PacketStatus _status;
    private LinuxTask? _reader;

    public Terminal(LinuxKernel kernel, int number, Credentials owner)
    {
        Kernel = kernel;
        Number = number;
        Owner = owner;
        _input = new InputSide(_output);
    }

    public LinuxKernel Kernel { get; }

    /// <summary>The name in devpts.</summary>
    public int Number { get; }

    /// <summary>Who opened the master, and to whom the terminal belongs.</summary>
    public Credentials Owner { get; }

    /// <summary>Woken when either end may find things otherwise.</summary>
    public WaitQueue Changed { get; } = new();

    /// <summary>The master is gone: the terminal answers EIO to everything.</summary>
    public bool HungUp
    {
        get
        {
            lock (_lock)
                return _hungUp;
        }
    }

    /// <summary>Counts a program's open: EIO where it is locked or hung up, EBUSY where it is somebody's alone.</summary>
    public Errno OpenSlave(Credentials credentials)
    {
        lock (_lock)
        {
            if (_isLocked || _hungUp)
                return Errno.EIO;
            if (_isExclusive && !credentials.Has(Capability.CAP_SYS_ADMIN))
                return Errno.EBUSY;
            _slaves++;
            _hadSlave = true;
            return Errno.None;
        }
    }

    /// <summary>A program closes it. With the last one its settings stay, but nobody's claim to have it alone.</summary>
    public void CloseSlave()
    {
        lock (_lock)
        {
            if (--_slaves == 0)
                _isExclusive = false;
        }

        Changed.WakeAll();
    }

    /// <summary>
    /// The master is closed: the session learns of it, and the terminal is dead (tty_vhangup). The signal comes first: who reads meanwhile must not
    /// find an end without it.
    /// </summary>
    public void CloseMaster()
    {
        HangUpSession();
        lock (_lock)
        {
            _hungUp = true;
            _input.Flush();
            _typed.Clear();
        }

        Kernel.Terminals.Remove(this);
        Changed.WakeAll();
    }

    /// <summary>A program reads. EAGAIN where there is nothing for it yet.</summary>
    /// <param name="target">Where to; not empty.</param>
    /// <param name="takesLess">It would rather have less than VMIN asks for.</param>
    public SysResult ReadSlave(Span<byte> target, bool takesLess)
    {
        SysResult result;
        lock (_lock)
        {
            if (_hungUp)
                return 0;
            var least = takesLess ? 1 : Math.Min(Math.Max((int)_settings[ControlCharacter.VMIN], 1), target.Length);
            if (!_input.IsReadable(_settings, least))
                return _settings.Has(LocalModes.ICANON) || _settings[ControlCharacter.VMIN] != 0 || _settings[ControlCharacter.VTIME] != 0 ? Errno.EAGAIN : 0;
            result = _input.Read(target, _settings);
        }

        // There is room for what was typed ahead.
        Type([]);
        Changed.WakeAll();
        return result;
    }

    /// <summary>Makes it a task's turn to read; false while another one reads, or waits to.</summary>
    public bool TryBeginRead(LinuxTask task)
    {
        lock (_lock)
        {
            if (_reader is not null)
                return false;
            _reader = task;
            return true;
        }
    }

    public void EndRead()
    {
        lock (_lock)
            _reader = null;
        Changed.WakeAll();
    }

    /// <summary>A program writes: as much as finds room, or EAGAIN.</summary>
    public SysResult WriteSlave(ReadOnlySpan<byte> bytes)
    {
        int written;
        lock (_lock)
        {
            if (_hungUp)
                return Errno.EIO;
            if (bytes.IsEmpty)
                return 0;
            if (IsStopped)
                return Errno.EAGAIN;
            written = _output.Write(bytes, _settings);
        }

        if (written == 0)
            return Errno.EAGAIN;
        Changed.WakeAll();
        return written;
    }

    /// <summary>The master reads what is on its screen; in packet mode with a byte before it. EIO where no program has the terminal any more.</summary>
    public SysResult ReadMaster(Span<byte> target)
    {
        int count;
        lock (_lock)
        {
            if (target.IsEmpty)
                return 0;
            if (_packets && _status != PacketStatus.None)
            {
                target[0] = (byte)_status;
                _status = PacketStatus.None;
                return 1;
            }

            if (_output.Ring.Count == 0)
                return _hadSlave && _slaves == 0 ? Errno.EIO : Errno.EAGAIN;
            if (_packets)
            {
                target[0] = 0;
                count = 1 + _output.Ring.Take(target[1..]);
            }
            else
            {
                count = _output.Ring.Take(target);
            }
        }

        Changed.WakeAll();
        return count;
    }

    /// <summary>The master types. As much as finds room, or EAGAIN.</summary>
    public SysResult Type(ReadOnlySpan<byte> bytes)
    {
        var signals = new List<Signal>();
        var taken = 0;
        lock (_lock)
        {
            Span<byte> one = stackalloc byte[1];
            while (_typed.Count > 0)
            {
                one[0] = _typed[0];
                if (_input.Receive(one, _settings, signals) == 0)
                    break;
                _typed.Drop(1);
            }

            if (_typed.Count == 0)
                taken = _input.Receive(bytes, _settings, signals);
            for (; taken < bytes.Length && _typed.Room > 0; taken++)
                _typed.Add(bytes[taken]);
        }

        foreach (var signal in signals)
            SignalForeground(signal);
        if (taken == 0 && bytes.Length > 0)
            return Errno.EAGAIN;
        if (bytes.Length > 0)
            Changed.WakeAll();
        return taken;
    }

    /// <summary>TIOCSIG: as if the character had been typed that sends the signal.</summary>
    public void Interrupt(Signal signal)
    {
        Flush(input: !Settings.Has(LocalModes.NOFLSH), output: !Settings.Has(LocalModes.NOFLSH));
        SignalForeground(signal);
    }

    public PollEvents PollSlave()
    {
        lock (_lock)
        {
            if (_hungUp)
                return PollEvents.AlwaysReady | PollEvents.POLLERR | PollEvents.POLLHUP;
            var least = _settings[ControlCharacter.VTIME] == 0 ? Math.Max((int)_settings[ControlCharacter.VMIN], 1) : 1;
            var events = _input.IsReadable(_settings, least) ? PollEvents.POLLIN | PollEvents.POLLRDNORM : PollEvents.None;
            return !IsStopped && _output.Ring.Room > 0 ? events | PollEvents.POLLOUT | PollEvents.POLLWRNORM : events;
        }
    }

    public PollEvents PollMaster()
    {
        lock (_lock)
        {
            var events = PollEvents.None;
            if (_output.Ring.Count > 0)
                events |= PollEvents.POLLIN | PollEvents.POLLRDNORM;
            if (_packets && _status != PacketStatus.None)
                events |= PollEvents.POLLPRI | PollEvents.POLLIN | PollEvents.POLLRDNORM;
            if (_hadSlave && _slaves == 0)
                events |= PollEvents.POLLHUP;
            return _typed.Room > 0 ? events | PollEvents.POLLOUT | PollEvents.POLLWRNORM : events;
        }
    }

    /// <summary>Neither the stop character nor tcflow(3) lets output through. Caller holds the lock.</summary>
    private bool IsStopped => _isSuspended || _input.IsStopped;

    private void Report(PacketStatus status)
    {
        if (_packets)
            _status |= status;
    }
}

/// <summary>What the first byte of a master's read says in packet mode (ioctl_tty(2), TIOCPKT).</summary>
[Flags]
internal enum PacketStatus : byte
{
    None = 0,
    TIOCPKT_FLUSHREAD = 1,
    TIOCPKT_FLUSHWRITE = 2,
    TIOCPKT_STOP = 4,
    TIOCPKT_START = 8,
}
