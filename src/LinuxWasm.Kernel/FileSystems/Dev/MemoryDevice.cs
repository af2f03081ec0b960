using LinuxWasm.Abi;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Dev;

/// <summary>The character devices of major 1 (mem(4), null(4), full(4), random(4)).</summary>
internal sealed class MemoryDevice(Func<OpenRequest, OpenFile> open) : Device
{
    public static void AddTo(DeviceTable devices)
    {
        devices.AddCharacter(new DeviceNumber(1, 3), new MemoryDevice(request => new NullFile(request)));
        devices.AddCharacter(new DeviceNumber(1, 5), new MemoryDevice(request => new ZeroFile(request, isFull: false)));
        devices.AddCharacter(new DeviceNumber(1, 7), new MemoryDevice(request => new ZeroFile(request, isFull: true)));
        // Since Linux 5.6 random(4) and urandom(4) differ at boot only.
        devices.AddCharacter(new DeviceNumber(1, 8), new MemoryDevice(request => new RandomFile(request)));
        devices.AddCharacter(new DeviceNumber(1, 9), new MemoryDevice(request => new RandomFile(request)));
    }

    public override Errno Open(in OpenRequest request, out OpenFile? file)
    {
        file = open(request);
        return Errno.None;
    }
}
