using LinuxWasm.Abi;
using LinuxWasm.Kernel.Events;

namespace LinuxWasm.Kernel.Vfs;

/// <summary>
/// Tells those who watch (inotify(7)) what happens to files (Linux's fsnotify). Costs one load while nobody watches anything. May be called under inodes' locks: an
/// instance's own lock and its wait queue come after them.
/// </summary>
internal static class FileEvents
{
    private const InotifyMask OnChildren = InotifyMask.IN_ACCESS | InotifyMask.IN_MODIFY | InotifyMask.IN_ATTRIB
        | InotifyMask.IN_CLOSE_WRITE | InotifyMask.IN_CLOSE_NOWRITE | InotifyMask.IN_OPEN;

    private static readonly Lock _changes = new();
    private static int _watches;
    private static int _lastCookie;

    /// <summary>Something happened to a file that was reached by a name: its directory's watchers get the name, its own watchers none.</summary>
    public static void OnFile(Dentry dentry, InotifyMask what)
    {
        if (Volatile.Read(ref _watches) != 0)
            Tell(dentry, what);
    }

    /// <summary>Something happened to an inode, whatever its names.</summary>
    public static void OnInode(Inode inode, InotifyMask what)
    {
        if (Volatile.Read(ref _watches) != 0)
            Tell(inode, what, name: null, cookie: 0, isRemoved: false);
    }

    /// <summary>A name came or went.</summary>
    public static void InDirectory(Inode directory, FsName name, InotifyMask what, Inode inode, uint cookie = 0)
    {
        if (Volatile.Read(ref _watches) != 0)
            Tell(directory, inode.IsDirectory ? what | InotifyMask.IN_ISDIR : what, name, cookie, isRemoved: false);
    }

    /// <summary>What ties the two events of a rename together; never 0.</summary>
    public static uint NextCookie()
    {
        var cookie = (uint)Interlocked.Increment(ref _lastCookie);
        return cookie == 0 ? NextCookie() : cookie;
    }

    /// <summary>The inode is no more: its watches end.</summary>
    public static void Ended(Inode inode)
    {
        if (Volatile.Read(ref _watches) == 0)
            return;
        foreach (var watch in inode.Watches)
        {
            watch.File.Tell(watch, InotifyMask.IN_DELETE_SELF, null, 0);
            watch.File.RemoveWatch(watch);
        }
    }

    public static void Add(InotifyWatch watch)
    {
        lock (_changes)
        {
            watch.Inode.Watches = [.. watch.Inode.Watches, watch];
            Interlocked.Increment(ref _watches);
        }
    }

    public static void Remove(InotifyWatch watch)
    {
        lock (_changes)
        {
            watch.Inode.Watches = [.. watch.Inode.Watches.Where(other => !ReferenceEquals(other, watch))];
            Interlocked.Decrement(ref _watches);
        }
    }

    private static void Tell(Dentry dentry, InotifyMask what)
    {
        var inode = dentry.Inode;
        if (inode.IsDirectory)
            what |= InotifyMask.IN_ISDIR;
        dentry.GetPlace(out var parent, out var name);
        if (!ReferenceEquals(parent, dentry) && (what & OnChildren) != 0)
            Tell(parent.Inode, what, name, cookie: 0, dentry.IsRemoved);
        Tell(inode, what, name: null, cookie: 0, isRemoved: false);
    }

    private static void Tell(Inode inode, InotifyMask what, FsName? name, uint cookie, bool isRemoved)
    {
        foreach (var watch in inode.Watches)
        {
            if (!isRemoved || (watch.Mask & InotifyMask.IN_EXCL_UNLINK) == 0)
                watch.File.Tell(watch, what, name, cookie);
        }
    }
}
