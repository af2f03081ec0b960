using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Vfs;

/// <summary>An inode's extended attributes as its file system keeps them. Names are whole ("user.x"); which of them a caller may touch was decided before.</summary>
public abstract class XattrSet
{
    /// <summary>ENODATA where the name has no value. The array is never changed.</summary>
    public abstract Errno Get(FsName name, out byte[] value);

    /// <summary>Stores a value. <paramref name="create"/>: EEXIST if there is one; <paramref name="replace"/>: ENODATA if there is none.</summary>
    public abstract Errno Set(FsName name, ReadOnlySpan<byte> value, bool create, bool replace);

    /// <summary>ENODATA where there is none.</summary>
    public abstract Errno Remove(FsName name);

    /// <summary>The names, in a stable order.</summary>
    public abstract IReadOnlyList<FsName> List();
}
