namespace LinuxWasm.Kernel.Vfs;

/// <summary>When an inode's access time follows (mount(2): relatime, noatime, nodiratime).</summary>
public static class FileTimes
{
    private const long SecondsPerDay = 24 * 60 * 60;

    /// <summary>Somebody read the file, listed the directory or followed the link.</summary>
    public static void Accessed(Inode inode, Mount mount)
    {
        const MountFlags Never = MountFlags.ReadOnly | MountFlags.NoAtime;
        if ((mount.Flags & Never) != 0 || mount.SuperBlock.IsReadOnly || !inode.KeepsAtime)
            return;
        if ((mount.Flags & MountFlags.NoDirAtime) != 0 && inode.IsDirectory)
            return;
        var now = inode.Now;
        if ((mount.Flags & MountFlags.RelAtime) != 0 && !IsDue(inode, now))
            return;
        lock (inode.Lock)
            inode.Atime = now;
    }

    private static bool IsDue(Inode inode, Timestamp now)
    {
        lock (inode.Lock)
        {
            return inode.Atime.CompareTo(inode.Mtime) <= 0
                || inode.Atime.CompareTo(inode.Ctime) <= 0
                || now.Seconds - inode.Atime.Seconds >= SecondsPerDay;
        }
    }
}
