using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Tmp;

/// <summary>A regular file of a tmpfs, opened.</summary>
internal sealed class TmpfsFile(in OpenRequest request, TmpfsRegular inode) : OpenFile(request, OpenModes.Stored)
{
    public override SysResult Read(Span<byte> buffer, ref long position)
    {
        var count = inode.Read(buffer, position);
        position += count;
        if ((Flags & OpenFlags.O_NOATIME) == 0)
            FileTimes.Accessed(inode, Path.Mount);
        return count;
    }

    public override SysResult Write(ReadOnlySpan<byte> buffer, ref long position) =>
        inode.Write(buffer, ref position);

    public override SysResult Seek(long offset, SeekWhence whence)
    {
        if (whence is not (SeekWhence.SEEK_DATA or SeekWhence.SEEK_HOLE))
            return SeekWithin(offset, whence, inode.Size);
        var found = inode.Seek(offset, hole: whence == SeekWhence.SEEK_HOLE);
        if (!found.IsError)
            Position = found.Value;
        return found;
    }

    public override Errno Allocate(FallocateMode mode, long offset, long length) => inode.Allocate(mode, offset, length);

    public override Errno Sync(bool dataOnly) => Errno.None;

    public override Errno PrepareMap() => Errno.None;

    public override FileSeals? Seals => inode.Seals;

    public override Errno AddSeals(FileSeals seals) => inode.AddSeals(seals);
}
