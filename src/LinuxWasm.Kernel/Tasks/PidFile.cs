using LinuxWasm.Abi;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Tasks;

/// <summary>A pid descriptor (pidfd_open(2)): readable once what it stands for has ended. There is nothing to read.</summary>
internal sealed class PidFile(in OpenRequest request, PidInode inode) : OpenFile(request, OpenModes.Positional)
{
    public PidInode Target => inode;

    /// <summary>True where it stands for one thread (PIDFD_THREAD).</summary>
    public bool IsOfThread => ((PidFdFlags)Flags & PidFdFlags.PIDFD_THREAD) != 0;

    public override bool HasRead => false;

    public override bool HasWrite => false;

    public override WaitQueue Readiness => IsOfThread ? inode.Group.ThreadLeft : inode.Group.Ended;

    public override PollEvents Poll()
    {
        const PollEvents Ended = PollEvents.POLLIN | PollEvents.POLLRDNORM;
        if (inode.IsReleased)
            return Ended | PollEvents.POLLHUP;
        return inode.Group.HasEnded || (IsOfThread && inode.Thread is null) ? Ended : PollEvents.None;
    }
}
