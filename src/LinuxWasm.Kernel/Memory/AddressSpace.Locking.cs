using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Memory;

/// <summary>
/// mlock(2) and its family, madvise(2), mincore(2) and msync(2). Linear memory is never paged out by this kernel, so what locking does is
/// what can be seen of it: limits, errors, and what msync and /proc say.
/// </summary>
public sealed partial class AddressSpace
{
    /// <summary>Locks or unlocks a range; ENOMEM where part of it is not mapped, or can't be brought in that is to be.</summary>
    internal Errno SetLocked(LinuxTask task, uint start, uint end, bool locked, bool populate = false)
    {
        lock (Lock)
        {
            AdoptGrowth();
            if (locked)
            {
                ulong added = 0;
                foreach (var part in _areas.Between(start, end))
                    added += part.IsLocked ? 0 : part.Pages;
                if (!MayLock(task, added))
                    return Errno.ENOMEM;
            }

            var reached = start;
            var accessible = true;
            foreach (var part in _areas.Between(start, end))
            {
                if (part.Start != reached)
                    return Errno.ENOMEM;
                Replace(part, part with { IsLocked = locked });
                accessible &= part.Protection != ProtFlags.PROT_NONE;
                reached = part.End;
            }

            // The range stays locked: only bringing it in has failed.
            return reached == end && (accessible || !populate) ? Errno.None : Errno.ENOMEM;
        }
    }

    /// <summary>mlockall(2) and munlockall(2): all areas now, and those that will be made.</summary>
    internal Errno SetAllLocked(LinuxTask task, bool current, bool locked, bool future)
    {
        lock (Lock)
        {
            AdoptGrowth();
            if (current && locked && !MayLock(task, _areas.MappedPages - _areas.LockedPages))
                return Errno.ENOMEM;
            _lockFuture = future;
            if (current)
            {
                foreach (var area in _areas.Between(0, Memory.PageLimit))
                    Replace(area, area with { IsLocked = locked });
            }

            return Errno.None;
        }
    }

    /// <summary>madvise(2)'s effect on each area of a range; ENOMEM where part of it is not mapped, after the rest was done.</summary>
    internal Errno Advise(uint start, uint end, MemoryAdvice advice)
    {
        lock (Lock)
        {
            AdoptGrowth();
            var reached = start;
            var unmapped = false;
            foreach (var part in _areas.Between(start, end))
            {
                unmapped |= part.Start != reached;
                var error = Advise(part, advice);
                if (error != Errno.None)
                    return error;
                reached = part.End;
            }

            return unmapped || reached != end ? Errno.ENOMEM : Errno.None;
        }
    }

    /// <summary>True where every page between two is mapped.</summary>
    internal bool IsMapped(uint start, uint end)
    {
        lock (Lock)
        {
            AdoptGrowth();
            return _areas.Covers(start, end);
        }
    }

    /// <summary>msync(2), its arguments checked.</summary>
    internal Errno Synchronize(uint start, uint end, SyncFlags flags)
    {
        List<MemoryArea> parts;
        lock (Lock)
        {
            AdoptGrowth();
            parts = _areas.Between(start, end);
        }

        var reached = start;
        var unmapped = false;
        foreach (var part in parts)
        {
            unmapped |= part.Start != reached;
            if ((flags & SyncFlags.MS_INVALIDATE) != 0 && part.IsLocked)
                return Errno.EBUSY;
            if (part is { File: not null, IsShared: true })
            {
                var error = WriteBack(part);
                if (error == Errno.None && (flags & SyncFlags.MS_SYNC) != 0)
                    error = part.File.File.Sync(dataOnly: false);
                if (error == Errno.None && (flags & SyncFlags.MS_INVALIDATE) != 0)
                    error = Fill(part);
                if (error != Errno.None)
                    return error;
            }

            reached = part.End;
        }

        return unmapped || reached != end ? Errno.ENOMEM : Errno.None;
    }

    private bool MayLock(LinuxTask task, ulong pages) =>
        task.Credentials.Has(Capability.CAP_IPC_LOCK)
        || (_areas.LockedPages + pages) << GuestMemory.PageShift <= task.Group.Limits[Resource.RLIMIT_MEMLOCK];

    private Errno Advise(MemoryArea part, MemoryAdvice advice)
    {
        switch (advice)
        {
            case MemoryAdvice.MADV_DONTNEED when part.IsLocked:
                return Errno.EINVAL;
            case MemoryAdvice.MADV_DONTNEED or MemoryAdvice.MADV_DONTNEED_LOCKED:
                if (part.File is not null)
                    return Fill(part);
                // Shared pages belong to their object: dropping a view of them loses nothing.
                if (!part.IsShared)
                    Memory.Backing.Discard(part.Start << GuestMemory.PageShift, part.Pages << GuestMemory.PageShift);
                return Errno.None;
            case MemoryAdvice.MADV_FREE:
                // The pages may go at any time from now on, or stay: staying is allowed.
                return part.File is not null || part.IsShared || part.IsLocked ? Errno.EINVAL : Errno.None;
            case MemoryAdvice.MADV_REMOVE:
                return RemovePages(part);
            case MemoryAdvice.MADV_DONTFORK or MemoryAdvice.MADV_DOFORK:
                Replace(part, part with { DontFork = advice == MemoryAdvice.MADV_DONTFORK });
                return Errno.None;
            case MemoryAdvice.MADV_WIPEONFORK when part.File is not null || part.IsShared:
                return Errno.EINVAL;
            case MemoryAdvice.MADV_WIPEONFORK or MemoryAdvice.MADV_KEEPONFORK:
                Replace(part, part with { WipeOnFork = advice == MemoryAdvice.MADV_WIPEONFORK });
                return Errno.None;
            case MemoryAdvice.MADV_COLD or MemoryAdvice.MADV_PAGEOUT:
                return part.IsLocked ? Errno.EINVAL : Errno.None;
            case MemoryAdvice.MADV_POPULATE_READ:
                return (part.Protection & (ProtFlags.PROT_READ | ProtFlags.PROT_WRITE | ProtFlags.PROT_EXEC)) == 0 ? Errno.EINVAL : Errno.None;
            case MemoryAdvice.MADV_POPULATE_WRITE:
                return (part.Protection & ProtFlags.PROT_WRITE) == 0 ? Errno.EINVAL : Errno.None;
            default:
                return Errno.None;
        }
    }

    /// <summary>MADV_REMOVE frees the pages of a shared mapping and what is stored behind them.</summary>
    private Errno RemovePages(MemoryArea part)
    {
        if (part.IsLocked || !part.IsShared)
            return Errno.EINVAL;
        if ((part.Protection & ProtFlags.PROT_WRITE) == 0)
            return Errno.EACCES;
        if (part.File is null)
        {
            Memory.Backing.Discard(part.Start << GuestMemory.PageShift, part.Pages << GuestMemory.PageShift);
            return Errno.None;
        }

        var error = part.File.File.Allocate(
            FallocateMode.FALLOC_FL_PUNCH_HOLE | FallocateMode.FALLOC_FL_KEEP_SIZE,
            (long)(part.FilePage << GuestMemory.PageShift),
            (long)part.Pages << GuestMemory.PageShift);
        return error == Errno.None ? Fill(part) : error;
    }
}
