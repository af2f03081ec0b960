using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Proc;

/// <summary>Whatever is in proc. What belongs to a process is its effective user's, and is looked up anew each time: processes come and go.</summary>
internal abstract class ProcInode : Inode
{
    protected ProcInode(ProcSuperBlock superBlock, Mode mode, ThreadGroup? process = null)
        : base(superBlock, superBlock.NewIno(), mode)
    {
        Process = process;
        if (process is { HasEnded: false } && process.Tasks is [var leader, ..] && leader.AddressSpace.Dumpable)
        {
            Uid = leader.Credentials.Euid;
            Gid = leader.Credentials.Egid;
        }

        Atime = Mtime = Ctime = Btime = Now;
    }

    public new ProcSuperBlock SuperBlock => (ProcSuperBlock)base.SuperBlock;

    /// <summary>Whose it is; null for what belongs to no process.</summary>
    internal ThreadGroup? Process { get; }

    public override bool IsVolatile => Process is not null;

    public override bool KeepsAtime => false;

    public override void GetAttributes(out InodeAttributes attributes)
    {
        base.GetAttributes(out attributes);
        attributes.BlockSize = 1024;
    }

    public override Errno Open(in OpenRequest request, out OpenFile? file)
    {
        file = null;
        return Errno.ELOOP;
    }

    /// <summary>proc(5): what goes deep into a process is for its own user, and for CAP_SYS_PTRACE (PTRACE_MODE_READ). The host may look at all.</summary>
    protected static bool MayLookInto(ThreadGroup process, LinuxTask? task) => task is null || PtraceAccess.WithFileIds(task, process);
}
