using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Ipc;

/// <summary>
/// Opens FIFOs (fifo(7); Linux's fifo_open), and pipes by way of /proc/self/fd. All who have one inode open share one pipe, which ends with the last of them.
/// </summary>
internal sealed class Fifo : Device
{
    public override Errno Open(in OpenRequest request, out OpenFile? file)
    {
        file = null;
        var modes = (request.Flags & OpenFlags.O_ACCMODE) switch
        {
            OpenFlags.O_RDONLY => OpenModes.Read,
            OpenFlags.O_WRONLY => OpenModes.Write,
            OpenFlags.O_RDWR => OpenModes.Read | OpenModes.Write,
            _ => OpenModes.None,
        };
        if (modes == OpenModes.None)
            return Errno.EINVAL;

        var inode = request.Path.Inode;
        var waits = (request.Flags & OpenFlags.O_NONBLOCK) == 0;
        Pipe pipe;
        uint writersAtOpen = 0;
        uint partners;
        var needsPartner = false;
        lock (inode.Lock)
        {
            pipe = inode.Attachment as Pipe ?? new Pipe(inode.Kernel);
            lock (pipe.Lock)
            {
                // pipe(2)'s own inodes never wait for a partner.
                var isNamed = inode is not FileSystems.Internal.InternalInode;
                if (modes == OpenModes.Write && isNamed && !waits && pipe.Readers == 0)
                    return Errno.ENXIO;
                inode.Attachment = pipe;
                pipe.Join(modes);
                partners = modes == OpenModes.Read ? pipe.WriterCount : pipe.ReaderCount;
                if (modes == OpenModes.Read && isNamed && pipe.Writers == 0)
                {
                    needsPartner = waits;
                    writersAtOpen = waits ? 0 : pipe.WriterCount;
                }
                else if (modes == OpenModes.Write && isNamed)
                {
                    needsPartner = pipe.Readers == 0;
                }
            }
        }

        pipe.AnyQueue.WakeAll();
        if (needsPartner && !WaitForPartner(request.Task, pipe, modes, partners))
        {
            pipe.Leave(modes);
            Forget(inode, pipe);
            return Restart.ERESTARTSYS;
        }

        file = new PipeFile(request, pipe, writersAtOpen);
        return Errno.None;
    }

    /// <summary>The inode lets go of a pipe that nobody has open any more.</summary>
    public static void Forget(Inode inode, Pipe pipe)
    {
        lock (inode.Lock)
        {
            if (ReferenceEquals(inode.Attachment, pipe) && pipe.Readers == 0 && pipe.Writers == 0)
                inode.Attachment = null;
        }
    }

    private static bool WaitForPartner(LinuxTask? task, Pipe pipe, OpenModes modes, uint before)
    {
        // The kernel itself never waits in an open.
        if (task is null)
            return false;
        using var wait = task.BeginWait(pipe.AnyQueue);
        while (true)
        {
            lock (pipe.Lock)
            {
                if ((modes == OpenModes.Read ? pipe.WriterCount : pipe.ReaderCount) != before)
                    return true;
            }

            if (wait.Sleep() == WaitOutcome.Interrupted)
                return false;
        }
    }
}
