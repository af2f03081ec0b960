using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Tmp;

/// <summary>A regular file: pages that are there once they were written to or allocated, and holes between them.</summary>
internal sealed partial class TmpfsRegular(TmpfsSuperBlock superBlock, in NewInode node) : TmpfsInode(superBlock, node)
{
    private const int PageSize = TmpfsSuperBlock.PageSize;
    private const int PageShift = 12;

    /// <summary>Stands for a page that fallocate(2) took but nobody wrote to: it reads as zero, and is a hole to lseek(2).</summary>
    private static readonly byte[] Allocated = [];

    private readonly PageTree _pages = new();
    private long _pageCount;

    protected override long Blocks => Volatile.Read(ref _pageCount) * (PageSize / 512);

    public override Errno Open(in OpenRequest request, out OpenFile? file)
    {
        file = new TmpfsFile(request, this);
        return Errno.None;
    }

    /// <summary>Reads up to the end of the file. Takes no lock: it sees each byte as it was at some moment of the call, as Linux's page cache does.</summary>
    public int Read(Span<byte> buffer, long position)
    {
        var size = Size;
        if (position >= size)
            return 0;
        var length = (int)Math.Min(buffer.Length, size - position);
        buffer = buffer[..length];
        while (!buffer.IsEmpty)
        {
            var offset = (int)position & (PageSize - 1);
            var count = Math.Min(buffer.Length, PageSize - offset);
            if (_pages.Find(position >> PageShift) is { Length: > 0 } page)
                page.AsSpan(offset, count).CopyTo(buffer);
            else
                buffer[..count].Clear();
            buffer = buffer[count..];
            position += count;
        }

        return length;
    }

    /// <summary>Writes what fits: fewer bytes than given where the space ends, ENOSPC where none is left. Moves <paramref name="position"/>.</summary>
    public SysResult Write(ReadOnlySpan<byte> buffer, ref long position)
    {
        if (buffer.IsEmpty)
            return 0;
        lock (Lock)
        {
            if ((_seals & Unwritable) != 0)
                return Errno.EPERM;
            var at = position;
            var room = SuperBlock.MaxFileSize - at;
            if (room <= 0)
                return Errno.EFBIG;
            if (buffer.Length > room)
                buffer = buffer[..(int)room];
            var written = 0;
            while (written < buffer.Length)
            {
                var offset = (int)at & (PageSize - 1);
                var count = Math.Min(buffer.Length - written, PageSize - offset);
                // Page by page, as Linux writes: what lies before the end gets in.
                if ((_seals & FileSeals.F_SEAL_GROW) != 0 && at + count > Size)
                    return written > 0 ? Finish(at, written, ref position) : Errno.EPERM;
                if (PageForWriting(at >> PageShift) is not { } page)
                    break;
                buffer.Slice(written, count).CopyTo(page.AsSpan(offset));
                written += count;
                at += count;
            }

            return written > 0 ? Finish(at, written, ref position) : Errno.ENOSPC;
        }
    }

    /// <summary>The next stored byte, or the next that is not (lseek(2), SEEK_DATA and SEEK_HOLE); ENXIO at and past the end.</summary>
    public SysResult Seek(long offset, bool hole)
    {
        lock (Lock)
        {
            if (offset < 0 || offset >= Size)
                return Errno.ENXIO;
            var index = offset >> PageShift;
            while (true)
            {
                var next = _pages.FindFrom(index);
                var start = next < 0 ? long.MaxValue : next << PageShift;
                if (hole && next != index)
                    return Math.Min(Math.Max(offset, index << PageShift), Size);
                if (!hole && start >= Size)
                    return Errno.ENXIO;
                var written = next >= 0 && _pages.Find(next)!.Length > 0;
                if (hole != written)
                    return Math.Min(Math.Max(offset, start), Size);
                index = next + 1;
                if (index > (Size - 1) >> PageShift)
                    return hole ? Size : Errno.ENXIO;
            }
        }
    }

    public Errno Allocate(FallocateMode mode, long offset, long length)
    {
        if ((mode & ~(FallocateMode.FALLOC_FL_KEEP_SIZE | FallocateMode.FALLOC_FL_PUNCH_HOLE)) != 0 || mode == FallocateMode.FALLOC_FL_PUNCH_HOLE)
            return Errno.EOPNOTSUPP;
        lock (Lock)
        {
            if ((mode & FallocateMode.FALLOC_FL_PUNCH_HOLE) != 0)
            {
                if ((_seals & Unwritable) != 0)
                    return Errno.EPERM;
                Clear(offset, length);
            }
            else
            {
                if ((_seals & FileSeals.F_SEAL_GROW) != 0 && offset + length > Size)
                    return Errno.EPERM;
                var error = TakePages(offset >> PageShift, (offset + length - 1) >> PageShift);
                if (error != Errno.None)
                    return error;
                if ((mode & FallocateMode.FALLOC_FL_KEEP_SIZE) == 0 && offset + length > Size)
                    Size = offset + length;
            }

            Mtime = Ctime = Now;
            return Errno.None;
        }
    }

    public override Errno SetAttributes(in AttributeChange change)
    {
        if (IsSealedAgainst(change))
            return Errno.EPERM;
        if ((change.Kinds & AttributeKinds.Size) != 0)
        {
            // What lies behind the end must read as zero when the file grows again.
            if (change.Size < Size)
                Clear(change.Size, long.MaxValue - change.Size);
            Size = change.Size;
        }

        StoreAttributes(change);
        return Errno.None;
    }

    protected override void Evict()
    {
        ReleasePages(0, long.MaxValue >> PageShift);
        base.Evict();
    }

    private SysResult Finish(long end, int written, ref long position)
    {
        if (end > Size)
            Size = end;
        Mtime = Ctime = Now;
        position = end;
        return written;
    }

    private byte[]? PageForWriting(long index)
    {
        var page = _pages.Find(index);
        if (page is { Length: > 0 })
            return page;
        if (page is null)
        {
            if (!SuperBlock.TryChargePages(1))
                return null;
            Volatile.Write(ref _pageCount, _pageCount + 1);
        }

        // Pinned arrays are never moved: file contents outlive the young generations, and copying them from one to the next would cost more than all else.
        // Zeroed even if all of it is about to be written: readers without the lock see it from here on.
        page = GC.AllocateArray<byte>(PageSize, pinned: true);
        _pages.Set(index, page);
        return page;
    }

    /// <summary>All or nothing, as shmem_fallocate undoes what it took.</summary>
    private Errno TakePages(long first, long last)
    {
        if (!SuperBlock.CouldHold(last - first + 1))
            return Errno.ENOSPC;
        var taken = new List<long>();
        for (var index = first; index <= last; index++)
        {
            if (_pages.Find(index) is not null)
                continue;
            if (!SuperBlock.TryChargePages(1))
            {
                foreach (var undone in taken)
                    ReleasePages(undone, undone);
                return Errno.ENOSPC;
            }

            _pages.Set(index, Allocated);
            Volatile.Write(ref _pageCount, _pageCount + 1);
            taken.Add(index);
        }

        return Errno.None;
    }

    /// <summary>Makes a range read as zero: whole pages go, the bytes of the others are cleared.</summary>
    private void Clear(long offset, long length)
    {
        var end = length > long.MaxValue - offset ? long.MaxValue : offset + length;
        var firstWhole = (offset >> PageShift) + ((offset & (PageSize - 1)) != 0 ? 1 : 0);
        var endWhole = end == long.MaxValue ? (end >> PageShift) + 1 : end >> PageShift;
        if (firstWhole > endWhole)
        {
            ClearWithin(offset, end);
            return;
        }

        ClearWithin(offset, firstWhole << PageShift);
        if (end != long.MaxValue)
            ClearWithin(endWhole << PageShift, end);
        if (firstWhole < endWhole)
            ReleasePages(firstWhole, endWhole - 1);
    }

    private void ClearWithin(long from, long to)
    {
        if (from < to && _pages.Find(from >> PageShift) is { Length: > 0 } page)
            page.AsSpan((int)from & (PageSize - 1), (int)(to - from)).Clear();
    }

    private void ReleasePages(long first, long last)
    {
        var count = _pages.Remove(first, last);
        if (count == 0)
            return;
        Volatile.Write(ref _pageCount, _pageCount - count);
        SuperBlock.ReturnPages(count);
    }
}
