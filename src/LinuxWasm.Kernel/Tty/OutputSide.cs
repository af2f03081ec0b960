namespace LinuxWasm.Kernel.Tty;

/// <summary>What a terminal's programs write, and what is echoed, on its way to the master (the output half of N_TTY). Guarded by the terminal's lock.</summary>
internal sealed class OutputSide
{
    /// <summary>As Linux's limit for ptys.</summary>
    private const int Capacity = 8192;

    /// <summary>A tab is as much as that.</summary>
    private const int TabWidth = 8;

    private readonly ByteRing _ring = new(Capacity);

    /// <summary>What can be read by the master.</summary>
    public ByteRing Ring => _ring;

    /// <summary>The cursor's column, as far as the output tells.</summary>
    public int Column { get; private set; }

    /// <summary>Where the line that is being typed began.</summary>
    public int LineStart { get; set; }

    /// <summary>Writes as many bytes as find room, changed as c_oflag says; gives how many it took.</summary>
    public int Write(ReadOnlySpan<byte> bytes, in Termios settings)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            if (!TryWrite(bytes[i], settings))
                return i;
        }

        return bytes.Length;
    }

    /// <summary>Echoes a byte as it is; what finds no room is lost, as Linux loses it where its echo buffer overruns.</summary>
    public void Echo(byte value, in Termios settings) => TryWrite(value, settings);

    /// <summary>Echoes a byte, control characters as ^X where ECHOCTL says so.</summary>
    public void EchoVisibly(byte value, in Termios settings)
    {
        if (settings.Has(LocalModes.ECHOCTL) && IsControl(value) && value != '\t')
        {
            Echo((byte)'^', settings);
            Echo((byte)(value ^ 0x40), settings);
        }
        else
        {
            Echo(value, settings);
        }
    }

    /// <summary>Takes a character off the screen.</summary>
    public void EchoErase(byte erased, int widthOfTab, in Termios settings)
    {
        var width = erased == '\t' ? widthOfTab
            : !IsControl(erased) ? 1
            : settings.Has(LocalModes.ECHOCTL) ? 2
            : 0;
        for (var i = 0; i < width; i++)
        {
            Echo((byte)'\b', settings);
            // A tab leaves nothing on the screen that had to be wiped.
            if (erased == '\t')
                continue;
            Echo((byte)' ', settings);
            Echo((byte)'\b', settings);
        }
    }

    public static bool IsControl(byte value) => value is < 0x20 or 0x7f;

    /// <summary>do_output_char. False where there is no room.</summary>
    private bool TryWrite(byte value, in Termios settings)
    {
        if (!settings.Has(OutputModes.OPOST))
            return TryAdd(value);
        switch (value)
        {
            case (byte)'\n' when settings.Has(OutputModes.ONLCR):
                if (_ring.Room < 2)
                    return false;
                _ring.Add((byte)'\r');
                _ring.Add((byte)'\n');
                Column = LineStart = 0;
                return true;
            case (byte)'\n':
                if (settings.Has(OutputModes.ONLRET))
                    Column = 0;
                LineStart = Column;
                return TryAdd(value);
            case (byte)'\r' when settings.Has(OutputModes.ONOCR) && Column == 0:
                return true;
            case (byte)'\r' when settings.Has(OutputModes.OCRNL):
                if (settings.Has(OutputModes.ONLRET))
                    Column = LineStart = 0;
                return TryAdd((byte)'\n');
            case (byte)'\r':
                Column = LineStart = 0;
                return TryAdd(value);
            case (byte)'\t':
                return TryTab(settings);
            case (byte)'\b':
                if (Column > 0)
                    Column--;
                return TryAdd(value);
            default:
                if (!TryAdd(settings.Has(OutputModes.OLCUC) ? (byte)char.ToUpperInvariant((char)value) : value))
                    return false;
                if (!IsControl(value) && !IsContinuation(value, settings))
                    Column++;
                return true;
        }
    }

    private bool TryTab(in Termios settings)
    {
        var spaces = TabWidth - (Column % TabWidth);
        if ((settings.c_oflag & OutputModes.XTABS) != OutputModes.XTABS)
        {
            if (!TryAdd((byte)'\t'))
                return false;
            Column += spaces;
            return true;
        }

        if (_ring.Room < spaces)
            return false;
        Column += spaces;
        for (; spaces > 0; spaces--)
            _ring.Add((byte)' ');
        return true;
    }

    private bool TryAdd(byte value)
    {
        if (_ring.Room == 0)
            return false;
        _ring.Add(value);
        return true;
    }

    public static bool IsContinuation(byte value, in Termios settings) => settings.Has(InputModes.IUTF8) && (value & 0xc0) == 0x80;
}
