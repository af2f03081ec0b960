namespace LinuxWasm.Kernel.Vfs;

/// <summary>What somebody wants to do with an inode: the R_OK, W_OK and X_OK of access(2).</summary>
[Flags]
public enum Access
{
    None = 0,

    /// <summary>Execute a file, or search a directory.</summary>
    Execute = 1,
    Write = 2,
    Read = 4,
}
