using LinuxWasm.Abi;
using LinuxWasm.Kernel.FileSystems.Host.Platform;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Host;

/// <summary>
/// A directory of the host, opened. Its names are taken down when reading begins, and again when it is rewound, so that positions stay what they are while
/// names come and go: 0 and 1 are "." and "..", the others follow.
/// </summary>
internal sealed class HostDirectoryFile(in OpenRequest request, HostDirectory directory) : OpenFile(request, OpenModes.Seek | OpenModes.HasPosition)
{
    private const int FirstName = 2;

    private HostListing? _listing;

    public override SysResult Read(Span<byte> buffer, ref long position) => Errno.EISDIR;

    public override SysResult Seek(long offset, SeekWhence whence) =>
        whence is SeekWhence.SEEK_SET or SeekWhence.SEEK_CUR ? SeekWithin(offset, whence, 0) : Errno.EINVAL;

    public override Errno Sync(bool dataOnly)
    {
        var error = directory.Lease(out var lease);
        if (error != Errno.None)
            return error;
        using (lease)
            return directory.Folders.Sync(lease.Handle, dataOnly);
    }

    public override Errno Iterate(DirectoryEmitter emitter)
    {
        if (directory.IsDead)
            return Errno.ENOENT;
        if (Position == 0 || _listing is null)
        {
            var error = TakeNames();
            if (error != Errno.None)
                return error;
        }

        if (Position == 0 && !EmitDot(emitter, "."u8, directory.Ino, 0))
            return Errno.None;
        if (Position == 1 && !EmitDot(emitter, ".."u8, Path.Dentry.Parent.Inode.Ino, 1))
            return Errno.None;
        while (Position - FirstName < _listing!.Count)
        {
            var name = _listing.Get((int)(Position - FirstName), out var ino, out var type);
            if (!emitter.Emit(name, directory.SuperBlock.Devices.MapIno(directory.Id.Device, ino), type, Position, Position + 1))
                return Errno.None;
            Position++;
        }

        return Errno.None;
    }

    protected override void OnRelease() => directory.Unpin();

    private Errno TakeNames()
    {
        var error = directory.Lease(out var lease);
        if (error != Errno.None)
            return error;
        using (lease)
        {
            var listing = new HostListing();
            error = directory.Folders.List(lease.Handle, listing);
            if (error == Errno.None)
                _listing = listing;
            return error;
        }
    }

    private bool EmitDot(DirectoryEmitter emitter, ReadOnlySpan<byte> name, ulong ino, long position)
    {
        if (!emitter.Emit(name, ino, Mode.S_IFDIR.DirentType(), position, position + 1))
            return false;
        Position = position + 1;
        return true;
    }
}
