using System.Globalization;
using System.Text;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>execve(2), execveat(2).</summary>
public static class Executing
{
    /// <summary>Interpreters of interpreters (exec_binprm).</summary>
    private const int DeepestScripts = 5;

    /// <summary>Larger files are no programs: they would have to be in memory as a whole.</summary>
    private const long LargestProgram = 1 << 30;

    [Syscall("execve")]
    public static SysResult Execute(LinuxTask task, GuestPath pathname, GuestPtr argv, GuestPtr envp) =>
        Execute(task, Fd.WorkingDirectory, pathname, argv, envp, ExecFlags.None);

    [Syscall("execveat")]
    public static SysResult ExecuteAt(LinuxTask task, Fd dirfd, GuestPath pathname, GuestPtr argv, GuestPtr envp, ExecFlags flags) =>
        (flags & ~ExecFlags.All) != 0 ? Errno.EINVAL : Execute(task, dirfd, pathname, argv, envp, flags);

    private static SysResult Execute(LinuxTask task, Fd directory, GuestPath pathname, GuestPtr argv, GuestPtr envp, ExecFlags flags)
    {
        if (task.Execution is not IGuestExecuting guest)
            return Errno.ENOSYS;
        var lookup = LookupFlags.None;
        if ((flags & ExecFlags.AT_SYMLINK_NOFOLLOW) == 0)
            lookup |= LookupFlags.Follow;
        if ((flags & ExecFlags.AT_EMPTY_PATH) != 0)
            lookup |= LookupFlags.Empty;
        var error = task.ReadPath(pathname, out var path, (flags & ExecFlags.AT_EMPTY_PATH) != 0);
        if (error != Errno.None)
            return error;
        var name = path.ToArray();
        error = task.StartOf(directory, name, out var start);
        if (error == Errno.None)
            error = FindProgram(task, start, name, lookup, out start);
        if (error != Errno.None)
            return error;
        var arguments = new ExecArguments();
        var shownName = ShownName(directory, name);
        error = arguments.Read(task, argv, envp, shownName);
        if (error != Errno.None)
            return error;
        // Only asks whether it could be (execveat(2)).
        if ((flags & ExecFlags.AT_EXECVE_CHECK) != 0)
            return 0;
        error = LoadProgram(task, guest, start, shownName, arguments, out var file, out var program);
        if (error == Errno.None)
            error = task.Group.LeaveAlone(task);
        if (error != Errno.None)
            return error;
        task.BecomeProgram(guest, program!, file, name.Length > 0 ? name : start.Dentry.Name.Span, arguments);
        return 0;
    }

    /// <summary>do_open_execat: a regular file that may be executed.</summary>
    private static Errno FindProgram(LinuxTask task, VfsPath start, ReadOnlySpan<byte> path, LookupFlags lookup, out VfsPath place)
    {
        var error = FileTree.Find(new VfsCaller(task), start, path, lookup, out place);
        if (error != Errno.None)
            return error;
        var inode = place.Inode;
        if (inode.Mode.Type() == Mode.S_IFLNK)
            return Errno.ELOOP;
        if (!inode.IsRegular || (place.Mount.Flags & MountFlags.NoExec) != 0)
            return Errno.EACCES;
        error = FileTree.CheckAccess(inode, task.Credentials, Access.Execute);
        return error == Errno.None && inode.HasWriters ? Errno.ETXTBSY : error;
    }

    /// <summary>Reads the file, or the interpreter that it names, or that one's.</summary>
    private static Errno LoadProgram(LinuxTask task, IGuestExecuting guest, VfsPath place, byte[] path, ExecArguments arguments, out VfsPath file, out IGuestProgram? program)
    {
        program = null;
        file = place;
        for (var depth = 0; ; depth++)
        {
            var error = ReadFile(task, file, out var content);
            if (error != Errno.None)
                return error;
            if (!ScriptHeader.IsScript(content))
            {
                program = guest.Load(Encoding.UTF8.GetString(path), content);
                return program is null ? Errno.ENOEXEC : Errno.None;
            }

            if (depth >= DeepestScripts)
                return Errno.ELOOP;
            if (ScriptHeader.Parse(content) is not { } header)
                return Errno.ENOEXEC;
            error = arguments.Insert(header, path);
            if (error == Errno.None)
                error = FindProgram(task, task.Fs.WorkingDirectory, header.Interpreter, LookupFlags.Follow, out file);
            if (error != Errno.None)
                return error;
            path = header.Interpreter;
        }
    }

    /// <summary>All of a file. Who may execute it need not be allowed to read it.</summary>
    private static Errno ReadFile(LinuxTask task, VfsPath place, out byte[] content)
    {
        content = [];
        if (!place.Inode.TryDenyWriters())
            return Errno.ETXTBSY;
        try
        {
            var error = FileTree.OpenPlace(new VfsCaller(task), place, OpenFlags.O_RDONLY | OpenFlags.O_LARGEFILE, out var file);
            if (error != Errno.None)
                return error;
            try
            {
                if (place.Inode.Size > LargestProgram)
                    return Errno.ENOMEM;
                content = new byte[place.Inode.Size];
                long position = 0;
                while (position < content.Length)
                {
                    var read = file!.Read(content.AsSpan((int)position), ref position);
                    if (read.IsError)
                        return read.Errno;
                    if (read.Value == 0)
                        break;
                }

                content = content[..(int)position];
                return Errno.None;
            }
            finally
            {
                file!.Release();
            }
        }
        finally
        {
            place.Inode.AllowWriters();
        }
    }

    /// <summary>What a script's interpreter is told: of a file that was found from a descriptor, a name below /dev/fd.</summary>
    private static byte[] ShownName(Fd directory, byte[] path)
    {
        if (directory.IsWorkingDirectory || path is [(byte)'/', ..])
            return path;
        var folder = string.Create(CultureInfo.InvariantCulture, $"/dev/fd/{directory.Value}");
        return path.Length == 0 ? Encoding.ASCII.GetBytes(folder) : [.. Encoding.ASCII.GetBytes(folder), (byte)'/', .. path];
    }
}

/// <summary>execveat(2)'s flags.</summary>
[Flags]
public enum ExecFlags : uint
{
    None = 0,
    AT_SYMLINK_NOFOLLOW = 0x100,
    AT_EMPTY_PATH = 0x1000,
    AT_EXECVE_CHECK = 0x10000,
    All = AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH | AT_EXECVE_CHECK,
}
