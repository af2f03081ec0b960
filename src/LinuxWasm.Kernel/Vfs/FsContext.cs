using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Vfs;

/// <summary>
/// What path names are relative to, shared by the tasks that were cloned with CLONE_FS (Linux's struct fs_struct). Each task that has it
/// counts as a user; the last one to leave gives the places free.
/// </summary>
public sealed class FsContext
{
    private readonly Lock _lock = new();
    private Places _places;
    private int _umask;
    private int _users = 1;

    public FsContext(VfsPath root, VfsPath workingDirectory, Mode umask = Mode.S_IWGRP | Mode.S_IWOTH)
    {
        _places = new Places(root, workingDirectory);
        _umask = (int)umask;
        root.Mount.AddUser();
        workingDirectory.Mount.AddUser();
    }

    /// <summary>What "/" and ".." above it lead to (chroot(2)).</summary>
    public VfsPath Root => Volatile.Read(ref _places).Root;

    public VfsPath WorkingDirectory => Volatile.Read(ref _places).WorkingDirectory;

    /// <summary>Permission bits that new files do not get: at most 0777.</summary>
    public Mode Umask => (Mode)Volatile.Read(ref _umask);

    /// <summary>umask(2): gives the old one.</summary>
    public Mode SetUmask(Mode umask) => (Mode)Interlocked.Exchange(ref _umask, (int)(umask & Mode.Access));

    public void SetRoot(VfsPath root) => Change(places => places with { Root = root });

    public void SetWorkingDirectory(VfsPath directory) => Change(places => places with { WorkingDirectory = directory });

    /// <summary>Where root or working directory is one place, makes it another (pivot_root(2)).</summary>
    internal void Replace(VfsPath old, VfsPath replacement)
    {
        VfsPath Moved(VfsPath place) => place.Is(old) ? replacement : place;
        Change(places => new Places(Moved(places.Root), Moved(places.WorkingDirectory)));
    }

    /// <summary>Its own copy for a new task.</summary>
    public FsContext Clone()
    {
        lock (_lock)
            return new FsContext(_places.Root, _places.WorkingDirectory, Umask);
    }

    /// <summary>One more task uses it (CLONE_FS).</summary>
    public FsContext Share()
    {
        Interlocked.Increment(ref _users);
        return this;
    }

    /// <summary>A task that used it is gone, or unshared it.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _users) != 0)
            return;
        Root.Mount.RemoveUser();
        WorkingDirectory.Mount.RemoveUser();
    }

    private void Change(Func<Places, Places> change)
    {
        lock (_lock)
        {
            var old = _places;
            var changed = change(old);
            changed.Root.Mount.AddUser();
            changed.WorkingDirectory.Mount.AddUser();
            Volatile.Write(ref _places, changed);
            old.Root.Mount.RemoveUser();
            old.WorkingDirectory.Mount.RemoveUser();
        }
    }

    /// <summary>Replaced as a whole, so that a reader never sees half a place.</summary>
    private sealed record Places(VfsPath Root, VfsPath WorkingDirectory);
}
