namespace LinuxWasm.Kernel.Vfs;

/// <summary>Takes directory entries one by one (Linux's struct dir_context).</summary>
public abstract class DirectoryEmitter
{
    /// <summary>
    /// Takes an entry, or gives false where it has no room (or an error of its own): the iteration then stops before that entry.
    /// </summary>
    /// <param name="name">Without NUL.</param>
    /// <param name="ino">Its inode number.</param>
    /// <param name="type">DT_REG and so on.</param>
    /// <param name="position">Where the entry itself stands.</param>
    /// <param name="next">Where an iteration that continues after this entry begins: d_off.</param>
    public abstract bool Emit(ReadOnlySpan<byte> name, ulong ino, byte type, long position, long next);
}
