using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Tty;

/// <summary>What ioctl_tty(2) sets and tells, either end the same.</summary>
internal sealed partial class Terminal
{
    public Termios Settings
    {
        get
        {
            lock (_lock)
                return _settings;
        }
    }

    public Winsize Size
    {
        get
        {
            lock (_lock)
                return _size;
        }
    }

    /// <summary>The slave can't be opened until the master has said so (unlockpt(3)).</summary>
    public bool IsLocked
    {
        get
        {
            lock (_lock)
                return _isLocked;
        }

        set
        {
            lock (_lock)
                _isLocked = value;
        }
    }

    /// <summary>TIOCEXCL.</summary>
    public bool IsExclusive
    {
        get
        {
            lock (_lock)
                return _isExclusive;
        }

        set
        {
            lock (_lock)
                _isExclusive = value;
        }
    }

    /// <summary>TIOCPKT.</summary>
    public bool HasPackets
    {
        get
        {
            lock (_lock)
                return _packets;
        }

        set
        {
            lock (_lock)
            {
                if (value && !_packets)
                    _status = PacketStatus.None;
                _packets = value;
            }
        }
    }

    /// <summary>Bytes that can be read without waiting, by a program or by the master.</summary>
    public int Available(bool asMaster)
    {
        lock (_lock)
            return asMaster ? _output.Ring.Count : _input.Available(_settings);
    }

    public void Change(in Termios settings, bool flushInput)
    {
        lock (_lock)
        {
            if (flushInput)
                _input.Flush();
            var wasCanonical = _settings.Has(LocalModes.ICANON);
            _settings = settings;
            // Seven bits and the like do not concern a line that is not there: pty_set_termios keeps eight, without parity.
            const uint SizeAndParity = 0x30 | 0x100;
            _settings.c_cflag = (_settings.c_cflag & ~SizeAndParity) | 0x30 | 0x80;
            if (wasCanonical != settings.Has(LocalModes.ICANON))
                _input.ChangeMode(!wasCanonical);
            if (!settings.Has(InputModes.IXON))
                _input.IsStopped = false;
        }

        Type([]);
        Changed.WakeAll();
    }

    /// <summary>TIOCSWINSZ: the foreground is told of a size that is another.</summary>
    public void Resize(in Winsize size)
    {
        lock (_lock)
        {
            if (_size.ws_row == size.ws_row && _size.ws_col == size.ws_col && _size.ws_xpixel == size.ws_xpixel && _size.ws_ypixel == size.ws_ypixel)
                return;
            _size = size;
        }

        SignalForeground(Signal.SIGWINCH);
    }

    /// <summary>tcflush(3).</summary>
    /// <param name="input">What was typed and not read.</param>
    /// <param name="output">What was written and not read by the master.</param>
    public void Flush(bool input, bool output)
    {
        lock (_lock)
        {
            if (input)
            {
                _input.Flush();
                _typed.Clear();
                Report(PacketStatus.TIOCPKT_FLUSHREAD);
            }

            if (output)
            {
                _output.Ring.Clear();
                Report(PacketStatus.TIOCPKT_FLUSHWRITE);
            }
        }

        Changed.WakeAll();
    }

    /// <summary>tcflow(3), TCOOFF and TCOON.</summary>
    public void Suspend(bool stops)
    {
        lock (_lock)
        {
            if (_isSuspended == stops)
                return;
            _isSuspended = stops;
            if (!stops)
                _input.IsStopped = false;
            Report(stops ? PacketStatus.TIOCPKT_STOP : PacketStatus.TIOCPKT_START);
        }

        Changed.WakeAll();
    }

    /// <summary>tcflow(3), TCIOFF and TCION: the master is sent the stop or start character.</summary>
    public void SendFlowCharacter(ControlCharacter which)
    {
        lock (_lock)
        {
            if (_settings[which] != 0 && _output.Ring.Room > 0)
                _output.Ring.Add(_settings[which]);
        }

        Changed.WakeAll();
    }
}
