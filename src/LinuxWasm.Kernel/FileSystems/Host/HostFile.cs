using LinuxWasm.Abi;
using LinuxWasm.Kernel.FileSystems.Host.Platform;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Host;

/// <summary>A regular file of the host, opened: each description has a handle of its own.</summary>
internal sealed class HostFile(in OpenRequest request, HostRegular inode, HostHandle handle) : OpenFile(request, OpenModes.Stored)
{
    private readonly IHostFolders _folders = inode.Folders;

    public override SysResult Read(Span<byte> buffer, ref long position)
    {
        var count = _folders.Read(handle, buffer, position);
        if (!count.IsError)
            position += count.Value;
        return count;
    }

    public override SysResult Write(ReadOnlySpan<byte> buffer, ref long position)
    {
        if (buffer.IsEmpty)
            return 0;
        if ((Flags & OpenFlags.O_APPEND) != 0)
            return Append(buffer, ref position);
        var count = _folders.Write(handle, buffer, position);
        if (count.IsError)
            return count;
        position += count.Value;
        inode.WrittenTo(position);
        return count;
    }

    public override SysResult Seek(long offset, SeekWhence whence)
    {
        switch (whence)
        {
            case SeekWhence.SEEK_END:
                inode.Update();
                return SeekWithin(offset, whence, inode.Size);
            case SeekWhence.SEEK_DATA or SeekWhence.SEEK_HOLE when offset < 0:
                return Errno.ENXIO;
            case SeekWhence.SEEK_DATA or SeekWhence.SEEK_HOLE:
                var found = _folders.FindData(handle, offset, whence == SeekWhence.SEEK_HOLE);
                if (!found.IsError)
                    Position = found.Value;
                return found;
            default:
                return SeekWithin(offset, whence, 0);
        }
    }

    public override Errno Allocate(FallocateMode mode, long offset, long length)
    {
        var error = _folders.Allocate(handle, mode, offset, length);
        inode.Touched();
        return error;
    }

    public override Errno Sync(bool dataOnly) => _folders.Sync(handle, dataOnly);

    public override Errno PrepareMap() => Errno.None;

    protected override void OnRelease() => inode.Close(handle);

    private SysResult Append(ReadOnlySpan<byte> buffer, ref long position)
    {
        lock (inode.Lock)
        {
            var count = _folders.Append(handle, buffer, out var end);
            if (count.IsError)
                return count;
            position = end;
            inode.WrittenTo(end);
            return count;
        }
    }
}
