using LinuxWasm.Abi;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Events;

/// <summary>An inode that an inotify instance watches.</summary>
internal sealed class InotifyWatch(InotifyFile file, Inode inode, int descriptor, InotifyMask mask)
{
    private uint _mask = (uint)mask;

    public InotifyFile File => file;

    public Inode Inode => inode;

    public int Descriptor => descriptor;

    public InotifyMask Mask
    {
        get => (InotifyMask)Volatile.Read(ref _mask);
        set => Volatile.Write(ref _mask, (uint)value);
    }
}
