using System.Text;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Proc;

/// <summary>A link that says something else to each who reads it: /proc/self.</summary>
internal sealed class ProcLink(ProcSuperBlock superBlock, Func<LinuxTask?, string?> target) : ProcInode(superBlock, Mode.S_IFLNK | Mode.Access)
{
    public override Errno ReadLink(LinuxTask? task, out byte[] text)
    {
        var found = target(task);
        text = found is null ? [] : Encoding.ASCII.GetBytes(found);
        return found is null ? Errno.ENOENT : Errno.None;
    }
}

/// <summary>A link that leads straight to a place, whatever its name is now or whether it has one: /proc/self/fd/0 (proc(5), "magic links").</summary>
internal sealed class ProcMagicLink(ProcSuperBlock superBlock, ThreadGroup process, Func<VfsPath?> place, Mode mode = Mode.Access)
    : ProcInode(superBlock, Mode.S_IFLNK | mode, process)
{
    public override Errno ReadLink(LinuxTask? task, out byte[] text)
    {
        text = [];
        var error = Find(task, out var found);
        if (error != Errno.None)
            return error;
        text = PathText.OfOpen(Kernel.Mounts, task?.Fs.Root ?? Kernel.Mounts.Root!.RootPath, found);
        return Errno.None;
    }

    public override bool TryFollowMagicLink(LinuxTask? task, out VfsPath target, out Errno error)
    {
        error = Find(task, out target);
        return true;
    }

    private Errno Find(LinuxTask? task, out VfsPath found)
    {
        found = default;
        if (!MayLookInto(Process!, task))
            return Errno.EACCES;
        if (place() is not { } there)
            return Errno.ENOENT;
        found = there;
        return Errno.None;
    }
}
