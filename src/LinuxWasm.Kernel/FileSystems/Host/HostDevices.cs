using LinuxWasm.Abi;
using LinuxWasm.Kernel.FileSystems.Host.Platform;

namespace LinuxWasm.Kernel.FileSystems.Host;

/// <summary>
/// The host's devices below the folder: other file systems may be mounted in it. Each gets a device number of the guest's, as stat(2) shows a
/// subvolume, so that device and number together tell two files apart.
/// </summary>
internal sealed class HostDevices(HostSuperBlock superBlock, ulong rootDevice)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, Shown> _others = [];

    /// <summary>What guests see as st_dev.</summary>
    public DeviceNumber Number(ulong device) => device == rootDevice ? superBlock.Device : Find(device).Number;

    /// <summary>What guests see as st_ino. The root's are the host's; others are moved apart, since much that asks looks at nothing else.</summary>
    public ulong MapIno(HostFileId id) => MapIno(id.Device, id.Ino);

    public ulong MapIno(ulong device, ulong ino)
    {
        const int IndexShift = 48;
        return device == rootDevice ? ino : ino ^ ((ulong)Find(device).Index << IndexShift);
    }

    private Shown Find(ulong device)
    {
        lock (_lock)
        {
            if (!_others.TryGetValue(device, out var shown))
            {
                shown = new Shown(_others.Count + 1, superBlock.Kernel.Mounts.NextAnonymousDevice());
                _others.Add(device, shown);
            }

            return shown;
        }
    }

    private readonly record struct Shown(int Index, DeviceNumber Number);
}
