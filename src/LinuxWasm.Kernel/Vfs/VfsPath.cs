namespace LinuxWasm.Kernel.Vfs;

/// <summary>A place in the tree: a name, and the mount through which it was reached (Linux's struct path).</summary>
public readonly record struct VfsPath(Mount Mount, Dentry Dentry)
{
    public Inode Inode => Dentry.Inode;

    public bool Is(VfsPath other) => ReferenceEquals(Mount, other.Mount) && ReferenceEquals(Dentry, other.Dentry);
}
