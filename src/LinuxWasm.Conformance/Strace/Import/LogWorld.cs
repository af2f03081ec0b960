using System.Globalization;
using System.Text;
using LinuxWasm.Conformance.Strace.Log;
using LinuxWasm.Conformance.Strace.Tree;

namespace LinuxWasm.Conformance.Strace.Import;

/// <summary>Follows the log through its file tree: what calls find there, and what they make of it.</summary>
internal sealed class LogWorld(LogTree tree)
{
    private static readonly HashSet<string> _leavesLinks =
    [
        "lstat", "lstat64", "lgetxattr", "llistxattr", "lsetxattr", "lremovexattr", "lchown", "lchown32", "readlink", "readlinkat", "unlink", "unlinkat", "rmdir",
        "rename", "renameat", "renameat2", "symlink", "symlinkat", "mkdir", "mkdirat", "mknod", "mknodat", "link",
    ];

    private static readonly HashSet<string> _writes = ["write", "writev", "pwrite64", "pwritev", "pwritev2", "ftruncate", "ftruncate64", "fallocate", "fsetxattr"];

    // Files that open made without O_EXCL: they may have been there.
    private readonly HashSet<LogInode> _perhapsOld = [];

    /// <summary>Whether a path of the kernel's own file systems was used.</summary>
    public bool UsesProc { get; private set; }

    public LogTree Tree => tree;

    /// <summary>The resolved paths of a call by the index of their argument.</summary>
    public Dictionary<int, string> Paths(StraceCall call, CallSignature signature, ProcessState process)
    {
        var paths = new Dictionary<int, string>();
        var flags = string.Join('|', call.Arguments.OfType<StraceWord>().Select(w => w.Text));
        var follow = !_leavesLinks.Contains(call.Name) && !flags.Contains("AT_SYMLINK_NOFOLLOW", StringComparison.Ordinal)
            && !flags.Contains("O_NOFOLLOW", StringComparison.Ordinal) && !flags.Contains("O_EXCL", StringComparison.Ordinal)
            && !(call.Name == "linkat" && !flags.Contains("AT_SYMLINK_FOLLOW", StringComparison.Ordinal));
        for (var i = 0; i < Math.Min(call.Arguments.Count, signature.Arguments.Count); i++)
        {
            if (signature.Arguments[i].Kind != "path" || call.Arguments[i] is not StraceText { Bytes.Length: > 0 } text)
                continue;
            var start = i > 0 && signature.Arguments[i - 1].Kind == "fd" ? DirectoryOf(call.Arguments[i - 1] as StraceWord, process) : process.Directory;
            paths[i] = tree.Resolve(start, Encoding.UTF8.GetString(text.Bytes), follow);
            UsesProc |= paths[i].StartsWith("/proc", StringComparison.Ordinal);
        }

        return paths;
    }

    /// <summary>The file that a call is about by its path, or by its descriptor where the path is empty or it has none.</summary>
    public LogInode? Subject(StraceCall call, CallSignature signature, ProcessState process, Dictionary<int, string> paths)
    {
        if (paths.Count > 0)
            return tree.Find(paths.Values.First());
        return signature.Arguments is [{ Kind: "fd" }, ..] && FileOf(call.Arguments[0], process) is { } file ? file.Inode : null;
    }

    public static LogFile? FileOf(StraceValue? argument, ProcessState process) =>
        (argument as StraceWord)?.Number is { } number && process.Files.TryGetValue((int)number, out var descriptor) ? descriptor.File : null;

    /// <summary>What a call tells of the tree and does to it. Made before the call's step, which compares what is known then.</summary>
    public void Follow(StraceCall call, CallSignature signature, ProcessState process, Dictionary<int, string> paths)
    {
        var path = paths.Count > 0 ? paths.Values.First() : null;
        if (call.Result.Failed)
        {
            FollowFailure(call, path);
            return;
        }

        if (call.Result.Value is null)
            return;
        switch (call.Name)
        {
            case "open" or "openat" or "openat2" or "creat" when path is not null:
                Open(call, path);
                break;
            case "mkdir" or "mkdirat":
                tree.Make(path!, LogFileKind.Directory);
                break;
            case "rmdir":
                tree.Remove(path!, LogFileKind.Directory);
                break;
            case "unlink" or "unlinkat":
                tree.Remove(path!, Mentions(call, "AT_REMOVEDIR") ? LogFileKind.Directory : LogFileKind.File);
                break;
            case "rename" or "renameat" or "renameat2" when paths.Count == 2:
                tree.Rename(path!, paths.Values.Last());
                break;
            case "link" or "linkat" when paths.Count == 2:
                tree.Link(path!, paths.Values.Last());
                break;
            case "symlink" or "symlinkat":
                tree.Make(path!, LogFileKind.Symlink).Target = call.Arguments.OfType<StraceText>().First().Bytes;
                break;
            case "mknod" or "mknodat":
                tree.Make(path!, Mentions(call, "S_IFIFO") ? LogFileKind.Fifo : Mentions(call, "S_IFSOCK") ? LogFileKind.Socket : LogFileKind.File);
                break;
            case "chdir":
                process.Directory = path!;
                tree.Exists(path!, LogFileKind.Directory);
                break;
            case "fchdir":
                process.Directory = FileOf(call.Arguments[0], process)?.Path ?? process.Directory;
                break;
            case "readlink" or "readlinkat" when path is not null && call.Arguments.OfType<StraceText>().LastOrDefault() is { } target:
                tree.Exists(path, LogFileKind.Symlink).Target ??= target.Bytes;
                break;
            case "getdents64":
                List(call, process);
                break;
            case "read" or "pread64":
                Read(call, process);
                break;
            case "truncate" or "truncate64":
                Change(tree.Exists(path!, LogFileKind.File));
                break;
            case "copy_file_range" or "splice":
                Copy(FileOf(call.Arguments[0], process), FileOf(call.Arguments[2], process), call.Result.Value.Number ?? 0);
                break;
            case "sendfile" or "sendfile64":
                Copy(FileOf(call.Arguments[1], process), FileOf(call.Arguments[0], process), call.Result.Value.Number ?? 0);
                break;
            case "lseek" or "_llseek" when FileOf(call.Arguments[0], process) is { } file && call.Result.Value.Number is { } offset:
                file.Offset = (long)offset;
                break;
            default:
                if (_writes.Contains(call.Name))
                    Change(FileOf(call.Arguments[0], process)?.Inode);
                else
                    FollowAttributes(call, signature, process, paths, path);
                break;
        }
    }

    private void FollowFailure(StraceCall call, string? path)
    {
        if (path is null)
            return;
        switch (call.Result.Error)
        {
            case "ENOENT":
                tree.Absent(path);
                break;
            case "EEXIST" or "EINVAL" or "ENODATA" or "EACCES" when call.Name is not ("rename" or "renameat" or "renameat2"):
                tree.Exists(path, call.Name is "mkdir" or "mkdirat" ? LogFileKind.Directory : LogFileKind.File);
                break;
            case "EISDIR" or "ENOTEMPTY":
                tree.Exists(path, LogFileKind.Directory);
                break;
        }
    }

    private void FollowAttributes(StraceCall call, CallSignature signature, ProcessState process, Dictionary<int, string> paths, string? path)
    {
        var subject = path is null ? Subject(call, signature, process, paths) : tree.Exists(path, LogFileKind.File);
        if (subject is null)
            return;
        if (call.Name.Contains("chmod", StringComparison.Ordinal))
            subject.ModeChanged = true;
        else if (call.Name.Contains("chown", StringComparison.Ordinal))
            subject.OwnerChanged = true;
        else if (call.Name.StartsWith("utime", StringComparison.Ordinal) || call.Name == "futimesat")
            SetTimes(subject, call);
        else if (call.Name is "access" or "faccessat" or "faccessat2" && Mentions(call, "X_OK"))
            subject.IsExecutable = true;
        else if (call.Arguments.OfType<StraceStruct>().FirstOrDefault() is { } status)
            Learn(subject, status, path ?? FileOf(call.Arguments[0], process)?.Path);
    }

    private void Open(StraceCall call, string path)
    {
        // The kernel's word, where -yy gives it, is better than what the links that are known make of the path.
        if (RealPath(call.Result.Value!) is { } real)
            path = real;
        if (Mentions(call, "O_TMPFILE"))
            return;
        var makes = call.Name == "creat" || Mentions(call, "O_CREAT");
        var found = tree.Find(path);
        if (found is null && makes)
        {
            found = tree.Make(path, LogFileKind.File);
            if (!Mentions(call, "O_EXCL"))
                _perhapsOld.Add(found);
        }

        found ??= tree.Exists(path, Mentions(call, "O_DIRECTORY") ? LogFileKind.Directory : LogFileKind.File);
        if (call.Name == "creat" || Mentions(call, "O_TRUNC"))
            Change(found);
    }

    /// <summary>The path behind a descriptor that -yy prints, where it is one of the tree.</summary>
    public static string? RealPath(StraceWord descriptor) =>
        descriptor.Decoration is { } path && path.StartsWith('/') && !path.Contains('<', StringComparison.Ordinal) && !path.EndsWith(" (deleted)", StringComparison.Ordinal) ? path : null;

    private void List(StraceCall call, ProcessState process)
    {
        if (FileOf(call.Arguments[0], process) is not { Path: { } path, Inode: { } directory } || call.Arguments.ElementAtOrDefault(1) is not StraceList entries)
            return;
        foreach (var entry in entries.Items.OfType<StraceStruct>())
        {
            if (entry["d_name"] is not StraceText name || Encoding.UTF8.GetString(name.Bytes) is "." or "..")
                continue;
            var child = (path == "/" ? "/" : path + "/") + Encoding.UTF8.GetString(name.Bytes);
            tree.Exists(child, (entry["d_type"] as StraceWord)?.Text switch
            {
                "DT_DIR" => LogFileKind.Directory,
                "DT_LNK" => LogFileKind.Symlink,
                "DT_FIFO" => LogFileKind.Fifo,
                "DT_SOCK" => LogFileKind.Socket,
                _ => LogFileKind.File,
            });
        }

        tree.Complete(path);
        directory.IsComplete = true;
    }

    private static void Read(StraceCall call, ProcessState process)
    {
        if (FileOf(call.Arguments[0], process) is not { } file || call.Arguments.ElementAtOrDefault(1) is not StraceText text)
            return;
        var offset = call.Name == "pread64" ? (long?)call.Arguments.OfType<StraceWord>().Last().Number : file.Offset;
        if (offset is { } at && !text.Shortened)
            file.Inode?.LearnContent(at, text.Bytes);
        if (call.Name == "read")
            file.Offset += text.Bytes.Length;
    }

    private void Learn(LogInode inode, StraceStruct status, string? path)
    {
        long? Field(string name) => (status[name] ?? status["stx" + name[2..]]) is StraceWord word && word.Number is { } number ? (long)number : null;
        var mode = ((status["st_mode"] ?? status["stx_mode"]) as StraceWord)?.Text;
        if (mode is null || Field("st_size") is not { } size)
            return;
        var parts = mode.Split('|');
        var permissions = parts.Where(p => p.StartsWith('0')).Select(p => Convert.ToUInt32(p, 8)).FirstOrDefault()
            | (parts.Contains("S_ISUID") ? 0x800u : 0) | (parts.Contains("S_ISGID") ? 0x400u : 0) | (parts.Contains("S_ISVTX") ? 0x200u : 0);
        var kind = parts[0] switch
        {
            "S_IFDIR" => LogFileKind.Directory,
            "S_IFLNK" => LogFileKind.Symlink,
            "S_IFIFO" => LogFileKind.Fifo,
            "S_IFSOCK" => LogFileKind.Socket,
            _ => LogFileKind.File,
        };
        // It was opened with O_CREAT, but something is in it that the log did not write.
        if (size > 0 && path is not null && !inode.ContentChanged && _perhapsOld.Remove(inode))
            tree.WasThere(path, inode);
        var time = Field("st_mtime") ?? (long?)((status["stx_mtime"] as StraceStruct)?["tv_sec"])?.Number ?? 0;
        inode.Learn(kind, permissions, Field("st_uid") ?? 0, Field("st_gid") ?? 0, size, Field("st_nlink") ?? 1, time);
    }

    private static void SetTimes(LogInode inode, StraceCall call)
    {
        inode.TimeChanged = true;
        inode.SetTime = call.Arguments.OfType<StraceList>().FirstOrDefault() is { Items: [_, StraceStruct modified] }
            && modified["tv_sec"]?.Number is { } seconds && modified["tv_nsec"]?.Number is { } nanoseconds ? ((long)seconds, (long)nanoseconds) : null;
    }

    private static void Change(LogInode? inode)
    {
        if (inode is null)
            return;
        inode.ContentChanged = true;
        inode.TimeChanged = true;
        inode.SetTime = null;
        inode.CopiedFrom = null;
    }

    /// <summary>What the log reads of a copy later tells what was in the original.</summary>
    private static void Copy(LogFile? from, LogFile? to, long length)
    {
        var known = to?.Inode?.CopiedFrom;
        Change(to?.Inode);
        if (from?.Inode is not { } source || to?.Inode is not { } target)
            return;
        if (from.Offset == to.Offset && (from.Offset == 0 || known == source))
            target.CopiedFrom = source;
        from.Offset += length;
        to.Offset += length;
    }

    private static string DirectoryOf(StraceWord? descriptor, ProcessState process) =>
        descriptor is null || descriptor.Text == "AT_FDCWD" ? process.Directory : FileOf(descriptor, process)?.Path ?? descriptor.Decoration ?? process.Directory;

    private static bool Mentions(StraceCall call, string flag) =>
        call.Arguments.Any(a => a is StraceWord word && word.Text.Split('|').Contains(flag, StringComparer.Ordinal))
        || call.Arguments.OfType<StraceStruct>().Any(s => (s["flags"] as StraceWord)?.Text.Split('|').Contains(flag, StringComparer.Ordinal) == true);

    internal static string Decimal(long value) => value.ToString(CultureInfo.InvariantCulture);
}
