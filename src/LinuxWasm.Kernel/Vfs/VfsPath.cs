namespace LinuxWasm.Kernel.Vfs;

/// <summary>A place in the tree: a name, and the mount through which it was reached (Linux's struct path).</summary>
public readonly record struct VfsPath(Mount Mount, Dentry Dentry)
{
    public Inode Inode => Dentry.Inode;

    /// <summary>True where it is <paramref name="top"/> or lies below it, in the same mount or in one that hangs there (path_is_under).</summary>
    public bool IsBelow(VfsPath top)
    {
        var (mount, dentry) = this;
        while (!ReferenceEquals(mount, top.Mount))
        {
            if (mount.Covers is not { } covered)
                return false;
            (mount, dentry) = covered;
        }

        return top.Dentry.IsAncestorOrSelf(dentry);
    }

    public bool Is(VfsPath other) => ReferenceEquals(Mount, other.Mount) && ReferenceEquals(Dentry, other.Dentry);
}
