using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Host.Platform.Unix;

/// <summary>
/// One component as C takes it. The path walk lets nothing else come here; that a name can lead nowhere but into its directory is checked
/// once more, since all confinement hangs on it.
/// </summary>
internal ref struct UnixName
{
    private Buffer _buffer;

    public UnixName(ReadOnlySpan<byte> name)
    {
        if (name.Length > FsName.MaxLength)
            Error = Errno.ENAMETOOLONG;
        else if (name is [] or [(byte)'.'] or [(byte)'.', (byte)'.'] || name.IndexOfAny((byte)'/', (byte)0) >= 0)
            Error = Errno.EINVAL;
        else
            name.CopyTo(_buffer);
    }

    /// <summary>The directory itself, for calls that take a directory and a name.</summary>
    public static ReadOnlySpan<byte> Self => ".\0"u8;

    public Errno Error { get; }

    [UnscopedRef]
    public readonly ReadOnlySpan<byte> Terminated => _buffer;

    [InlineArray(FsName.MaxLength + 1)]
    private struct Buffer
    {
        private byte _first;
    }
}
