using System.Runtime.CompilerServices;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>open(2), openat(2), creat(2), openat2(2).</summary>
public static class Opening
{
    private const string Man = "open(2)";

    [Syscall("open")]
    public static SysResult Open(LinuxTask task, GuestPath pathname, [Show("open_flags")] OpenFlags flags, [Show("octal")] Mode mode) =>
        OpenAt(task, Fd.WorkingDirectory, pathname, flags, mode);

    [Syscall("creat", Man = Man)]
    public static SysResult Creat(LinuxTask task, GuestPath pathname, [Show("octal")] Mode mode) =>
        // creat has no 32-bit form of its own: it opens large files for i386 too.
        OpenAt(task, Fd.WorkingDirectory, pathname, OpenFlags.O_CREAT | OpenFlags.O_WRONLY | OpenFlags.O_TRUNC | OpenFlags.O_LARGEFILE, mode);

    [Syscall("openat", Man = Man)]
    public static SysResult OpenAt(LinuxTask task, Fd dirfd, GuestPath pathname, [Show("open_flags")] OpenFlags flags, [Show("octal")] Mode mode)
    {
        var error = OpenHow.FromOpen(Widen(task, flags), mode, out var how);
        return error == Errno.None ? Open(task, dirfd, pathname, how) : error;
    }

    [Syscall("openat2")]
    public static SysResult OpenAt2(LinuxTask task, Fd dirfd, GuestPath pathname, [In("usize")] GuestPtr<OpenHowStruct> how, GuestSize usize)
    {
        var error = ReadHow(task, how, usize.Value, out var raw);
        if (error != Errno.None)
            return error;
        if ((raw.resolve & ~ResolveFlags.All) != 0)
            return Errno.EINVAL;
        if ((raw.flags & (ulong)OpenFlags.O_PATH) == 0)
            // openat2 has no form of its own for 32-bit programs, so what it opens may grow large for them too.
            raw.flags |= (ulong)OpenFlags.O_LARGEFILE;
        error = OpenHow.FromOpenat2(raw.flags, raw.mode, LookupOf(raw.resolve), out var asked);
        return error == Errno.None ? Open(task, dirfd, pathname, asked) : error;
    }

    private static SysResult Open(LinuxTask task, Fd dirfd, GuestPath pathname, in OpenHow how)
    {
        var error = task.ReadPath(pathname, out var path);
        if (error != Errno.None)
            return error;
        // The number is taken first: with none left, not even a file is made (EMFILE).
        error = task.Files.Reserve(task.Group.Limits[Resource.RLIMIT_NOFILE], (how.Flags & OpenFlags.O_CLOEXEC) != 0, out var fd);
        if (error != Errno.None)
            return error;
        OpenFile? file = null;
        // With RESOLVE_IN_ROOT, even an absolute path starts at the descriptor.
        error = task.StartOf(dirfd, (how.Lookup & LookupFlags.InRoot) != 0 ? "."u8 : path, out var start);
        if (error == Errno.None)
            error = FileTree.Open(new VfsCaller(task), start, path, how, out file);
        if (error != Errno.None)
        {
            task.Files.Unreserve(fd);
            return error;
        }

        task.Files.Install(fd, file!);
        return fd;
    }

    /// <summary>64-bit programs need not say that they can handle large files.</summary>
    private static OpenFlags Widen(LinuxTask task, OpenFlags flags) => task.Abi.Is32Bit ? flags : flags | OpenFlags.O_LARGEFILE;

    /// <summary>copy_struct_from_user: a longer structure than is known here may only have zeroes in what is not known.</summary>
    private static Errno ReadHow(LinuxTask task, GuestPtr pointer, ulong size, out OpenHowStruct how)
    {
        how = default;
        var known = (uint)Unsafe.SizeOf<OpenHowStruct>();
        if (size < known)
            return Errno.EINVAL;
        if (size > GuestMemory.PageSize)
            return Errno.E2BIG;
        if (!task.Memory.TryGetReadable(pointer + known, (uint)size - known, out var rest))
            return Errno.EFAULT;
        if (rest.ContainsAnyExcept((byte)0))
            return Errno.E2BIG;
        return task.Memory.TryRead(pointer, out how) ? Errno.None : Errno.EFAULT;
    }

    private static LookupFlags LookupOf(ResolveFlags resolve)
    {
        var lookup = LookupFlags.None;
        if ((resolve & ResolveFlags.RESOLVE_NO_XDEV) != 0)
            lookup |= LookupFlags.NoXdev;
        if ((resolve & ResolveFlags.RESOLVE_NO_MAGICLINKS) != 0)
            lookup |= LookupFlags.NoMagicLinks;
        if ((resolve & ResolveFlags.RESOLVE_NO_SYMLINKS) != 0)
            lookup |= LookupFlags.NoSymlinks;
        if ((resolve & ResolveFlags.RESOLVE_BENEATH) != 0)
            lookup |= LookupFlags.Beneath;
        if ((resolve & ResolveFlags.RESOLVE_IN_ROOT) != 0)
            lookup |= LookupFlags.InRoot;
        if ((resolve & ResolveFlags.RESOLVE_CACHED) != 0)
            lookup |= LookupFlags.Cached;
        return lookup;
    }
}
