using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Net.Unix;

/// <summary>
/// Open files on their way from one process to another (SCM_RIGHTS of unix(7); Linux's struct scm_fp_list). It holds a reference to each.
/// </summary>
internal sealed class Rights : IDisposable
{
    /// <summary>SCM_MAX_FD: more can't go with one message.</summary>
    public const int MaxFiles = 253;

    [ThreadStatic]
    private static Queue<OpenFile>? _toRelease;

    private readonly List<OpenFile> _files = [];

    public IReadOnlyList<OpenFile> Files => _files;

    /// <summary>Whose they are counted as while they are under way (user->unix_inflight).</summary>
    public uint Uid { get; set; }

    /// <summary>One more; takes a reference of its own.</summary>
    public void Add(OpenFile file)
    {
        file.AddReference();
        _files.Add(file);
    }

    /// <summary>The same files once more, for who only peeks.</summary>
    public Rights Duplicate()
    {
        var copy = new Rights();
        foreach (var file in _files)
            copy.Add(file);
        return copy;
    }

    /// <summary>Another reference to each, so that they do not look unreachable while they are between a queue and a descriptor.</summary>
    public void Hold()
    {
        foreach (var file in _files)
            file.AddReference();
    }

    /// <summary>Ends a <see cref="Hold"/>.</summary>
    public void Drop() => Release(_files);

    public void Dispose()
    {
        Release(_files);
        _files.Clear();
    }

    /// <summary>
    /// Gives references back one after the other, never one within the other: a socket that ends releases what is in its queue, and a guest may
    /// have put a hundred thousand of them into each other.
    /// </summary>
    private static void Release(List<OpenFile> files)
    {
        if (_toRelease is { } outer)
        {
            foreach (var file in files)
                outer.Enqueue(file);
            return;
        }

        _toRelease = new Queue<OpenFile>(files);
        try
        {
            while (_toRelease.TryDequeue(out var file))
                file.Release();
        }
        finally
        {
            _toRelease = null;
        }
    }
}
