using System.Collections.Concurrent;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.FileSystems.Dev;
using LinuxWasm.Kernel.Ipc;
using LinuxWasm.Kernel.Tty;

namespace LinuxWasm.Kernel.Vfs;

/// <summary>What stands behind a device node, or behind a FIFO.</summary>
public abstract class Device
{
    /// <summary>Opens it through a node. May wait in the name of the request's task.</summary>
    public abstract Errno Open(in OpenRequest request, out OpenFile? file);
}

/// <summary>The devices of a kernel by number. A node without a device gives ENXIO (ENODEV has other uses).</summary>
public sealed class DeviceTable
{
    private readonly ConcurrentDictionary<DeviceNumber, Device> _character = new();
    private readonly ConcurrentDictionary<DeviceNumber, Device> _block = new();

    public DeviceTable()
    {
        MemoryDevice.AddTo(this);
        AddCharacter(new DeviceNumber(5, 0), new OwnTerminalDevice());
        AddCharacter(new DeviceNumber(5, 2), new MultiplexerDevice());
    }

    /// <summary>Opens FIFOs. The pipe itself belongs to the inode.</summary>
    public Device Fifo { get; } = new Fifo();

    public void AddCharacter(DeviceNumber number, Device device) => _character[number] = device;

    public void AddBlock(DeviceNumber number, Device device) => _block[number] = device;

    /// <summary>What to open a special file with, or null.</summary>
    public Device? Find(Inode inode) => inode.Mode.Type() switch
    {
        Mode.S_IFCHR => _character.GetValueOrDefault(inode.Rdev),
        Mode.S_IFBLK => _block.GetValueOrDefault(inode.Rdev),
        Mode.S_IFIFO => Fifo,
        _ => null,
    };
}
