using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Tmp;

/// <summary>A directory of a tmpfs, opened. Positions: 0 and 1 are "." and "..", 2 the newest name, others the numbers of names.</summary>
internal sealed class TmpfsDirectoryFile(in OpenRequest request, TmpfsDirectory directory) : OpenFile(request, OpenModes.Stored)
{
    /// <summary>The position behind the last name (DIR_OFFSET_EOD); it fits a 32-bit off_t.</summary>
    private const long End = int.MaxValue;

    public override SysResult Read(Span<byte> buffer, ref long position) => Errno.EISDIR;

    public override SysResult Seek(long offset, SeekWhence whence) =>
        whence is SeekWhence.SEEK_SET or SeekWhence.SEEK_CUR ? SeekWithin(offset, whence, 0) : Errno.EINVAL;

    public override Errno Sync(bool dataOnly) => Errno.None;

    public override Errno Iterate(DirectoryEmitter emitter)
    {
        FileTimes.Accessed(directory, Path.Mount);
        lock (directory.Lock)
        {
            if (directory.IsDead)
                return Errno.ENOENT;
            if (Position == 0 && !EmitDot(emitter, "."u8, directory.Ino, 0, 1))
                return Errno.None;
            var names = directory.Names;
            if (Position == 1 && !EmitDot(emitter, ".."u8, Path.Dentry.Parent.Inode.Ino, 1, NumberOf(names.Newest())))
                return Errno.None;
            if (Position == End)
                return Errno.None;
            var entry = Position == 2 ? names.Newest() : names.FindAtOrBelow(Position);
            while (entry is not null)
            {
                var next = names.After(entry);
                if (!emitter.Emit(entry.Name.Span, entry.Inode.Ino, entry.Inode.Mode.DirentType(), entry.Number, NumberOf(next)))
                {
                    Position = entry.Number;
                    return Errno.None;
                }

                entry = next;
            }

            Position = End;
            return Errno.None;
        }
    }

    private static long NumberOf(NameList.Entry? entry) => entry?.Number ?? End;

    private bool EmitDot(DirectoryEmitter emitter, ReadOnlySpan<byte> name, ulong ino, long position, long next)
    {
        if (!emitter.Emit(name, ino, Mode.S_IFDIR.DirentType(), position, next))
            return false;
        Position = next;
        return true;
    }
}
