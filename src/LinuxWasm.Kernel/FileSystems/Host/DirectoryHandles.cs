namespace LinuxWasm.Kernel.FileSystems.Host;

/// <summary>
/// Bounds how many directories are held open on the host: the ones that were used lately are, in a ring that gives each a second chance. A directory whose
/// handle was closed is opened again from its parent when it is needed.
/// </summary>
internal sealed class DirectoryHandles
{
    /// <summary>Well below the 256 descriptors that a process of macOS gets by default.</summary>
    public const int MaxOpen = 128;

    private readonly Lock _lock = new();
    private readonly HostDirectory?[] _ring = new HostDirectory?[MaxOpen];
    private int _hand;

    /// <summary>Enters a directory that has just been opened; another may be closed for it. Call it under no directory's handle lock.</summary>
    public void Enter(HostDirectory directory)
    {
        HostDirectory? victim;
        lock (_lock)
        {
            while (_ring[_hand] is { } other && other.TakeHandleUsedMark())
                _hand = (_hand + 1) % MaxOpen;
            victim = _ring[_hand];
            _ring[_hand] = directory;
            _hand = (_hand + 1) % MaxOpen;
        }

        victim?.CloseHandle();
    }

    /// <summary>Closes them all; those in use by a call stay open until it ends.</summary>
    public void Clear()
    {
        HostDirectory?[] all;
        lock (_lock)
        {
            all = [.. _ring];
            Array.Clear(_ring);
        }

        foreach (var directory in all)
            directory?.CloseHandle();
    }
}
