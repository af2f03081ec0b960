using LinuxWasm.Kernel.FileSystems.Host.Platform;

namespace LinuxWasm.Kernel.FileSystems.Host;

/// <summary>
/// The handles that files were made with. open(2) with O_CREAT makes a file and opens it, whatever mode it gave it; the host would refuse its user to open
/// a file of mode 0400 for writing a second time. What mknod(2) made is never opened, so that only a few are kept.
/// </summary>
internal sealed class NewbornFiles
{
    private const int MaxKept = 8;

    private readonly Lock _lock = new();
    private readonly Queue<(HostRegular File, HostHandle Handle)> _kept = new(MaxKept);

    /// <summary>Takes the handle over.</summary>
    public void Keep(HostRegular file, HostHandle handle)
    {
        HostHandle? oldest = null;
        lock (_lock)
        {
            if (_kept.Count == MaxKept)
                oldest = _kept.Dequeue().Handle;
            _kept.Enqueue((file, handle));
        }

        oldest?.Dispose();
    }

    /// <summary>The handle that a file was made with becomes the caller's; null where there is none any more.</summary>
    public HostHandle? Take(HostRegular file)
    {
        lock (_lock)
        {
            HostHandle? found = null;
            for (var rest = _kept.Count; rest > 0; rest--)
            {
                var entry = _kept.Dequeue();
                if (ReferenceEquals(entry.File, file))
                    found = entry.Handle;
                else
                    _kept.Enqueue(entry);
            }

            return found;
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            while (_kept.TryDequeue(out var entry))
                entry.Handle.Dispose();
        }
    }
}
