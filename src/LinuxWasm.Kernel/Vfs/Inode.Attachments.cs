namespace LinuxWasm.Kernel.Vfs;

/// <summary>What other parts of the kernel hang onto an inode.</summary>
public abstract partial class Inode
{
    private object? _attachment;

    /// <summary>A FIFO's pipe while somebody has it open (Linux's i_pipe). Guarded by <see cref="Lock"/>.</summary>
    internal object? Attachment
    {
        get => Volatile.Read(ref _attachment);
        set => Volatile.Write(ref _attachment, value);
    }
}
