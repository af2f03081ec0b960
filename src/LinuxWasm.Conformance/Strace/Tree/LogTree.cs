using System.Text;

namespace LinuxWasm.Conformance.Strace.Tree;

/// <summary>
/// The tree of a run as its log shows it, call by call, and what of it must have been there at the start. Paths are absolute and
/// without symbolic links, as <see cref="Resolve"/> makes them.
/// </summary>
internal sealed class LogTree(SnapshotFolder? snapshot)
{
    private const int MostLinks = 40;

    /// <summary>What the kernel makes: a case has its own.</summary>
    private static readonly string[] _machine = ["/proc", "/dev", "/sys"];

    /// <summary>What every case has already.</summary>
    private static readonly string[] _given = ["/", "/dev", "/proc", "/tmp", "/t"];

    // A null says that there is nothing now.
    private readonly Dictionary<string, LogInode?> _names = new() { ["/"] = new LogInode(LogFileKind.Directory, isInitial: true) };
    private readonly Dictionary<string, LogInode> _initial = [];

    /// <summary>The names at the start with what they name, each after the directory that it is in.</summary>
    public IEnumerable<KeyValuePair<string, LogInode>> Initial =>
        _initial.Where(pair => !_given.Contains(pair.Key) && !IsMachine(pair.Key)).OrderBy(pair => pair.Key, StringComparer.Ordinal);

    /// <summary>Whether a path is the kernel's own: its content belongs to the machine.</summary>
    public static bool IsMachine(string path) => _machine.Any(root => path == root || path.StartsWith(root + "/", StringComparison.Ordinal));

    /// <summary>A symbolic link that was there at the start, whose target the log tells somewhere.</summary>
    public void AddLink(string path, string target)
    {
        path = Resolve("/", path, follow: false);
        if (!_names.ContainsKey(path))
            Put(path, new LogInode(LogFileKind.Symlink, isInitial: true) { Target = Encoding.UTF8.GetBytes(target) }, initial: true);
    }

    /// <summary>The path as the kernel walks it.</summary>
    /// <param name="start">Where a relative path starts.</param>
    /// <param name="follow">The last component is followed if it is a link.</param>
    public string Resolve(string start, string path, bool follow)
    {
        var walked = path.StartsWith('/') ? "/" : start;
        var left = new Stack<string>(path.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse());
        for (var links = 0; left.TryPop(out var name);)
        {
            if (name == ".")
                continue;
            if (name == "..")
            {
                walked = Parent(walked);
                continue;
            }

            var next = walked == "/" ? "/" + name : walked + "/" + name;
            var isLast = left.Count == 0 && !path.EndsWith('/');
            if ((!isLast || follow) && links < MostLinks && Find(next) is { Kind: LogFileKind.Symlink, Target: { } target })
            {
                links++;
                var text = Encoding.UTF8.GetString(target);
                if (text.StartsWith('/'))
                    walked = "/";
                foreach (var part in text.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse())
                    left.Push(part);
            }
            else
                walked = next;
        }

        return walked;
    }

    /// <summary>What a path names now, as far as is known; the snapshot is asked about what the log has not touched.</summary>
    public LogInode? Find(string path)
    {
        if (_names.TryGetValue(path, out var inode))
            return inode;
        if (snapshot?.Find(path) is not { } found)
            return null;
        Put(path, found, initial: true);
        return found;
    }

    /// <summary>A path is there: it was at the start, unless the log made it.</summary>
    public LogInode Exists(string path, LogFileKind kind)
    {
        if (Find(path) is { } inode)
            return inode;
        var found = new LogInode(kind, isInitial: true);
        Put(path, found, initial: true);
        return found;
    }

    /// <summary>A path is not there.</summary>
    public void Absent(string path) => _names.TryAdd(path, null);

    /// <summary>The log makes a file.</summary>
    public LogInode Make(string path, LogFileKind kind)
    {
        var made = new LogInode(kind, isInitial: false);
        Put(path, made, initial: false);
        return made;
    }

    /// <summary>A file that a call made turned out to have been there.</summary>
    public void WasThere(string path, LogInode inode)
    {
        inode.WasInitial();
        _initial.TryAdd(path, inode);
    }

    public void Link(string from, string to) => Put(to, Exists(from, LogFileKind.File), initial: false);

    public void Remove(string path, LogFileKind kind)
    {
        Exists(path, kind).Names--;
        _names[path] = null;
        Touch(Parent(path));
    }

    public void Rename(string from, string to)
    {
        var moved = Exists(from, LogFileKind.File);
        _names[from] = null;
        moved.Names--;
        Put(to, moved, initial: false);
        Touch(Parent(from));
        foreach (var (name, inode) in _names.Where(pair => pair.Key.StartsWith(from + "/", StringComparison.Ordinal)).ToList())
        {
            _names[to + name[from.Length..]] = inode;
            _names[name] = null;
        }
    }

    public static string Parent(string path)
    {
        var slash = path.LastIndexOf('/');
        return slash <= 0 ? "/" : path[..slash];
    }

    /// <summary>Everything that a snapshot has in a folder was there: the log shows only what the program looked at.</summary>
    public void Complete(string path)
    {
        foreach (var name in snapshot?.Names(path) ?? [])
            Find(path == "/" ? "/" + name : path + "/" + name);
    }

    private void Put(string path, LogInode inode, bool initial)
    {
        var parent = Parent(path);
        if (path != "/")
            Exists(parent, LogFileKind.Directory).HasEntries();
        _names[path] = inode;
        inode.Names++;
        if (initial)
            _initial.TryAdd(path, inode);
        else
            Touch(parent);
    }

    private void Touch(string directory)
    {
        if (Find(directory) is { } parent)
            parent.TimeChanged = true;
    }
}
