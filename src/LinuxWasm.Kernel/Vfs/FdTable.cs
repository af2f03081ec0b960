using System.Numerics;
using System.Runtime.CompilerServices;
using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Vfs;

/// <summary>
/// A process's file descriptors (Linux's struct files_struct). Looking one up takes no lock; changes are made under one.
/// Each task that uses the table counts as a user; the last one to leave closes everything.
/// </summary>
public sealed class FdTable
{
    /// <summary>No table grows further, whatever RLIMIT_NOFILE says (/proc/sys/fs/nr_open).</summary>
    public const int MaxDescriptors = 1 << 20;

    private readonly Lock _lock = new();
    private Slots _slots;
    private int _lowestFree;
    private int _users = 1;

    public FdTable() => _slots = new Slots(64);

    private FdTable(Slots slots) => _slots = slots;

    /// <summary>One past the highest number that may be open now.</summary>
    public int Capacity => Volatile.Read(ref _slots).Files.Length;

    /// <summary>
    /// The open file behind a descriptor, or one that is null: EBADF. It stays open until the reference is disposed of, even when another thread closes
    /// the descriptor meanwhile.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public FileReference Get(int fd)
    {
        var files = Volatile.Read(ref _slots).Files;
        if ((uint)fd >= (uint)files.Length)
            return default;
        // Nobody else can close it while only this task uses the table, so nothing has to be counted (Linux's fdget does the same).
        return Volatile.Read(ref _users) == 1 ? new FileReference(Volatile.Read(ref files[fd]), counted: false) : GetCounted(fd);
    }

    /// <summary>As <see cref="Get"/>, for callers that do not own the table (/proc, pidfd_getfd(2), the host).</summary>
    public FileReference GetCounted(int fd)
    {
        while (true)
        {
            var files = Volatile.Read(ref _slots).Files;
            if ((uint)fd >= (uint)files.Length)
                return default;
            var file = Volatile.Read(ref files[fd]);
            if (file is null)
                return default;
            // A file that ended between the look and the count was closed: look again what stands there now.
            if (file.TryAddReference())
                return new FileReference(file, counted: true);
        }
    }

    /// <summary>
    /// Takes the lowest free number from <paramref name="lowest"/> on, without a file yet: lookups give EBADF until <see cref="Install"/>.
    /// EMFILE where that number is not below <paramref name="limit"/> (RLIMIT_NOFILE).
    /// </summary>
    public Errno Reserve(ulong limit, bool closeOnExec, out int fd, int lowest = 0)
    {
        lock (_lock)
        {
            fd = NextFree(Math.Max(lowest, _lowestFree));
            if (lowest <= _lowestFree)
                _lowestFree = fd;
            if ((ulong)fd >= Math.Min(limit, MaxDescriptors))
            {
                fd = -1;
                return Errno.EMFILE;
            }

            GrowTo(fd + 1);
            Set(_slots.Taken, fd, true);
            Set(_slots.CloseOnExec, fd, closeOnExec);
            if (fd == _lowestFree)
                _lowestFree = fd + 1;
            return Errno.None;
        }
    }

    /// <summary>Gives a reserved number its file, and takes over the caller's reference.</summary>
    public void Install(int fd, OpenFile file)
    {
        lock (_lock)
            Volatile.Write(ref _slots.Files[fd], file);
    }

    /// <summary>Gives a reserved number back.</summary>
    public void Unreserve(int fd)
    {
        lock (_lock)
            Free(fd);
    }

    /// <summary>Reserves and installs; takes over the caller's reference unless it fails.</summary>
    public Errno Add(OpenFile file, ulong limit, bool closeOnExec, out int fd, int lowest = 0)
    {
        var error = Reserve(limit, closeOnExec, out fd, lowest);
        if (error == Errno.None)
            Install(fd, file);
        return error;
    }

    /// <summary>close(2): EBADF, or what the file's flush says; the descriptor is gone in either case.</summary>
    public Errno Close(int fd)
    {
        OpenFile? file;
        lock (_lock)
            file = Take(fd);
        return file is null ? Errno.EBADF : Finish(file);
    }

    /// <summary>
    /// dup2(2) and dup3(2) with different numbers, arguments checked: puts the file of one descriptor at another number too, closing what was there.
    /// </summary>
    public Errno DuplicateTo(int from, int to, ulong limit, bool closeOnExec)
    {
        if ((uint)to >= Math.Min(limit, MaxDescriptors))
            return Errno.EBADF;
        OpenFile? replaced;
        lock (_lock)
        {
            var files = _slots.Files;
            if ((uint)from >= (uint)files.Length || files[from] is not { } file)
                return Errno.EBADF;
            GrowTo(to + 1);
            replaced = _slots.Files[to];
            // Reserved by a call in another thread that has not installed its file yet (dup2(2), EBUSY).
            if (replaced is null && IsSet(_slots.Taken, to))
                return Errno.EBUSY;
            file.AddReference();
            Set(_slots.Taken, to, true);
            Set(_slots.CloseOnExec, to, closeOnExec);
            Volatile.Write(ref _slots.Files[to], file);
        }

        if (replaced is not null)
            Finish(replaced);
        return Errno.None;
    }

    /// <summary>close_range(2): closes all descriptors from one number to another, both included.</summary>
    public void CloseRange(uint first, uint last)
    {
        for (var fd = first; fd <= last && fd < (uint)Capacity; fd++)
            Close((int)fd);
    }

    /// <summary>close_range(2) with CLOSE_RANGE_CLOEXEC.</summary>
    public void SetCloseOnExecRange(uint first, uint last)
    {
        lock (_lock)
        {
            for (var fd = first; fd <= last && fd < (uint)_slots.Files.Length; fd++)
            {
                if (_slots.Files[fd] is not null)
                    Set(_slots.CloseOnExec, (int)fd, true);
            }
        }
    }

    /// <summary>The number is not free: it is open, or a call in another thread has reserved it.</summary>
    public bool IsTaken(int fd)
    {
        var slots = Volatile.Read(ref _slots);
        return (uint)fd < (uint)slots.Files.Length && IsSet(slots.Taken, fd);
    }

    /// <summary>FD_CLOEXEC of an open descriptor.</summary>
    public bool IsCloseOnExec(int fd)
    {
        lock (_lock)
            return (uint)fd < (uint)_slots.Files.Length && IsSet(_slots.CloseOnExec, fd);
    }

    /// <summary>False where the descriptor is not open.</summary>
    public bool TrySetCloseOnExec(int fd, bool value)
    {
        lock (_lock)
        {
            if ((uint)fd >= (uint)_slots.Files.Length || _slots.Files[fd] is null)
                return false;
            Set(_slots.CloseOnExec, fd, value);
            return true;
        }
    }

    /// <summary>execve(2): closes what is marked.</summary>
    public void CloseForExec()
    {
        for (var fd = 0; fd < Capacity; fd++)
        {
            if (IsCloseOnExec(fd))
                Close(fd);
        }
    }

    /// <summary>The open descriptors, lowest first, as they are now.</summary>
    public IReadOnlyList<int> OpenDescriptors()
    {
        lock (_lock)
        {
            var open = new List<int>();
            for (var fd = 0; fd < _slots.Files.Length; fd++)
            {
                if (_slots.Files[fd] is not null)
                    open.Add(fd);
            }

            return open;
        }
    }

    /// <summary>fork(2): a table of its own that shares the open files.</summary>
    public FdTable Clone()
    {
        lock (_lock)
        {
            var copy = new Slots(_slots.Files.Length);
            for (var fd = 0; fd < _slots.Files.Length; fd++)
            {
                // A number that is only reserved belongs to a call of this process.
                if (_slots.Files[fd] is not { } file)
                    continue;
                file.AddReference();
                copy.Files[fd] = file;
                Set(copy.Taken, fd, true);
                Set(copy.CloseOnExec, fd, IsSet(_slots.CloseOnExec, fd));
            }

            return new FdTable(copy);
        }
    }

    /// <summary>One more task uses the table (CLONE_FILES).</summary>
    public FdTable Share()
    {
        Interlocked.Increment(ref _users);
        return this;
    }

    /// <summary>True where more than one task uses the table.</summary>
    public bool IsShared => Volatile.Read(ref _users) > 1;

    /// <summary>A task that used the table is gone, or unshared it. The last one closes everything.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0)
            CloseRange(0, uint.MaxValue);
    }

    private Errno Finish(OpenFile file)
    {
        var error = file.Flush(this);
        // Whichever descriptor of the file is closed, the process's record locks on it go (fcntl(2)).
        file.Inode.Locks?.RemoveRecords(this);
        file.Release();
        return error;
    }

    private OpenFile? Take(int fd)
    {
        var files = _slots.Files;
        if ((uint)fd >= (uint)files.Length || files[fd] is not { } file)
            return null;
        Volatile.Write(ref files[fd], null);
        Free(fd);
        return file;
    }

    private void Free(int fd)
    {
        Set(_slots.Taken, fd, false);
        Set(_slots.CloseOnExec, fd, false);
        _lowestFree = Math.Min(_lowestFree, fd);
    }

    private int NextFree(int from)
    {
        var taken = _slots.Taken;
        for (var word = from >> 6; word < taken.Length; word++)
        {
            var free = ~taken[word];
            if (word == from >> 6)
                free &= ulong.MaxValue << (from & 63);
            if (free != 0)
                return (word << 6) + BitOperations.TrailingZeroCount(free);
        }

        return Math.Max(from, taken.Length << 6);
    }

    /// <summary>A reader may still hold the old arrays: it misses what is installed after its look, as if it had come earlier.</summary>
    private void GrowTo(int count)
    {
        if (count <= _slots.Files.Length)
            return;
        var grown = new Slots((int)BitOperations.RoundUpToPowerOf2((uint)count));
        _slots.Files.CopyTo(grown.Files, 0);
        _slots.Taken.CopyTo(grown.Taken, 0);
        _slots.CloseOnExec.CopyTo(grown.CloseOnExec, 0);
        Volatile.Write(ref _slots, grown);
    }

    private static bool IsSet(ulong[] bits, int index) => (bits[index >> 6] & (1UL << (index & 63))) != 0;

    private static void Set(ulong[] bits, int index, bool value)
    {
        var bit = 1UL << (index & 63);
        if (value)
            bits[index >> 6] |= bit;
        else
            bits[index >> 6] &= ~bit;
    }

    private sealed class Slots(int count)
    {
        public readonly OpenFile?[] Files = new OpenFile?[count];
        public readonly ulong[] Taken = new ulong[count >> 6];
        public readonly ulong[] CloseOnExec = new ulong[count >> 6];
    }
}

/// <summary>A use of an open file that ends with <see cref="Dispose"/>.</summary>
public readonly ref struct FileReference
{
    private readonly bool _counted;

    internal FileReference(OpenFile? file, bool counted)
    {
        File = file;
        _counted = counted;
    }

    /// <summary>The file, or null where the descriptor is not open.</summary>
    public OpenFile? File { get; }

    public void Dispose()
    {
        if (_counted)
            File!.Release();
    }
}
