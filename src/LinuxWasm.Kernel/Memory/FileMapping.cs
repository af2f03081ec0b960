using LinuxWasm.Abi;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Memory;

/// <summary>
/// A file that one mmap(2) call mapped. Linear memory can't show a file's own pages, so they are copied in when it is mapped; what a shared,
/// writable mapping changes is written back by msync(2), munmap(2) and the process's end, the changed bytes of each page and nothing else.
/// Changes that others make to the file meanwhile appear with MS_INVALIDATE.
/// </summary>
public sealed class FileMapping
{
    private const int PageSize = (int)GuestMemory.PageSize;

    /// <summary>The pages as they were last read or written back; null for private mappings, which nothing is written back from.</summary>
    private readonly Dictionary<ulong, byte[]>? _known;

    /// <param name="file">An open file, of which this takes a reference of its own.</param>
    /// <param name="writesBack">MAP_SHARED of a file that is open for writing.</param>
    public FileMapping(OpenFile file, bool writesBack)
    {
        file.AddReference();
        File = file;
        _known = writesBack ? [] : null;
        if (writesBack)
            file.Inode.CountWritableMapping(+1);
    }

    public OpenFile File { get; }

    /// <summary>The same for a child's memory, with what is known of the file's pages.</summary>
    internal FileMapping Fork()
    {
        var copy = new FileMapping(File, _known is not null);
        foreach (var (filePage, bytes) in _known ?? [])
            copy._known![filePage] = [.. bytes];
        return copy;
    }

    /// <summary>Gives the file back. Call it under no lock.</summary>
    public void Release()
    {
        if (_known is not null)
            File.Inode.CountWritableMapping(-1);
        File.Release();
    }

    /// <summary>Copies a page of the file in; behind its end there are zeros.</summary>
    internal Errno ReadPage(ulong filePage, Span<byte> page)
    {
        var position = (long)filePage * PageSize;
        var filled = 0;
        while (filled < PageSize)
        {
            var result = File.Read(page[filled..], ref position);
            if (result.IsError)
                return result.Errno;
            if (result.Value == 0)
                break;
            filled += (int)result.Value;
        }

        page[filled..].Clear();
        if (_known is not null)
            _known[filePage] = page.ToArray();
        return Errno.None;
    }

    /// <summary>Writes back what changed in a page, as far as the file reaches: a mapping never makes a file longer.</summary>
    internal Errno WritePage(ulong filePage, ReadOnlySpan<byte> page)
    {
        if (_known is null || !_known.TryGetValue(filePage, out var known))
            return Errno.None;
        var first = page.CommonPrefixLength(known);
        if (first == PageSize)
            return Errno.None;
        var last = PageSize - 1;
        while (page[last] == known[last])
            last--;
        var position = (long)filePage * PageSize + first;
        var inFile = (int)Math.Clamp(File.Inode.Size - position, 0, last + 1 - first);
        var changed = page.Slice(first, inFile);
        while (changed.Length > 0)
        {
            var result = File.Write(changed, ref position);
            if (result.IsError)
                return result.Errno;
            changed = changed[(int)result.Value..];
        }

        page.CopyTo(known);
        return Errno.None;
    }
}
