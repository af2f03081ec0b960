using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>readv(2), writev(2) and their forms with an offset and flags.</summary>
public static class VectorReadWrite
{
    private const string Man = "readv(2)";

    /// <summary>The offset of preadv2(2) and pwritev2(2) that means the file's own position.</summary>
    private const long OwnPosition = -1;

    [Syscall("readv")]
    public static SysResult Readv(LinuxTask task, Fd fd, [In("vlen")] GuestPtr vec, GuestSize vlen) =>
        ReadHere(task, fd, vec, vlen, RwFlags.None);

    [Syscall("writev", Man = Man)]
    public static SysResult Writev(LinuxTask task, Fd fd, [In("vlen")] GuestPtr vec, GuestSize vlen) =>
        WriteHere(task, fd, vec, vlen, RwFlags.None);

    [Syscall("preadv", Man = Man)]
    public static SysResult Preadv(LinuxTask task, Fd fd, [In("vlen")] GuestPtr vec, GuestSize vlen, SplitOffset pos) =>
        ReadThere(task, fd, vec, vlen, pos.Value, RwFlags.None);

    [Syscall("pwritev", Man = Man)]
    public static SysResult Pwritev(LinuxTask task, Fd fd, [In("vlen")] GuestPtr vec, GuestSize vlen, SplitOffset pos) =>
        WriteThere(task, fd, vec, vlen, pos.Value, RwFlags.None);

    [Syscall("preadv2", Man = Man)]
    public static SysResult Preadv2(LinuxTask task, Fd fd, [In("vlen")] GuestPtr vec, GuestSize vlen, SplitOffset pos, RwFlags flags) =>
        pos.Value == OwnPosition ? ReadHere(task, fd, vec, vlen, flags) : ReadThere(task, fd, vec, vlen, pos.Value, flags);

    [Syscall("pwritev2", Man = Man)]
    public static SysResult Pwritev2(LinuxTask task, Fd fd, [In("vlen")] GuestPtr vec, GuestSize vlen, SplitOffset pos, RwFlags flags) =>
        pos.Value == OwnPosition ? WriteHere(task, fd, vec, vlen, flags) : WriteThere(task, fd, vec, vlen, pos.Value, flags);

    private static SysResult ReadHere(LinuxTask task, Fd fd, GuestPtr vec, GuestSize vlen, RwFlags flags)
    {
        using var use = task.Files.Get(fd.Value);
        if (use.File is not { CanRead: true } file)
            return Errno.EBADF;
        if (!file.HasRead)
            return Errno.EINVAL;
        using var parts = IovecReader.Read(task, vec, vlen, out var error);
        if (error != Errno.None || parts.Total == 0)
            return error;
        error = CheckFlags(file, flags, file.ReadsVectors);
        if (error != Errno.None)
            return error;
        var target = new IoTarget(task.Memory, parts.Segments);
        return FileIo.Read(task, file, ref target, flags);
    }

    private static SysResult WriteHere(LinuxTask task, Fd fd, GuestPtr vec, GuestSize vlen, RwFlags flags)
    {
        using var use = task.Files.Get(fd.Value);
        if (use.File is not { CanWrite: true } file)
            return Errno.EBADF;
        if (!file.HasWrite)
            return Errno.EINVAL;
        using var parts = IovecReader.Read(task, vec, vlen, out var error);
        if (error != Errno.None || parts.Total == 0)
            return error;
        error = CheckFlags(file, flags, file.WritesVectors);
        if (error != Errno.None)
            return error;
        var source = new IoSource(task.Memory, parts.Segments);
        return FileIo.Write(task, file, ref source, flags);
    }

    private static SysResult ReadThere(LinuxTask task, Fd fd, GuestPtr vec, GuestSize vlen, long position, RwFlags flags)
    {
        if (position < 0)
            return Errno.EINVAL;
        using var use = task.Files.Get(fd.Value);
        if (use.File is not { IsPathOnly: false } file)
            return Errno.EBADF;
        if ((file.Modes & OpenModes.Positional) == 0)
            return Errno.ESPIPE;
        if (!file.CanRead)
            return Errno.EBADF;
        if (!file.HasRead)
            return Errno.EINVAL;
        using var parts = IovecReader.Read(task, vec, vlen, out var error);
        if (error != Errno.None || parts.Total == 0)
            return error;
        if (!FileIo.IsRange(position, (ulong)parts.Total))
            return Errno.EINVAL;
        error = CheckFlags(file, flags, file.ReadsVectors);
        if (error != Errno.None)
            return error;
        var target = new IoTarget(task.Memory, parts.Segments);
        return FileIo.ReadAt(task, file, ref target, ref position, flags);
    }

    private static SysResult WriteThere(LinuxTask task, Fd fd, GuestPtr vec, GuestSize vlen, long position, RwFlags flags)
    {
        if (position < 0)
            return Errno.EINVAL;
        using var use = task.Files.Get(fd.Value);
        if (use.File is not { IsPathOnly: false } file)
            return Errno.EBADF;
        if ((file.Modes & OpenModes.Positional) == 0)
            return Errno.ESPIPE;
        if (!file.CanWrite)
            return Errno.EBADF;
        if (!file.HasWrite)
            return Errno.EINVAL;
        using var parts = IovecReader.Read(task, vec, vlen, out var error);
        if (error != Errno.None || parts.Total == 0)
            return error;
        if (!FileIo.IsRange(position, (ulong)parts.Total))
            return Errno.EINVAL;
        error = CheckFlags(file, flags, file.WritesVectors);
        if (error != Errno.None)
            return error;
        var source = new IoSource(task.Memory, parts.Segments);
        return FileIo.WriteAt(task, file, ref source, ref position, flags);
    }

    /// <summary>kiocb_set_rw_flags. No file system here has atomic writes or a page cache to pass by; only files that would wait know RWF_NOWAIT.</summary>
    private static Errno CheckFlags(OpenFile file, RwFlags flags, bool takesFlags)
    {
        if (flags == RwFlags.None)
            return Errno.None;
        if ((flags & ~RwFlags.Supported) != 0 || (!takesFlags && (flags & ~RwFlags.RWF_HIPRI) != 0))
            return Errno.EOPNOTSUPP;
        if ((flags & (RwFlags.RWF_APPEND | RwFlags.RWF_NOAPPEND)) == (RwFlags.RWF_APPEND | RwFlags.RWF_NOAPPEND))
            return Errno.EINVAL;
        if ((flags & (RwFlags.RWF_ATOMIC | RwFlags.RWF_DONTCACHE)) != 0)
            return Errno.EOPNOTSUPP;
        return (flags & RwFlags.RWF_NOWAIT) == 0 || file.KnowsNoWait ? Errno.None : Errno.EOPNOTSUPP;
    }
}
