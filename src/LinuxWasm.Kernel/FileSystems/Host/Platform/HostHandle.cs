using System.Runtime.InteropServices;

namespace LinuxWasm.Kernel.FileSystems.Host.Platform;

/// <summary>
/// An open file or directory of the host. Those who use one that others may close hold a reference meanwhile
/// (<see cref="SafeHandle.DangerousAddRef"/>), see <see cref="HandleLease"/>.
/// </summary>
internal abstract class HostHandle() : SafeHandle(-1, ownsHandle: true)
{
    public override bool IsInvalid => handle == -1;
}

/// <summary>A handle that stays open until this is disposed of, even if it is dropped from the cache meanwhile.</summary>
internal readonly ref struct HandleLease : IDisposable
{
    private readonly HostHandle? _handle;

    /// <summary>Caller makes sure that the handle is not closed yet: it holds the lock under which that happens.</summary>
    public HandleLease(HostHandle handle)
    {
        var counted = false;
        handle.DangerousAddRef(ref counted);
        _handle = handle;
    }

    public HostHandle Handle => _handle!;

    public void Dispose() => _handle?.DangerousRelease();
}
