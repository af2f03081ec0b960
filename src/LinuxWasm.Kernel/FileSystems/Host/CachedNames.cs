using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Host;

/// <summary>
/// Bounds the names that a walk leaves in memory: a folder of the host may have any number of files, and a guest may look at all of them.
/// The names come in a queue; one that was not used since its last turn, and that nothing hangs on, is forgotten (Linux's dentry shrinker).
/// </summary>
/// <param name="superBlock">Whose names.</param>
/// <param name="max">Names that are kept.</param>
internal sealed class CachedNames(HostSuperBlock superBlock, int max)
{
    public const int DefaultMax = 32768;

    /// <summary>Names that may be there because something hangs on them: deeper trees and more mounts and open files get ENOMEM.</summary>
    private const int HardFactor = 4;

    /// <summary>Turns per new name: more than one, so that the queue gets shorter where it can.</summary>
    private const int TurnsPerName = 8;

    private readonly Lock _lock = new();
    private readonly Queue<Entry> _queue = new();

    /// <summary>Forgets names where there are too many; false where that does not help.</summary>
    public bool TryMakeRoom()
    {
        if (Count() < max)
            return true;
        for (var turn = 0; turn < TurnsPerName; turn++)
        {
            Entry oldest;
            lock (_lock)
            {
                if (!_queue.TryDequeue(out oldest))
                    return true;
            }

            if (!TryForget(oldest))
                Add(oldest);
        }

        return Count() < HardFactor * max;
    }

    /// <summary>A directory's name is about to be cached.</summary>
    public void Entered(HostDirectory directory, FsName name) => Add(new Entry(directory, name));

    private int Count()
    {
        lock (_lock)
            return _queue.Count;
    }

    private void Add(Entry entry)
    {
        lock (_lock)
            _queue.Enqueue(entry);
    }

    /// <summary>True where the name is not cached any more.</summary>
    private bool TryForget(Entry entry)
    {
        // The caller has the lock of some directory, and this one's may come before it in order: no waiting.
        if (!entry.Directory.Lock.TryEnter())
            return false;
        try
        {
            if (Find(entry.Directory) is not { } directory || !directory.TryGetChild(entry.Name.Span, out var dentry))
                return true;
            if (dentry.Inode is not HostInode inode || inode.TakeUsedMark() || dentry.IsMountPoint || inode.OpenCount > 0 || dentry.HasCachedChildren)
                return false;
            dentry.Forget();
            return true;
        }
        finally
        {
            entry.Directory.Lock.Exit();
        }
    }

    /// <summary>The cached name of a directory, going down from the root; null where there is none.</summary>
    private Dentry? Find(HostDirectory directory)
    {
        var path = new Stack<FsName>();
        for (var at = directory; at.Place is { } place; at = place.Directory)
        {
            if (path.Count > HostDirectory.MaxDepth)
                return null;
            path.Push(place.Name);
        }

        var dentry = superBlock.Root;
        while (path.TryPop(out var name))
        {
            if (!dentry.TryGetChild(name.Span, out dentry!))
                return null;
        }

        return ReferenceEquals(dentry.Inode, directory) ? dentry : null;
    }

    private readonly record struct Entry(HostDirectory Directory, FsName Name);
}
