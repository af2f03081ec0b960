using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Memory;

/// <summary>
/// A process's mappings (Linux's mm_struct), shared by the tasks that were cloned with CLONE_VM. Everything lies inside linear memory: the
/// program's image, the heap behind it that brk(2) moves, and above a window kept free for the heap the mappings, lowest first, since
/// linear memory has to reach up to the highest. What the kernel may touch for a guest is decided here, page by page; the guest's own loads and stores
/// reach all of linear memory, which is WebAssembly's protection and not Linux's.
/// </summary>
public sealed partial class AddressSpace
{
    /// <summary>What brk(2) can grow by before it meets mappings: an eighth of all there can be, and this at the most.</summary>
    private const uint LargestHeapWindow = (64 << 20) >> GuestMemory.PageShift;

    /// <summary>Below this nothing is mapped unless a privileged task says so (vm.mmap_min_addr).</summary>
    private const uint LowestPage = 65536 >> GuestMemory.PageShift;

    private const uint PageMask = GuestMemory.PageSize - 1;

    private readonly AreaMap _areas = new();
    private readonly uint _heapStart;
    private readonly uint _mappingsStart;
    private uint _break;
    private uint _adopted;
    private bool _lockFuture;
    private int _users = 1;

    /// <param name="memory">Linear memory.</param>
    /// <param name="heapStart">Where the program's own data ends and its heap begins; null: behind the image.</param>
    /// <param name="imageEnd">Where the image ends, a multiple of the page size, where memory reaches further; null: it is all image.</param>
    public AddressSpace(GuestMemory memory, uint? heapStart = null, uint? imageEnd = null)
    {
        Memory = memory;
        AdoptGrowth();
        if (imageEnd is { } cut)
        {
            // Nobody has touched it yet, so there is nothing to be made zero.
            _areas.Remove(PageOf(cut), _adopted);
            Memory.Pages[(int)PageOf(cut)..(int)_adopted].Clear();
        }

        var end = (ulong)(imageEnd is { } shorter ? PageOf(shorter) : _adopted) << GuestMemory.PageShift;
        _break = (uint)Math.Min(heapStart ?? end, Math.Min(end, uint.MaxValue & ~PageMask));
        _heapStart = _break;
        var window = Math.Min(LargestHeapWindow, memory.PageLimit / 8);
        _mappingsStart = (uint)Math.Min(Math.Max(PageOf(end), PageOf(_heapStart) + (ulong)window), memory.PageLimit);
    }

    public GuestMemory Memory { get; }

    /// <summary>Guards the areas and the break. File contents are read and written outside of it.</summary>
    public Lock Lock { get; } = new();

    /// <summary>prctl(2), PR_SET_DUMPABLE.</summary>
    public bool Dumpable { get; internal set; } = true;

    /// <summary>prctl(2), PR_SET_THP_DISABLE: kept, since there are no huge pages.</summary>
    internal bool NoHugePages { get; set; }

    /// <summary>The most bytes that were mapped at any time.</summary>
    public ulong PeakBytes => Memory.Backing.Length;

    /// <summary>The areas by address, as they are now, for /proc/pid/maps.</summary>
    public IReadOnlyList<MemoryArea> Areas
    {
        get
        {
            lock (Lock)
            {
                AdoptGrowth();
                return [.. _areas.All];
            }
        }
    }

    /// <summary>Bytes that are mapped and, of these, locked.</summary>
    public (ulong Mapped, ulong Locked) Usage
    {
        get
        {
            lock (Lock)
                return (_areas.MappedPages << GuestMemory.PageShift, _areas.LockedPages << GuestMemory.PageShift);
        }
    }

    /// <summary>One more task uses it (CLONE_VM).</summary>
    public AddressSpace Share()
    {
        Interlocked.Increment(ref _users);
        return this;
    }

    /// <summary>A task that used it has ended, or runs another program. After the last one shared mappings are written back and their files closed.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _users) != 0)
            return;
        List<MemoryArea> all;
        lock (Lock)
            all = _areas.Remove(0, Memory.PageLimit);
        GiveBack(all);
    }

    /// <summary>brk(2): moves the heap's end, or leaves it where that can't be. The end is the answer in either case.</summary>
    internal uint Break(GuestPtr address, ResourceLimits limits)
    {
        lock (Lock)
        {
            AdoptGrowth();
            if (address.Address < _heapStart)
                return _break;
            var oldEnd = PageOf((ulong)_break + PageMask);
            var newEnd = PageOf((ulong)address.Address + PageMask);
            if (newEnd > oldEnd)
            {
                var data = (ulong)address.Address - _heapStart;
                if (data > limits[Resource.RLIMIT_DATA] || !MayGrow(newEnd - oldEnd, limits) || !MakeHeap(oldEnd, newEnd))
                    return _break;
            }
            else if (newEnd < oldEnd)
            {
                Unmap(newEnd, oldEnd);
            }

            return _break = address.Address;
        }
    }

    /// <summary>The heap may grow into what belongs to the image's own memory behind its data, and into what is free.</summary>
    private bool MakeHeap(uint start, uint end)
    {
        if (end > _mappingsStart && !_areas.IsFree(Math.Max(start, _mappingsStart), end))
            return false;
        foreach (var area in _areas.Between(start, end))
        {
            if (area.Name != ImageName)
                return false;
        }

        Unmap(start, end);
        return TryMake(new MemoryArea { Start = start, End = end, Protection = ProtFlags.PROT_READ | ProtFlags.PROT_WRITE, Name = "[heap]", IsLocked = _lockFuture });
    }

    private bool MayGrow(ulong pages, ResourceLimits limits) =>
        (_areas.MappedPages + pages) << GuestMemory.PageShift <= limits[Resource.RLIMIT_AS];

    /// <summary>Maps zeroed pages where nothing is. False where linear memory can't be made that long.</summary>
    private bool TryMake(MemoryArea area)
    {
        if (area.End > Memory.PageLimit || !Memory.TryGrowUnmapped((ulong)area.End << GuestMemory.PageShift))
            return false;
        // Linear memory grows by its own, larger pages; what it gained beyond the area is free, not the guest's doing.
        _adopted = Math.Max(_adopted, (uint)Math.Min(Memory.Backing.Length >> GuestMemory.PageShift, Memory.PageLimit));
        // The guest could write here even while nothing was mapped.
        Memory.Backing.Discard(area.Start << GuestMemory.PageShift, area.Pages << GuestMemory.PageShift);
        SetAccess(area);
        _areas.Add(area);
        return true;
    }

    private List<MemoryArea> Unmap(uint start, uint end)
    {
        var removed = _areas.Remove(start, end);
        foreach (var area in removed)
        {
            Memory.Pages[(int)area.Start..(int)area.End].Clear();
            if (area.File is null)
                Memory.Backing.Discard(area.Start << GuestMemory.PageShift, area.Pages << GuestMemory.PageShift);
        }

        return removed;
    }

    private void SetAccess(MemoryArea area)
    {
        var access = PageAccess.Mapped;
        if ((area.Protection & ProtFlags.PROT_READ) != 0)
            access |= PageAccess.Read;
        // x86 has no page that can be written or executed but not read.
        if ((area.Protection & ProtFlags.PROT_WRITE) != 0)
            access |= PageAccess.Read | PageAccess.Write;
        if ((area.Protection & ProtFlags.PROT_EXEC) != 0)
            access |= PageAccess.Read | PageAccess.Execute;
        Memory.Pages[(int)area.Start..(int)area.End].Fill(access);
    }

    /// <summary>Writes back and closes what removed areas showed of files. Caller holds no lock.</summary>
    private void GiveBack(List<MemoryArea> removed)
    {
        foreach (var area in removed)
        {
            if (area is { File: not null, IsShared: true })
                WriteBack(area);
        }

        foreach (var file in removed.Select(area => area.File).OfType<FileMapping>().Distinct())
        {
            bool used;
            lock (Lock)
                used = _areas.All.Any(area => area.File == file);
            if (!used)
                file.Release();
        }
    }

    private Errno WriteBack(MemoryArea area)
    {
        for (var page = area.Start; page < area.End; page++)
        {
            var error = area.File!.WritePage(area.FilePage + (page - area.Start), BytesOf(page));
            if (error != Errno.None)
                return error;
        }

        return Errno.None;
    }

    private unsafe Span<byte> BytesOf(uint page) => new(Memory.Backing.Base + ((ulong)page << GuestMemory.PageShift), (int)GuestMemory.PageSize);

    /// <summary>What the guest's own memory.grow added is the image's. Caller holds the lock, or is the constructor.</summary>
    private void AdoptGrowth()
    {
        Memory.MapWhatBackingGained();
        var length = (uint)Math.Min(Memory.Backing.Length >> GuestMemory.PageShift, Memory.PageLimit);
        if (length <= _adopted)
            return;
        _areas.Add(new MemoryArea
        {
            Start = _adopted,
            End = length,
            Protection = ProtFlags.PROT_READ | ProtFlags.PROT_WRITE,
            Name = ImageName,
        });
        _adopted = length;
    }

    private const string ImageName = "[image]";

    private static uint PageOf(ulong address) => (uint)(address >> GuestMemory.PageShift);
}
