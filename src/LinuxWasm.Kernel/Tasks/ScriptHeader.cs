namespace LinuxWasm.Kernel.Tasks;

/// <summary>The first line of a script: <c>#!INTERPRETER [ARGUMENT]</c> (execve(2), "Interpreter scripts"; fs/binfmt_script.c).</summary>
/// <param name="Interpreter">A path.</param>
/// <param name="Argument">All the rest of the line, without the spaces around it; null where there is none.</param>
public sealed record ScriptHeader(byte[] Interpreter, byte[]? Argument)
{
    /// <summary>BINPRM_BUF_SIZE: of a longer line the rest is not looked at.</summary>
    private const int Longest = 256;

    /// <summary>True where a file begins as a script does.</summary>
    public static bool IsScript(ReadOnlySpan<byte> content) => content.StartsWith("#!"u8);

    /// <summary>The header, or null where there is no interpreter, or its name may have been cut off (ENOEXEC).</summary>
    public static ScriptHeader? Parse(ReadOnlySpan<byte> content)
    {
        var line = content[..Math.Min(content.Length, Longest)];
        line = line["#!"u8.Length..];
        var end = line.IndexOf((byte)'\n');
        // The buffer behind a short file is zero, and a NUL ends a name as a space does.
        var isWhole = end >= 0 || content.Length < Longest;
        if (end >= 0)
            line = line[..end];
        line = line.TrimStart(" \t"u8);
        var name = line.IndexOfAny((byte)' ', (byte)'\t', (byte)0);
        if (name < 0 && !isWhole)
            return null;
        var interpreter = name < 0 ? line : line[..name];
        if (interpreter.IsEmpty)
            return null;
        var rest = name < 0 ? default : line[name..];
        var nul = rest.IndexOf((byte)0);
        if (nul >= 0)
            rest = rest[..nul];
        rest = rest.Trim(" \t"u8);
        return new ScriptHeader(interpreter.ToArray(), rest.IsEmpty ? null : rest.ToArray());
    }
}
