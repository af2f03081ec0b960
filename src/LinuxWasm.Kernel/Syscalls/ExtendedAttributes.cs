using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>setxattr(2), getxattr(2), listxattr(2), removexattr(2), each by path, by link and by descriptor.</summary>
public static class ExtendedAttributes
{
    [Syscall("setxattr")]
    public static SysResult Set(LinuxTask task, GuestPath path, GuestPath name, [In("size")] GuestPtr value, GuestSize size, XattrFlags flags) =>
        Set(task, Target.Path(path, LookupFlags.Follow), name, value, size, flags);

    [Syscall("lsetxattr", Man = "setxattr(2)")]
    public static SysResult SetOfLink(LinuxTask task, GuestPath path, GuestPath name, [In("size")] GuestPtr value, GuestSize size, XattrFlags flags) =>
        Set(task, Target.Path(path, LookupFlags.None), name, value, size, flags);

    [Syscall("fsetxattr", Man = "setxattr(2)")]
    public static SysResult SetOfOpen(LinuxTask task, Fd fd, GuestPath name, [In("size")] GuestPtr value, GuestSize size, XattrFlags flags) =>
        Set(task, Target.Open(fd), name, value, size, flags);

    [Syscall("getxattr")]
    public static SysResult Get(LinuxTask task, GuestPath path, GuestPath name, [Out("return")] GuestPtr value, GuestSize size) =>
        Get(task, Target.Path(path, LookupFlags.Follow), name, value, size);

    [Syscall("lgetxattr", Man = "getxattr(2)")]
    public static SysResult GetOfLink(LinuxTask task, GuestPath path, GuestPath name, [Out("return")] GuestPtr value, GuestSize size) =>
        Get(task, Target.Path(path, LookupFlags.None), name, value, size);

    [Syscall("fgetxattr", Man = "getxattr(2)")]
    public static SysResult GetOfOpen(LinuxTask task, Fd fd, GuestPath name, [Out("return")] GuestPtr value, GuestSize size) =>
        Get(task, Target.Open(fd), name, value, size);

    [Syscall("listxattr")]
    public static SysResult List(LinuxTask task, GuestPath path, [Out("return")] GuestPtr list, GuestSize size) =>
        List(task, Target.Path(path, LookupFlags.Follow), list, size);

    [Syscall("llistxattr", Man = "listxattr(2)")]
    public static SysResult ListOfLink(LinuxTask task, GuestPath path, [Out("return")] GuestPtr list, GuestSize size) =>
        List(task, Target.Path(path, LookupFlags.None), list, size);

    [Syscall("flistxattr", Man = "listxattr(2)")]
    public static SysResult ListOfOpen(LinuxTask task, Fd fd, [Out("return")] GuestPtr list, GuestSize size) =>
        List(task, Target.Open(fd), list, size);

    [Syscall("removexattr")]
    public static SysResult Remove(LinuxTask task, GuestPath path, GuestPath name) => Remove(task, Target.Path(path, LookupFlags.Follow), name);

    [Syscall("lremovexattr", Man = "removexattr(2)")]
    public static SysResult RemoveOfLink(LinuxTask task, GuestPath path, GuestPath name) => Remove(task, Target.Path(path, LookupFlags.None), name);

    [Syscall("fremovexattr", Man = "removexattr(2)")]
    public static SysResult RemoveOfOpen(LinuxTask task, Fd fd, GuestPath name) => Remove(task, Target.Open(fd), name);

    private static SysResult Set(LinuxTask task, Target target, GuestPath name, GuestPtr value, GuestSize size, XattrFlags flags)
    {
        if ((flags & ~(XattrFlags.XATTR_CREATE | XattrFlags.XATTR_REPLACE)) != 0)
            return Errno.EINVAL;
        var error = ReadName(task, name, out var key);
        if (error != Errno.None)
            return error;
        if (size.Value > Xattr.MaxValue)
            return Errno.E2BIG;
        if (!task.Memory.TryGetReadable(value, (uint)size.Value, out var bytes))
            return Errno.EFAULT;
        error = target.Find(task, out var place);
        if (error != Errno.None)
            return error;
        return Xattr.Set(new VfsCaller(task), place, key!, bytes, (flags & XattrFlags.XATTR_CREATE) != 0, (flags & XattrFlags.XATTR_REPLACE) != 0);
    }

    private static SysResult Get(LinuxTask task, Target target, GuestPath name, GuestPtr value, GuestSize size)
    {
        var error = ReadName(task, name, out var key);
        if (error != Errno.None)
            return error;
        error = target.Find(task, out var place);
        if (error != Errno.None)
            return error;
        error = Xattr.Get(new VfsCaller(task), place, key!, out var bytes);
        return error != Errno.None ? error : CopyOut(task, value, size, bytes);
    }

    private static SysResult List(LinuxTask task, Target target, GuestPtr list, GuestSize size)
    {
        var error = target.Find(task, out var place);
        return error != Errno.None ? error : CopyOut(task, list, size, Xattr.List(new VfsCaller(task), place));
    }

    private static SysResult Remove(LinuxTask task, Target target, GuestPath name)
    {
        var error = ReadName(task, name, out var key);
        if (error != Errno.None)
            return error;
        error = target.Find(task, out var place);
        return error != Errno.None ? error : Xattr.Remove(new VfsCaller(task), place, key!);
    }

    /// <summary>A size of 0 asks how much room is needed.</summary>
    private static SysResult CopyOut(LinuxTask task, GuestPtr target, GuestSize size, byte[] bytes)
    {
        if (size.Value == 0)
            return bytes.Length;
        if ((ulong)bytes.Length > size.Value)
            return Errno.ERANGE;
        return task.Memory.TryWrite(target, bytes) ? bytes.Length : Errno.EFAULT;
    }

    /// <summary>A name of 1 to 255 bytes; others are ERANGE.</summary>
    private static Errno ReadName(LinuxTask task, GuestPath pointer, out FsName? name)
    {
        Span<byte> buffer = stackalloc byte[FsName.MaxLength + 1];
        var error = task.Memory.ReadString(pointer.Pointer, buffer, out var length);
        name = error == Errno.None && length > 0 ? new FsName(buffer[..length]) : null;
        return error == Errno.ENAMETOOLONG || (error == Errno.None && length == 0) ? Errno.ERANGE : error;
    }

    /// <summary>What a call is about: a path or a descriptor.</summary>
    private readonly record struct Target(GuestPath Pathname, LookupFlags Lookup, Fd? Descriptor)
    {
        public static Target Path(GuestPath path, LookupFlags lookup) => new(path, lookup, null);

        public static Target Open(Fd fd) => new(default, default, fd);

        public Errno Find(LinuxTask task, out VfsPath place)
        {
            place = default;
            if (Descriptor is not { } fd)
                return task.Find(Fd.WorkingDirectory, Pathname, Lookup, out place);
            using var reference = task.Files.Get(fd.Value);
            if (reference.File is not { IsPathOnly: false } file)
                return Errno.EBADF;
            place = file.Path;
            return Errno.None;
        }
    }
}
