using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Memory;

/// <summary>mmap(2), munmap(2), mremap(2) and mprotect(2), their arguments decoded.</summary>
public sealed partial class AddressSpace
{
    /// <summary>mmap(2), from do_mmap on.</summary>
    /// <param name="task">Who maps.</param>
    /// <param name="hint">Where it would like to, or has to with MAP_FIXED.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="protection">PROT_*.</param>
    /// <param name="flags">MAP_*.</param>
    /// <param name="file">The file; null with MAP_ANONYMOUS.</param>
    /// <param name="filePage">The file's first page.</param>
    /// <param name="address">Where it came to lie.</param>
    internal Errno Map(LinuxTask task, GuestPtr hint, ulong length, ProtFlags protection, MapFlags flags, OpenFile? file, ulong filePage, out uint address)
    {
        address = 0;
        if (length == 0)
            return Errno.EINVAL;
        var pages = (length + PageMask) >> GuestMemory.PageShift;
        if (pages == 0 || pages > Memory.PageLimit)
            return Errno.ENOMEM;
        if (filePage + pages < filePage)
            return Errno.EOVERFLOW;
        var fixedPlace = (flags & (MapFlags.MAP_FIXED | MapFlags.MAP_FIXED_NOREPLACE)) != 0;
        if (fixedPlace && (hint.Address & PageMask) != 0)
            return Errno.EINVAL;
        if (fixedPlace && PageOf(hint.Address) + pages > Memory.PageLimit)
            return Errno.ENOMEM;
        if (fixedPlace && PageOf(hint.Address) < LowestPage && !task.Credentials.Has(Capability.CAP_SYS_RAWIO))
            return Errno.EPERM;
        var error = CheckFile(protection, flags, file);
        if (error != Errno.None)
            return error;

        var shared = (flags & MapFlags.MAP_SHARED) != 0;
        var mapping = file is null ? null : new FileMapping(file, shared && file.CanWrite);
        error = Place(task, hint, (uint)pages, protection, flags, mapping, filePage, out var area);
        if (error == Errno.None && mapping is not null)
            error = Fill(area!);
        if (error != Errno.None)
        {
            // Without an area nothing else refers to the file.
            if (area is null)
                mapping?.Release();
            else
                Unmap(task: null, area.Start, area.End);
            return error;
        }

        address = area!.Start << GuestMemory.PageShift;
        return Errno.None;
    }

    /// <summary>munmap(2), its arguments checked.</summary>
    internal Errno Unmap(LinuxTask? task, uint start, uint end)
    {
        List<MemoryArea> removed;
        lock (Lock)
        {
            AdoptGrowth();
            // Cutting an area in two must not make too many.
            if (task is not null && _areas.Count >= AreaMap.MaxAreas && _areas.Find(start) is { } cut && cut.Start < start && cut.End > end)
                return Errno.ENOMEM;
            WriteBackShared(start, end);
            removed = Unmap(start, end);
        }

        GiveBack(removed);
        return Errno.None;
    }

    /// <summary>mprotect(2): what comes before the first page that is not mapped is changed all the same.</summary>
    internal Errno Protect(uint start, uint end, ProtFlags protection)
    {
        lock (Lock)
        {
            AdoptGrowth();
            var reached = start;
            foreach (var part in _areas.Between(start, end))
            {
                if (part.Start != reached)
                    return Errno.ENOMEM;
                if ((protection & ProtFlags.PROT_WRITE) != 0 && part is { IsShared: true, File.File.CanWrite: false })
                    return Errno.EACCES;
                Replace(part, part with { Protection = protection });
                SetAccess(part with { Protection = protection });
                reached = part.End;
            }

            return reached == end ? Errno.None : Errno.ENOMEM;
        }
    }

    /// <summary>mremap(2), its arguments checked; sizes in pages.</summary>
    internal Errno Remap(LinuxTask task, uint start, uint oldPages, uint newPages, RemapFlags flags, uint target, out uint address)
    {
        address = 0;
        var removed = new List<MemoryArea>();
        lock (Lock)
        {
            AdoptGrowth();
            var error = RemapLocked(task, start, oldPages, newPages, flags, target, removed, out var moved);
            if (error != Errno.None)
                return error;
            address = moved << GuestMemory.PageShift;
        }

        GiveBack(removed);
        return Errno.None;
    }

    private static Errno CheckFile(ProtFlags protection, MapFlags flags, OpenFile? file)
    {
        const MapFlags Kinds = MapFlags.MAP_SHARED | MapFlags.MAP_PRIVATE;
        var kind = flags & Kinds;
        if (file is null)
            return kind is MapFlags.MAP_SHARED or MapFlags.MAP_PRIVATE ? Errno.None : Errno.EINVAL;
        switch (kind)
        {
            case MapFlags.MAP_SHARED or MapFlags.MAP_SHARED_VALIDATE:
                // What a validating call must not pass over silently: MAP_SYNC needs a file system on persistent memory.
                if (kind == MapFlags.MAP_SHARED_VALIDATE && (flags & ~(Kinds | MappingFlags)) != 0)
                    return Errno.EOPNOTSUPP;
                if ((protection & ProtFlags.PROT_WRITE) != 0 && !file.CanWrite)
                    return Errno.EACCES;
                if ((protection & ProtFlags.PROT_WRITE) != 0 && ((file.Seals ?? 0) & (FileSeals.F_SEAL_WRITE | FileSeals.F_SEAL_FUTURE_WRITE)) != 0)
                    return Errno.EPERM;
                break;
            case MapFlags.MAP_PRIVATE:
                break;
            default:
                return Errno.EINVAL;
        }

        if (!file.CanRead)
            return Errno.EACCES;
        if ((file.Path.Mount.Flags & MountFlags.NoExec) != 0 && (protection & ProtFlags.PROT_EXEC) != 0)
            return Errno.EPERM;
        return file.PrepareMap();
    }

    /// <summary>The flags that every kind of file takes (LEGACY_MAP_MASK).</summary>
    private const MapFlags MappingFlags = MapFlags.MAP_FIXED | MapFlags.MAP_ANONYMOUS | MapFlags.MAP_DENYWRITE | MapFlags.MAP_EXECUTABLE
        | MapFlags.MAP_GROWSDOWN | MapFlags.MAP_LOCKED | MapFlags.MAP_NORESERVE | MapFlags.MAP_POPULATE | MapFlags.MAP_NONBLOCK | MapFlags.MAP_STACK
        | MapFlags.MAP_HUGETLB | MapFlags.MAP_32BIT | MapFlags.MAP_FIXED_NOREPLACE;

    /// <summary>Finds room and maps zeroed pages there.</summary>
    private Errno Place(LinuxTask task, GuestPtr hint, uint pages, ProtFlags protection, MapFlags flags, FileMapping? file, ulong filePage, out MemoryArea? area)
    {
        area = null;
        var removed = new List<MemoryArea>();
        lock (Lock)
        {
            AdoptGrowth();
            var limits = task.Group.Limits;
            if (_areas.Count >= AreaMap.MaxAreas || !MayGrow(pages, limits))
                return Errno.ENOMEM;
            var locked = _lockFuture || (flags & MapFlags.MAP_LOCKED) != 0;
            if (locked && !MayLock(task, pages))
                return task.Group.Limits[Resource.RLIMIT_MEMLOCK] == 0 ? Errno.EPERM : Errno.EAGAIN;
            var error = Choose(hint, pages, flags, out var start);
            if (error != Errno.None)
                return error;
            if ((flags & MapFlags.MAP_FIXED) != 0)
            {
                WriteBackShared(start, start + pages);
                removed = Unmap(start, start + pages);
            }

            var made = new MemoryArea
            {
                Start = start,
                End = start + pages,
                Protection = protection & (ProtFlags.PROT_READ | ProtFlags.PROT_WRITE | ProtFlags.PROT_EXEC),
                IsShared = (flags & MapFlags.MAP_SHARED) != 0,
                IsLocked = locked,
                File = file,
                FilePage = file is null ? 0 : filePage,
            };
            if (TryMake(made))
                area = made;
        }

        GiveBack(removed);
        return area is null ? Errno.ENOMEM : Errno.None;
    }

    private Errno Choose(GuestPtr hint, uint pages, MapFlags flags, out uint start)
    {
        start = PageOf(hint.Address);
        if ((flags & (MapFlags.MAP_FIXED | MapFlags.MAP_FIXED_NOREPLACE)) != 0)
            return (flags & MapFlags.MAP_FIXED_NOREPLACE) == 0 || _areas.IsFree(start, start + pages) ? Errno.None : Errno.EEXIST;

        if (start >= LowestPage && (ulong)start + pages <= Memory.PageLimit && _areas.IsFree(start, start + pages))
            return Errno.None;
        if (_areas.FindGap(pages, _mappingsStart, Memory.PageLimit) is { } gap)
        {
            start = gap;
            return Errno.None;
        }

        return Errno.ENOMEM;
    }

    /// <summary>Copies the file's pages in. Other threads see zeros until then.</summary>
    private Errno Fill(MemoryArea area)
    {
        for (var page = area.Start; page < area.End; page++)
        {
            var error = area.File!.ReadPage(area.FilePage + (page - area.Start), BytesOf(page));
            if (error != Errno.None)
                return error;
        }

        return Errno.None;
    }

    private void WriteBackShared(uint start, uint end)
    {
        foreach (var part in _areas.Between(start, end))
        {
            if (part is { File: not null, IsShared: true })
                WriteBack(part);
        }
    }

    private void Replace(MemoryArea old, MemoryArea changed)
    {
        _areas.Remove(old.Start, old.End);
        _areas.Add(changed);
    }

    private Errno RemapLocked(LinuxTask task, uint start, uint oldPages, uint newPages, RemapFlags flags, uint target, List<MemoryArea> removed, out uint moved)
    {
        moved = start;
        var isFixed = (flags & RemapFlags.MREMAP_FIXED) != 0;
        if (isFixed)
        {
            WriteBackShared(target, target + newPages);
            removed.AddRange(Unmap(target, target + newPages));
        }

        // Shrinking gives the tail back, wherever the rest stays; the areas that it covers need not be one.
        if (newPages < oldPages)
        {
            WriteBackShared(start + newPages, start + oldPages);
            removed.AddRange(Unmap(start + newPages, start + oldPages));
            oldPages = newPages;
            if (!isFixed && (flags & RemapFlags.MREMAP_DONTUNMAP) == 0)
                return Errno.None;
        }

        // What stays as long as it is may be made of several areas.
        if (newPages == oldPages && oldPages > 0 && !isFixed && (flags & RemapFlags.MREMAP_DONTUNMAP) == 0)
            return _areas.Find(start) is null ? Errno.EFAULT : Errno.None;
        if (_areas.Find(start) is not { } area || area.End < start + oldPages)
            return Errno.EFAULT;
        if (oldPages == 0 && !area.IsShared)
            return Errno.EINVAL;
        if ((flags & RemapFlags.MREMAP_DONTUNMAP) != 0 && (area.File is not null || area.IsShared))
            return Errno.EINVAL;
        var grown = newPages - oldPages;
        if (area.IsLocked && !MayLock(task, grown))
            return Errno.EAGAIN;
        if (!MayGrow((flags & RemapFlags.MREMAP_DONTUNMAP) != 0 ? newPages : grown, task.Group.Limits))
            return Errno.ENOMEM;
        var inPlace = !isFixed && (flags & RemapFlags.MREMAP_DONTUNMAP) == 0;
        if (inPlace && grown == 0)
            return Errno.None;
        if (inPlace && area.End == start + oldPages && (ulong)area.End + grown <= Memory.PageLimit && _areas.IsFree(area.End, area.End + grown)
            && area.Name is null)
            return Extend(area, area.End, grown);
        if ((flags & RemapFlags.MREMAP_MAYMOVE) == 0)
            return Errno.ENOMEM;
        if (isFixed)
            moved = target;
        else if (_areas.FindGap(newPages, _mappingsStart, Memory.PageLimit) is { } gap)
            moved = gap;
        else
            return Errno.ENOMEM;
        return Move(area, start, oldPages, moved, newPages, (flags & RemapFlags.MREMAP_DONTUNMAP) != 0);
    }

    private Errno Extend(MemoryArea area, uint at, uint pages)
    {
        var tail = area with { Start = at, End = at + pages, FilePage = area.File is null ? 0 : area.FilePage + area.Pages };
        if (!TryMake(tail))
            return Errno.ENOMEM;
        return tail.File is null ? Errno.None : Fill(tail);
    }

    private Errno Move(MemoryArea area, uint start, uint oldPages, uint target, uint newPages, bool keepOld)
    {
        var source = area.Part(start, start + oldPages);
        var made = source with { Start = target, End = target + newPages, Name = null };
        if (!TryMake(made))
            return Errno.ENOMEM;
        for (uint page = 0; page < oldPages; page++)
            BytesOf(start + page).CopyTo(BytesOf(target + page));
        if (keepOld)
            Memory.Backing.Discard(start << GuestMemory.PageShift, oldPages << GuestMemory.PageShift);
        else
            Unmap(start, start + oldPages);
        return newPages > oldPages && made.File is not null ? Fill(made.Part(target + oldPages, target + newPages)) : Errno.None;
    }
}
