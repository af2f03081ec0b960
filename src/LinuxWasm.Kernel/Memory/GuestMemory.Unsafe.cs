using System.Runtime.CompilerServices;
using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Memory;

/// <summary>What a page allows; a page without any of them is mapped PROT_NONE or not at all.</summary>
[Flags]
public enum PageAccess : byte
{
    None = 0,
    Read = 1,
    Write = 2,
    Execute = 4,

    /// <summary>Set on every mapped page, PROT_NONE ones too.</summary>
    Mapped = 8,

    ReadWrite = Mapped | Read | Write,
}

/// <summary>
/// The kernel's only way to guest memory. Every access names address and length and is checked against the page table:
/// what is not mapped, or not mapped for that access, gives false, and the call answers EFAULT.
/// Spans stay valid (memory never moves), but must not be held across a wait: another thread may have unmapped the pages by then.
/// </summary>
public sealed unsafe class GuestMemory
{
    public const int PageShift = 12;

    /// <summary>4096 bytes, as on every Linux that guests are compiled for.</summary>
    public const uint PageSize = 1u << PageShift;

    private readonly byte* _base;
    private readonly PageAccess[] _pages;
    private readonly Lock _growth = new();
    private ulong _known;
    private uint _lowest;

    /// <param name="backing">The bytes; pages that it gains by itself (memory.grow) appear readable and writable.</param>
    /// <param name="lowest">The first address that is mapped: below it, null pointers and their fields give EFAULT.</param>
    public GuestMemory(MemoryBacking backing, uint lowest = 0)
    {
        Backing = backing;
        _base = backing.Base;
        _lowest = lowest;
        // The last page of 4 GiB is never mapped: -1 and small negative numbers are no addresses in Linux either.
        _pages = new PageAccess[Math.Min(backing.MaximumLength, uint.MaxValue - PageSize + 1) >> PageShift];
        MapWhatBackingGained();
    }

    public MemoryBacking Backing { get; }

    /// <summary>One past the last page that can ever be mapped.</summary>
    public uint PageLimit => (uint)_pages.Length;

    /// <summary>The same pages with the same access over other bytes.</summary>
    internal GuestMemory Fork(MemoryBacking copy)
    {
        var forked = new GuestMemory(copy, _lowest);
        Pages.CopyTo(forked.Pages);
        return forked;
    }

    /// <summary>The access of each page, for the address space that decides it.</summary>
    internal Span<PageAccess> Pages => _pages;

    /// <summary>The bytes at an address, to read from.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryGetReadable(GuestPtr pointer, uint length, out ReadOnlySpan<byte> bytes)
    {
        if (Allows(pointer.Address, length, PageAccess.Read))
        {
            bytes = new ReadOnlySpan<byte>(_base + pointer.Address, (int)length);
            return true;
        }

        bytes = default;
        return false;
    }

    /// <summary>The bytes at an address, to write to.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryGetWritable(GuestPtr pointer, uint length, out Span<byte> bytes)
    {
        if (Allows(pointer.Address, length, PageAccess.Write))
        {
            bytes = new Span<byte>(_base + pointer.Address, (int)length);
            return true;
        }

        bytes = default;
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryRead<T>(GuestPtr pointer, out T value)
        where T : unmanaged
    {
        if (Allows(pointer.Address, (uint)sizeof(T), PageAccess.Read))
        {
            value = Unsafe.ReadUnaligned<T>(_base + pointer.Address);
            return true;
        }

        value = default;
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryWrite<T>(GuestPtr pointer, in T value)
        where T : unmanaged
    {
        if (Allows(pointer.Address, (uint)sizeof(T), PageAccess.Write))
        {
            Unsafe.WriteUnaligned(_base + pointer.Address, value);
            return true;
        }

        return false;
    }

    public bool TryWrite(GuestPtr pointer, ReadOnlySpan<byte> source)
    {
        if (!TryGetWritable(pointer, (uint)source.Length, out var target))
            return false;
        source.CopyTo(target);
        return true;
    }

    /// <summary>How many of the bytes from an address on can be accessed before the first page that forbids it.</summary>
    public uint AccessiblePrefix(GuestPtr pointer, uint length, PageAccess access)
    {
        if (Allows(pointer.Address, length, access))
            return length;
        uint reached = 0;
        while (reached < length)
        {
            var address = (ulong)pointer.Address + reached;
            if (address > uint.MaxValue || !Allows((uint)address, 1, access))
                break;
            reached = (uint)Math.Min(length, reached + (PageSize - (address & (PageSize - 1))));
        }

        return reached;
    }

    /// <summary>
    /// Copies a NUL-terminated string, without its NUL. EFAULT where a page on the way is not readable;
    /// ENAMETOOLONG where <paramref name="target"/> is full before a NUL comes.
    /// </summary>
    public Errno ReadString(GuestPtr pointer, Span<byte> target, out int length)
    {
        length = 0;
        while (true)
        {
            var address = (ulong)pointer.Address + (uint)length;
            if (address > uint.MaxValue || !Allows((uint)address, 1, PageAccess.Read))
                return Errno.EFAULT;
            var inPage = (int)(PageSize - (address & (PageSize - 1)));
            var room = Math.Min(inPage, target.Length - length);
            var source = new ReadOnlySpan<byte>(_base + address, room);
            var end = source.IndexOf((byte)0);
            if (end >= 0)
            {
                source[..end].CopyTo(target[length..]);
                length += end;
                return Errno.None;
            }

            source.CopyTo(target[length..]);
            length += room;
            if (length == target.Length)
                return Errno.ENAMETOOLONG;
        }
    }

    /// <summary>
    /// A 32-bit word that guest threads share, for futexes: aligned, mapped and writable, or false.
    /// The reference is into guest memory, so it is used with <see cref="Volatile"/> and <see cref="Interlocked"/> only.
    /// </summary>
    public bool TryGetWord(GuestPtr pointer, out nint hostAddress)
    {
        hostAddress = (nint)(_base + pointer.Address);
        return (pointer.Address & 3) == 0 && Allows(pointer.Address, 4, PageAccess.Read | PageAccess.Write);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool Allows(uint address, uint length, PageAccess access)
    {
        var pages = _pages;
        var first = address >> PageShift;
        var last = (uint)(((ulong)address + length - 1) >> PageShift);
        if (first == last && first < (uint)pages.Length && address >= _lowest && (pages[first] & access) == access)
            return true;
        return AllowsRange(address, length, access);
    }

    private bool AllowsRange(uint address, uint length, PageAccess access)
    {
        if (length == 0)
            return true;
        var end = (ulong)address + length;
        if (length > int.MaxValue || address < _lowest || end > (ulong)_pages.Length << PageShift)
            return false;
        MapWhatBackingGained();
        foreach (var page in _pages.AsSpan((int)(address >> PageShift), (int)(((end - 1) >> PageShift) - (address >> PageShift) + 1)))
        {
            if ((page & access) != access)
                return false;
        }

        return true;
    }

    /// <summary>A guest's own memory.grow does not pass through the kernel; its pages are taken over when they are first looked at.</summary>
    internal void MapWhatBackingGained()
    {
        if (Volatile.Read(ref _known) >= Backing.Length)
            return;
        lock (_growth)
        {
            var length = Math.Min(Backing.Length, (ulong)_pages.Length << PageShift);
            if (length > _known)
                _pages.AsSpan((int)(_known >> PageShift), (int)((length - _known) >> PageShift)).Fill(PageAccess.ReadWrite);
            Volatile.Write(ref _known, Backing.Length);
        }
    }

    /// <summary>Grows the backing without mapping the new pages: the caller decides about each of them.</summary>
    internal bool TryGrowUnmapped(ulong length)
    {
        lock (_growth)
        {
            MapWhatBackingGained();
            if (length <= Backing.Length)
                return true;
            if (!Backing.TryGrow(length))
                return false;
            Volatile.Write(ref _known, Backing.Length);
            return true;
        }
    }
}
