using LinuxWasm.Abi;
using LinuxWasm.Kernel.FileSystems.Host.Platform;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Host;

/// <summary>
/// A device, FIFO or socket of the host, of which guests have the name only. <see cref="Inode.Rdev"/> stays 0:0, behind which there is no
/// device: opening one is ENXIO, and stat(2) shows the host's number.
/// </summary>
internal sealed class HostSpecial(HostSuperBlock superBlock, in HostStat stat) : HostInode(superBlock, stat)
{
    public override Errno Open(in OpenRequest request, out OpenFile? file)
    {
        file = null;
        return Errno.ENXIO;
    }
}
