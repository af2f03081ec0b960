using LinuxWasm.Abi;
using LinuxWasm.Kernel.FileSystems.Host.Platform;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Host;

/// <summary>A symbolic link: what it says is the guest's to follow, in the guest's tree.</summary>
internal sealed class HostSymlink(HostSuperBlock superBlock, in HostStat stat) : HostInode(superBlock, stat)
{
    public override Errno ReadLink(LinuxTask? task, out byte[] target)
    {
        target = [];
        var error = Locate(out var lease, out var name, out _);
        if (error != Errno.None)
            return error;
        using (lease)
            return Folders.ReadLink(lease.Handle, name.Span, out target);
    }

    public override Errno Open(in OpenRequest request, out OpenFile? file)
    {
        file = null;
        return Errno.ELOOP;
    }
}
