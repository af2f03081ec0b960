using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Tty;

/// <summary>
/// What was typed, on its way to a terminal's programs: line editing, echo and the characters that send signals (the input half of N_TTY,
/// drivers/tty/n_tty.c). Guarded by the terminal's lock.
/// </summary>
internal sealed class InputSide(OutputSide output)
{
    /// <summary>N_TTY_BUF_SIZE: a line has at most 4095 bytes and its newline.</summary>
    private const int Capacity = 4096;

    private readonly ByteRing _ring = new(Capacity);

    /// <summary>How many bytes each whole line has that waits, its end included; what comes behind them is still being typed.</summary>
    private readonly Queue<Line> _lines = new();
    private int _inLines;
    private bool _literal;

    /// <summary>Output has been stopped by the stop character.</summary>
    public bool IsStopped { get; set; }

    /// <summary>Bytes that FIONREAD tells.</summary>
    public int Available(in Termios settings) =>
        settings.Has(LocalModes.ICANON) ? _inLines - _lines.Count(static line => line.EndsInMark) : _ring.Count;

    /// <summary>Takes what was typed, as far as there is room, and gives how much that is.</summary>
    /// <param name="typed">The bytes.</param>
    /// <param name="settings">How they are treated.</param>
    /// <param name="signals">Gets the signals that the foreground process group is to be sent.</param>
    public int Receive(ReadOnlySpan<byte> typed, in Termios settings, List<Signal> signals)
    {
        for (var i = 0; i < typed.Length; i++)
        {
            if (_ring.Room <= 1 && (!settings.Has(LocalModes.ICANON) || _lines.Count > 0))
                return i;
            Receive(typed[i], settings, signals);
        }

        return typed.Length;
    }

    /// <summary>True where a reader need not wait.</summary>
    /// <param name="settings">How it is read.</param>
    /// <param name="least">How many bytes there have to be where lines don't matter.</param>
    public bool IsReadable(in Termios settings, int least) =>
        settings.Has(LocalModes.ICANON) ? _lines.Count > 0 : _ring.Count >= least;

    /// <summary>Takes a line, or as much of it as fits; without ICANON whatever is there.</summary>
    public int Read(Span<byte> target, in Termios settings)
    {
        if (!settings.Has(LocalModes.ICANON))
            return _ring.Take(target);
        var line = _lines.Peek();
        var text = line.Length - (line.EndsInMark ? 1 : 0);
        var count = _ring.Take(target[..Math.Min(target.Length, text)]);
        _inLines -= count;
        if (count < text)
        {
            Shorten(line with { Length = line.Length - count });
            return count;
        }

        if (line.EndsInMark)
        {
            _ring.Drop(1);
            _inLines--;
        }

        _lines.Dequeue();
        return count;
    }

    /// <summary>Throws everything away (TCIFLUSH).</summary>
    public void Flush()
    {
        _ring.Clear();
        _lines.Clear();
        _inLines = 0;
        _literal = false;
    }

    /// <summary>ICANON was switched: what is there is a line now, or no lines any more (n_tty_set_termios).</summary>
    public void ChangeMode(bool canonical)
    {
        _lines.Clear();
        _inLines = 0;
        _literal = false;
        if (canonical && _ring.Count > 0)
            EndLine(endsInMark: false);
    }

    private void Receive(byte value, in Termios settings, List<Signal> signals)
    {
        if (_literal)
        {
            _literal = false;
            Insert(value, settings);
            return;
        }

        if (settings.Has(InputModes.ISTRIP))
            value &= 0x7f;
        if (settings.Has(InputModes.IUCLC) && settings.Has(LocalModes.IEXTEN))
            value = (byte)char.ToLowerInvariant((char)value);
        if (settings.Has(InputModes.IXON))
        {
            if (settings.Is(value, ControlCharacter.VSTART))
            {
                IsStopped = false;
                return;
            }

            if (settings.Is(value, ControlCharacter.VSTOP))
            {
                IsStopped = true;
                return;
            }
        }

        if (settings.Has(LocalModes.ISIG) && SignalOf(value, settings) is var signal && signal != Signal.None)
        {
            Interrupt(value, signal, settings, signals);
            return;
        }

        if (settings.Has(InputModes.IXON) && settings.Has(InputModes.IXANY))
            IsStopped = false;
        if (value == '\r')
        {
            if (settings.Has(InputModes.IGNCR))
                return;
            if (settings.Has(InputModes.ICRNL))
                value = (byte)'\n';
        }
        else if (value == '\n' && settings.Has(InputModes.INLCR))
        {
            value = (byte)'\r';
        }

        if (!settings.Has(LocalModes.ICANON) || !Edit(value, settings))
            Insert(value, settings);
    }

    private static Signal SignalOf(byte value, in Termios settings) =>
        settings.Is(value, ControlCharacter.VINTR) ? Signal.SIGINT
        : settings.Is(value, ControlCharacter.VQUIT) ? Signal.SIGQUIT
        : settings.Is(value, ControlCharacter.VSUSP) ? Signal.SIGTSTP
        : Signal.None;

    private void Interrupt(byte value, Signal signal, in Termios settings, List<Signal> signals)
    {
        signals.Add(signal);
        if (!settings.Has(LocalModes.NOFLSH))
        {
            output.Ring.Clear();
            Flush();
        }

        if (settings.Has(InputModes.IXON))
            IsStopped = false;
        if (settings.Has(LocalModes.ECHO))
            output.EchoVisibly(value, settings);
    }

    /// <summary>What canonical mode does with a character. False where it is one like others.</summary>
    private bool Edit(byte value, in Termios settings)
    {
        var extended = settings.Has(LocalModes.IEXTEN);
        if (settings.Is(value, ControlCharacter.VERASE) || settings.Is(value, ControlCharacter.VKILL)
            || (extended && settings.Is(value, ControlCharacter.VWERASE)))
        {
            Erase(value, settings);
            return true;
        }

        if (extended && settings.Is(value, ControlCharacter.VLNEXT))
        {
            _literal = true;
            if (settings.Has(LocalModes.ECHO) && settings.Has(LocalModes.ECHOCTL))
            {
                output.Echo((byte)'^', settings);
                output.Echo((byte)'\b', settings);
            }

            return true;
        }

        if (extended && settings.Has(LocalModes.ECHO) && settings.Is(value, ControlCharacter.VREPRINT))
        {
            output.EchoVisibly(value, settings);
            output.Echo((byte)'\n', settings);
            for (var i = _inLines; i < _ring.Count; i++)
                output.EchoVisibly(_ring[i], settings);
            return true;
        }

        if (value == '\n')
        {
            if (settings.Has(LocalModes.ECHO) || settings.Has(LocalModes.ECHONL))
                output.Echo(value, settings);
            _ring.Add(value);
            EndLine(endsInMark: false);
            return true;
        }

        if (settings.Is(value, ControlCharacter.VEOF))
        {
            _ring.Add(0);
            EndLine(endsInMark: true);
            return true;
        }

        if (settings.Is(value, ControlCharacter.VEOL) || (extended && settings.Is(value, ControlCharacter.VEOL2)))
        {
            if (settings.Has(LocalModes.ECHO))
                output.EchoVisibly(value, settings);
            _ring.Add(value);
            EndLine(endsInMark: false);
            return true;
        }

        return false;
    }

    private void Insert(byte value, in Termios settings)
    {
        // The last place is kept for the line's end: what a line is too long by is lost.
        if (_ring.Room <= 1)
        {
            if (settings.Has(InputModes.IMAXBEL))
                output.Echo((byte)'\a', settings);
            return;
        }

        if (settings.Has(LocalModes.ECHO))
        {
            if (_ring.Count == _inLines)
                output.LineStart = output.Column;
            if (value == '\n')
                output.Echo(value, settings);
            else
                output.EchoVisibly(value, settings);
        }

        _ring.Add(value);
    }

    private void Erase(byte value, in Termios settings)
    {
        var echoes = settings.Has(LocalModes.ECHO);
        if (_ring.Count == _inLines)
            return;
        var kills = settings.Is(value, ControlCharacter.VKILL);
        var wholeWord = !kills && !settings.Is(value, ControlCharacter.VERASE);
        if (kills && !(echoes && settings.Has(LocalModes.ECHOK) && settings.Has(LocalModes.ECHOKE) && settings.Has(LocalModes.ECHOE)))
        {
            while (_ring.Count > _inLines)
                _ring.Retract();
            if (!echoes)
                return;
            output.EchoVisibly(value, settings);
            if (settings.Has(LocalModes.ECHOK))
                output.Echo((byte)'\n', settings);
            return;
        }

        var inWord = false;
        while (_ring.Count > _inLines)
        {
            var length = CharacterLength(settings);
            var erased = _ring[_ring.Count - length];
            if (wholeWord)
            {
                if (char.IsAsciiLetterOrDigit((char)erased) || erased == '_')
                    inWord = true;
                else if (inWord)
                    break;
            }

            var tab = erased == '\t' && echoes ? TabWidth(settings) : 0;
            for (var i = 0; i < length; i++)
                _ring.Retract();
            if (echoes && settings.Has(LocalModes.ECHOE))
                output.EchoErase(erased, tab, settings);
            else if (echoes)
                output.EchoVisibly(value, settings);
            if (!kills && !wholeWord)
                break;
        }
    }

    /// <summary>Bytes of the last character that was typed: several where it is UTF-8.</summary>
    private int CharacterLength(in Termios settings)
    {
        var length = 1;
        while (OutputSide.IsContinuation(_ring[_ring.Count - length], settings) && _ring.Count - length > _inLines)
            length++;
        return length;
    }

    /// <summary>How many columns the tab has that was typed last.</summary>
    private int TabWidth(in Termios settings)
    {
        var column = output.LineStart;
        for (var i = _inLines; i < _ring.Count - 1; i++)
        {
            var value = _ring[i];
            if (value == '\t')
                column += 8 - (column % 8);
            else if (OutputSide.IsControl(value))
                column += settings.Has(LocalModes.ECHOCTL) ? 2 : 0;
            else if (!OutputSide.IsContinuation(value, settings))
                column++;
        }

        return 8 - (column % 8);
    }

    private void EndLine(bool endsInMark)
    {
        _lines.Enqueue(new Line(_ring.Count - _inLines, endsInMark));
        _inLines = _ring.Count;
    }

    /// <summary>Puts the rest of a line back in front of the others.</summary>
    private void Shorten(Line rest)
    {
        _lines.Dequeue();
        var others = _lines.ToArray();
        _lines.Clear();
        _lines.Enqueue(rest);
        foreach (var line in others)
            _lines.Enqueue(line);
    }

    /// <param name="Length">In bytes, with its end.</param>
    /// <param name="EndsInMark">The end is the end-of-file character, which nobody reads.</param>
    private readonly record struct Line(int Length, bool EndsInMark);
}
