using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>setxattr(2), getxattr(2), listxattr(2), removexattr(2), each by path, by link, by descriptor and by directory.</summary>
public static class ExtendedAttributes
{
    [Syscall("setxattr", Unsupported = "system.posix_acl_access of more than a mode; system.posix_acl_default")]
    public static SysResult Set(LinuxTask task, GuestPath path, GuestPath name, [In("size")] GuestPtr value, GuestSize size, XattrFlags flags) =>
        Set(task, Target.Path(path, AtFlags.None), name, value, size, flags);

    [Syscall("lsetxattr", Man = "setxattr(2)")]
    public static SysResult SetOfLink(LinuxTask task, GuestPath path, GuestPath name, [In("size")] GuestPtr value, GuestSize size, XattrFlags flags) =>
        Set(task, Target.Path(path, AtFlags.AT_SYMLINK_NOFOLLOW), name, value, size, flags);

    [Syscall("fsetxattr", Man = "setxattr(2)")]
    public static SysResult SetOfOpen(LinuxTask task, Fd fd, GuestPath name, [In("size")] GuestPtr value, GuestSize size, XattrFlags flags) =>
        Set(task, Target.Open(fd), name, value, size, flags);

    [Syscall("getxattr")]
    public static SysResult Get(LinuxTask task, GuestPath path, GuestPath name, [Out("return")] GuestPtr value, GuestSize size) =>
        Get(task, Target.Path(path, AtFlags.None), name, value, size);

    [Syscall("lgetxattr", Man = "getxattr(2)")]
    public static SysResult GetOfLink(LinuxTask task, GuestPath path, GuestPath name, [Out("return")] GuestPtr value, GuestSize size) =>
        Get(task, Target.Path(path, AtFlags.AT_SYMLINK_NOFOLLOW), name, value, size);

    [Syscall("fgetxattr", Man = "getxattr(2)")]
    public static SysResult GetOfOpen(LinuxTask task, Fd fd, GuestPath name, [Out("return")] GuestPtr value, GuestSize size) =>
        Get(task, Target.Open(fd), name, value, size);

    [Syscall("listxattr")]
    public static SysResult List(LinuxTask task, GuestPath path, [Out("return")] GuestPtr list, GuestSize size) =>
        List(task, Target.Path(path, AtFlags.None), list, size);

    [Syscall("llistxattr", Man = "listxattr(2)")]
    public static SysResult ListOfLink(LinuxTask task, GuestPath path, [Out("return")] GuestPtr list, GuestSize size) =>
        List(task, Target.Path(path, AtFlags.AT_SYMLINK_NOFOLLOW), list, size);

    [Syscall("flistxattr", Man = "listxattr(2)")]
    public static SysResult ListOfOpen(LinuxTask task, Fd fd, [Out("return")] GuestPtr list, GuestSize size) =>
        List(task, Target.Open(fd), list, size);

    [Syscall("removexattr")]
    public static SysResult Remove(LinuxTask task, GuestPath path, GuestPath name) => Remove(task, Target.Path(path, AtFlags.None), name);

    [Syscall("lremovexattr", Man = "removexattr(2)")]
    public static SysResult RemoveOfLink(LinuxTask task, GuestPath path, GuestPath name) => Remove(task, Target.Path(path, AtFlags.AT_SYMLINK_NOFOLLOW), name);

    [Syscall("fremovexattr", Man = "removexattr(2)")]
    public static SysResult RemoveOfOpen(LinuxTask task, Fd fd, GuestPath name) => Remove(task, Target.Open(fd), name);

    [Syscall("setxattrat", Man = "setxattr(2)")]
    public static SysResult SetAt(LinuxTask task, Fd dirfd, GuestPath pathname, AtFlags at_flags, GuestPath name, [In] GuestPtr<XattrArgs> args, GuestSize size)
    {
        var error = ReadArgs(task, args, size, out var asked);
        if (error == Errno.None)
            error = CheckFlags(at_flags);
        return error != Errno.None
            ? error
            : Set(task, Target.At(dirfd, pathname, at_flags), name, GuestPtr.FromRegister(asked.value), new GuestSize(asked.size), asked.flags);
    }

    [Syscall("getxattrat", Man = "getxattr(2)")]
    public static SysResult GetAt(LinuxTask task, Fd dirfd, GuestPath pathname, AtFlags at_flags, GuestPath name, [In] GuestPtr<XattrArgs> args, GuestSize size)
    {
        var error = ReadArgs(task, args, size, out var asked);
        if (error == Errno.None)
            error = CheckFlags(at_flags);
        if (error != Errno.None)
            return error;
        return asked.flags != 0 ? Errno.EINVAL : Get(task, Target.At(dirfd, pathname, at_flags), name, GuestPtr.FromRegister(asked.value), new GuestSize(asked.size));
    }

    [Syscall("listxattrat", Man = "listxattr(2)")]
    public static SysResult ListAt(LinuxTask task, Fd dirfd, GuestPath pathname, AtFlags at_flags, [Out("return")] GuestPtr list, GuestSize size) =>
        CheckFlags(at_flags) is var error and not Errno.None ? error : List(task, Target.At(dirfd, pathname, at_flags), list, size);

    [Syscall("removexattrat", Man = "removexattr(2)")]
    public static SysResult RemoveAt(LinuxTask task, Fd dirfd, GuestPath pathname, AtFlags at_flags, GuestPath name) =>
        CheckFlags(at_flags) is var error and not Errno.None ? error : Remove(task, Target.At(dirfd, pathname, at_flags), name);

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

    private static Errno CheckFlags(AtFlags flags) =>
        (flags & ~(AtFlags.AT_SYMLINK_NOFOLLOW | AtFlags.AT_EMPTY_PATH)) != 0 ? Errno.EINVAL : Errno.None;

    /// <summary>copy_struct_from_user: a newer program's longer structure is all right as long as it does not use what is new.</summary>
    private static Errno ReadArgs(LinuxTask task, GuestPtr pointer, GuestSize size, out XattrArgs args)
    {
        const uint KnownSize = 16;
        args = default;
        if (size.Value < KnownSize)
            return Errno.EINVAL;
        if (size.Value > GuestMemory.PageSize)
            return Errno.E2BIG;
        if (!task.Memory.TryGetReadable(pointer + KnownSize, (uint)size.Value - KnownSize, out var rest))
            return Errno.EFAULT;
        if (rest.ContainsAnyExcept((byte)0))
            return Errno.E2BIG;
        return task.Memory.TryRead(pointer, out args) ? Errno.None : Errno.EFAULT;
    }

    /// <summary>What a call is about: a path, or a descriptor alone.</summary>
    private readonly record struct Target(Fd Directory, GuestPath? Pathname, AtFlags Flags)
    {
        public static Target Path(GuestPath path, AtFlags flags) => new(Fd.WorkingDirectory, path, flags);

        public static Target Open(Fd fd) => new(fd, null, AtFlags.None);

        public static Target At(Fd directory, GuestPath path, AtFlags flags) => new(directory, path, flags);

        public Errno Find(LinuxTask task, out VfsPath place)
        {
            place = default;
            if (Pathname is { } path)
            {
                var lookup = (Flags & AtFlags.AT_SYMLINK_NOFOLLOW) == 0 ? LookupFlags.Follow : LookupFlags.None;
                return task.Find(Directory, path, (Flags & AtFlags.AT_EMPTY_PATH) != 0 ? lookup | LookupFlags.Empty : lookup, out place);
            }

            using var reference = task.Files.Get(Directory.Value);
            if (reference.File is not { IsPathOnly: false } file)
                return Errno.EBADF;
            place = file.Path;
            return Errno.None;
        }
    }
}
