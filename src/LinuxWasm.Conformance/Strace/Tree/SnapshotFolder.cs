namespace LinuxWasm.Conformance.Strace.Tree;

/// <summary>A copy of a part of the tree, taken before the run: it knows what a log does not show.</summary>
/// <param name="folder">The host's folder.</param>
/// <param name="at">Where it stood in the tree of the run.</param>
internal sealed class SnapshotFolder(string folder, string at)
{
    private const int LargestContent = 1 << 20;

    private readonly string _prefix = at.TrimEnd('/') + "/";

    /// <summary>What stands at a path; null where the snapshot does not have it.</summary>
    public LogInode? Find(string path)
    {
        if (HostPath(path) is not { } host)
            return null;
        FileSystemInfo? info = new FileInfo(host) is { Exists: true } file ? file : new DirectoryInfo(host) is { Exists: true } directory ? directory : new FileInfo(host) is { LinkTarget: not null } link ? link : null;
        if (info is null)
            return null;
        var kind = info.LinkTarget is not null ? LogFileKind.Symlink : info is DirectoryInfo ? LogFileKind.Directory : LogFileKind.File;
        var inode = new LogInode(kind, isInitial: true);
        if (info.LinkTarget is { } target)
            inode.Target = System.Text.Encoding.UTF8.GetBytes(target);
        if (kind == LogFileKind.File && info is FileInfo { Length: <= LargestContent })
            inode.LearnContent(0, File.ReadAllBytes(host));
        return inode;
    }

    /// <summary>All names in a folder of the snapshot; empty where it is not there.</summary>
    public IEnumerable<string> Names(string path) =>
        HostPath(path) is { } host && Directory.Exists(host) ? Directory.EnumerateFileSystemEntries(host).Select(name => Path.GetFileName(name)!) : [];

    private string? HostPath(string path)
    {
        if (path == _prefix.TrimEnd('/') || path + "/" == _prefix)
            return folder;
        return path.StartsWith(_prefix, StringComparison.Ordinal) ? Path.Combine(folder, path[_prefix.Length..]) : null;
    }
}
