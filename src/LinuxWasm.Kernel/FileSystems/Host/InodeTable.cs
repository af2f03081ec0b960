using LinuxWasm.Kernel.FileSystems.Host.Platform;

namespace LinuxWasm.Kernel.FileSystems.Host;

/// <summary>
/// The inodes that somebody refers to, by the host's identity: names that are hard links find the same one. The table itself keeps none alive.
/// </summary>
internal sealed class InodeTable(HostSuperBlock superBlock)
{
    private const int FirstSweep = 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<HostFileId, WeakReference<HostInode>> _inodes = [];
    private int _nextSweep = FirstSweep;

    /// <summary>The inode of a file that the host just told of, with its attributes as told.</summary>
    public HostInode Get(HostDirectory directory, Vfs.FsName name, in HostStat stat)
    {
        HostInode inode;
        var isNew = false;
        lock (_lock)
        {
            // A directory that the host moved gets an inode of its own at its new place: the order of locks is the tree's, and what others hold must keep its place in it.
            if (_inodes.TryGetValue(stat.Id, out var reference) && reference.TryGetTarget(out var known) && known.IsSameFile(stat)
                && (!known.IsDirectory || known.IsAt(directory, name)))
            {
                inode = known;
            }
            else
            {
                inode = HostInode.Create(superBlock, stat);
                Store(inode);
                isNew = true;
            }
        }

        inode.FoundAt(directory, name);
        inode.Refresh(stat);
        // One that others know may have changed since the host was asked.
        if (isNew)
            inode.Heard(version: 0);
        return inode;
    }

    public void Add(HostInode inode)
    {
        lock (_lock)
            Store(inode);
    }

    /// <summary>The file is gone: its number may come to mean another.</summary>
    public void Forget(HostInode inode)
    {
        lock (_lock)
        {
            if (_inodes.TryGetValue(inode.Id, out var reference) && reference.TryGetTarget(out var known) && ReferenceEquals(known, inode))
                _inodes.Remove(inode.Id);
        }
    }

    private void Store(HostInode inode)
    {
        _inodes[inode.Id] = new WeakReference<HostInode>(inode);
        if (_inodes.Count < _nextSweep)
            return;
        foreach (var (id, reference) in _inodes)
        {
            if (!reference.TryGetTarget(out _))
                _inodes.Remove(id);
        }

        _nextSweep = Math.Max(FirstSweep, _inodes.Count * 2);
    }
}
