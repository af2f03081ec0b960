using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LinuxWasm.Kernel.Tty;

/// <summary>c_iflag of termios(3).</summary>
[Flags]
internal enum InputModes : uint
{
    INLCR = 0x40,
    IGNCR = 0x80,
    ICRNL = 0x100,
    ISTRIP = 0x20,
    IUCLC = 0x200,
    IXON = 0x400,
    IXANY = 0x800,
    IMAXBEL = 0x2000,
    IUTF8 = 0x4000,
}

/// <summary>c_oflag of termios(3).</summary>
[Flags]
internal enum OutputModes : uint
{
    OPOST = 1,
    OLCUC = 2,
    ONLCR = 4,
    OCRNL = 8,
    ONOCR = 16,
    ONLRET = 32,

    /// <summary>TABDLY, of which only this value does something: tabs become spaces.</summary>
    XTABS = 0x1800,
}

/// <summary>c_lflag of termios(3).</summary>
[Flags]
internal enum LocalModes : uint
{
    ISIG = 1,
    ICANON = 2,
    ECHO = 8,
    ECHOE = 0x10,
    ECHOK = 0x20,
    ECHONL = 0x40,
    NOFLSH = 0x80,
    TOSTOP = 0x100,
    ECHOCTL = 0x200,
    ECHOKE = 0x800,
    IEXTEN = 0x8000,
}

/// <summary>Indices into c_cc of termios(3).</summary>
internal enum ControlCharacter
{
    VINTR = 0,
    VQUIT = 1,
    VERASE = 2,
    VKILL = 3,
    VEOF = 4,
    VTIME = 5,
    VMIN = 6,
    VSTART = 8,
    VSTOP = 9,
    VSUSP = 10,
    VEOL = 11,
    VREPRINT = 12,
    VWERASE = 14,
    VLNEXT = 15,
    VEOL2 = 16,
}

/// <summary>NCCS control characters.</summary>
[InlineArray(Count)]
internal struct ControlCharacters
{
    public const int Count = 19;

    private byte _first;
}

/// <summary>The kernel's struct termios: the same 36 bytes on all architectures here.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4, Size = 36)]
internal struct Termios
{
    private const uint Speed38400 = 15;
    private const uint EightBits = 0x30;
    private const uint CanRead = 0x80;

    public InputModes c_iflag;
    public OutputModes c_oflag;
    public uint c_cflag;
    public LocalModes c_lflag;
    public byte c_line;
    public ControlCharacters c_cc;

    /// <summary>What a new terminal has (tty_std_termios).</summary>
    public static Termios Default
    {
        get
        {
            var made = new Termios
            {
                c_iflag = InputModes.ICRNL | InputModes.IXON,
                c_oflag = OutputModes.OPOST | OutputModes.ONLCR,
                c_cflag = Speed38400 | EightBits | CanRead,
                c_lflag = LocalModes.ISIG | LocalModes.ICANON | LocalModes.ECHO | LocalModes.ECHOE | LocalModes.ECHOK | LocalModes.ECHOCTL | LocalModes.ECHOKE | LocalModes.IEXTEN,
            };
            // INIT_C_CC
            ReadOnlySpan<byte> characters = [3, 0x1c, 0x7f, 0x15, 4, 0, 1, 0, 0x11, 0x13, 0x1a, 0, 0x12, 0x0f, 0x17, 0x16, 0];
            for (var i = 0; i < characters.Length; i++)
                made.c_cc[i] = characters[i];
            return made;
        }
    }

    public readonly bool Has(InputModes mode) => (c_iflag & mode) != 0;

    public readonly bool Has(OutputModes mode) => (c_oflag & mode) != 0;

    public readonly bool Has(LocalModes mode) => (c_lflag & mode) != 0;

    public readonly byte this[ControlCharacter index] => c_cc[(int)index];

    /// <summary>True where a byte is that control character; 0 (_POSIX_VDISABLE) is none.</summary>
    public readonly bool Is(byte value, ControlCharacter index) => value != 0 && c_cc[(int)index] == value;
}

/// <summary>struct termios2: with the speeds as numbers.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4, Size = 44)]
internal struct Termios2
{
    public const uint Speed = 38400;

    public Termios termios;
    public uint c_ispeed;
    public uint c_ospeed;
}
