using LinuxWasm.Abi;
using LinuxWasm.Kernel.FileSystems.Internal;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Tasks;

/// <summary>A process or one of its threads as pid descriptors know it (pidfs): it keeps its meaning when the number is given to another.</summary>
internal sealed class PidInode : InternalInode
{
    public PidInode(ThreadGroup group, int tid)
        : base(group.Kernel.PidFs, Mode.S_IFREG | Mode.S_IRWXU)
    {
        HasFixedAttributes = true;
        Group = group;
        Tid = tid;
    }

    /// <summary>The process, or that of the thread.</summary>
    public ThreadGroup Group { get; }

    public int Tid { get; }

    /// <summary>True where it is a whole process's number, which its first thread shares.</summary>
    public bool IsLeader => Tid == Group.Pid;

    /// <summary>The thread while it lives.</summary>
    public LinuxTask? Thread => Group.Tasks.FirstOrDefault(task => task.Tid == Tid);

    /// <summary>True once nobody has the number any more: a thread has ended, a process was waited for.</summary>
    public bool IsReleased => Thread is null && !(IsLeader && ReferenceEquals(Group.Kernel.Pids.FindGroup(Tid), Group));

    /// <summary>A regular file to the kernel, of no type to who asks (pidfs_getattr).</summary>
    public override void GetAttributes(out InodeAttributes attributes)
    {
        base.GetAttributes(out attributes);
        attributes.Mode &= ~Mode.S_IFMT;
    }

    /// <summary>By way of /proc/self/fd it is opened once more.</summary>
    public override Errno Open(in OpenRequest request, out OpenFile? file)
    {
        file = new PidFile(request, this);
        return Errno.None;
    }

    /// <summary>A new descriptor's file.</summary>
    public PidFile Open(PidFdFlags flags) =>
        new(new OpenRequest(Group.Kernel.PidFs.PlaceFor(this, "anon_inode:[pidfd]"), OpenFlags.O_RDWR | (OpenFlags)flags, Task: null), this);
}
