using LinuxWasm.Abi;
using LinuxWasm.Kernel.Ipc;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>pipe(2), pipe2(2).</summary>
public static class Pipes
{
    /// <summary>O_NOTIFICATION_PIPE, which is O_EXCL: ENOPKG from a kernel built without watch queues.</summary>
    private const OpenFlags NotificationPipe = OpenFlags.O_EXCL;

    [Syscall("pipe")]
    public static SysResult Pipe(LinuxTask task, [Out("2")] GuestPtr<int> pipefd) => Pipe2(task, pipefd, OpenFlags.O_RDONLY);

    [Syscall("pipe2", Man = "pipe(2)", Unsupported = "O_NOTIFICATION_PIPE")]
    public static SysResult Pipe2(LinuxTask task, [Out("2")] GuestPtr<int> pipefd, [Show("open_flags")] OpenFlags flags)
    {
        if ((flags & ~(OpenFlags.O_CLOEXEC | OpenFlags.O_NONBLOCK | OpenFlags.O_DIRECT | NotificationPipe)) != 0)
            return Errno.EINVAL;
        if ((flags & NotificationPipe) != 0)
            return Errno.ENOPKG;

        var limit = task.Group.Limits[Resource.RLIMIT_NOFILE];
        var closeOnExec = (flags & OpenFlags.O_CLOEXEC) != 0;
        var error = task.Files.Reserve(limit, closeOnExec, out var reader);
        if (error != Errno.None)
            return error;
        error = task.Files.Reserve(limit, closeOnExec, out var writer);
        if (error != Errno.None)
        {
            task.Files.Unreserve(reader);
            return error;
        }

        // Both numbers are only reserved yet: if they can't be told to the guest, nobody has seen the files.
        if (!task.Memory.TryWrite<long>(pipefd, (uint)reader | (long)writer << 32))
        {
            task.Files.Unreserve(reader);
            task.Files.Unreserve(writer);
            return Errno.EFAULT;
        }

        var (readEnd, writeEnd) = Create(task, flags);
        task.Files.Install(reader, readEnd);
        task.Files.Install(writer, writeEnd);
        return 0;
    }

    private static (OpenFile ReadEnd, OpenFile WriteEnd) Create(LinuxTask task, OpenFlags flags)
    {
        var credentials = task.Credentials;
        var inode = task.Kernel.PipeFs.NewInode(Mode.S_IFIFO | Mode.S_IRUSR | Mode.S_IWUSR, credentials.Fsuid, credentials.Fsgid);
        var place = task.Kernel.PipeFs.PlaceFor(inode, $"pipe:[{inode.Ino}]");
        var pipe = new Ipc.Pipe(task.Kernel);
        inode.Attachment = pipe;
        pipe.Join(OpenModes.Read);
        pipe.Join(OpenModes.Write);
        return (new PipeFile(new OpenRequest(place, flags & OpenFlags.O_NONBLOCK, task), pipe),
            new PipeFile(new OpenRequest(place, OpenFlags.O_WRONLY | (flags & (OpenFlags.O_NONBLOCK | OpenFlags.O_DIRECT)), task), pipe));
    }
}
