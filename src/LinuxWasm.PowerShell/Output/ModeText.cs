using LinuxWasm.Abi;

namespace LinuxWasm.PowerShell.Output;

/// <summary>Modes as ls(1) shows them.</summary>
internal static class ModeText
{
    private const int SetUid = 0x800;
    private const int SetGid = 0x400;
    private const int Sticky = 0x200;

    public static string Of(Mode mode)
    {
        var bits = (int)(mode & ~Mode.S_IFMT);
        Span<char> text = stackalloc char[10];
        text[0] = mode.Type() switch
        {
            Mode.S_IFDIR => 'd',
            Mode.S_IFLNK => 'l',
            Mode.S_IFIFO => 'p',
            Mode.S_IFSOCK => 's',
            Mode.S_IFCHR => 'c',
            Mode.S_IFBLK => 'b',
            _ => '-',
        };
        for (var i = 0; i < 9; i++)
            text[i + 1] = (bits & (1 << (8 - i))) != 0 ? "rwx"[i % 3] : '-';
        Mark(text, 3, (bits & SetUid) != 0, 's');
        Mark(text, 6, (bits & SetGid) != 0, 's');
        Mark(text, 9, (bits & Sticky) != 0, 't');
        return new string(text);
    }

    /// <summary>A capital letter where the execute permission below is missing.</summary>
    private static void Mark(Span<char> text, int place, bool set, char letter)
    {
        if (set)
            text[place] = text[place] == 'x' ? letter : char.ToUpperInvariant(letter);
    }
}
