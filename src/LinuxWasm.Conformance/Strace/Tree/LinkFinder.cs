using System.Text;
using LinuxWasm.Conformance.Strace.Log;

namespace LinuxWasm.Conformance.Strace.Tree;

/// <summary>
/// Symbolic links that were there before the run. A log shows them where readlink reads one, and where the path that a program opens is not
/// the path that -yy prints behind the descriptor.
/// </summary>
internal static class LinkFinder
{
    /// <summary>Links by path, outermost first.</summary>
    public static IEnumerable<(string Path, string Target)> Find(IEnumerable<StraceEvent> events, string directory)
    {
        var made = new HashSet<string>();
        var links = new Dictionary<string, string>();
        foreach (var call in events.OfType<StraceCall>())
        {
            var paths = call.Arguments.OfType<StraceText>().Select(t => Encoding.UTF8.GetString(t.Bytes)).ToList();
            switch (call.Name)
            {
                case "symlink" or "symlinkat" or "link" or "linkat" or "rename" or "renameat" or "renameat2" when !call.Result.Failed && paths.Count == 2:
                    made.Add(Absolute(directory, call, paths[1]));
                    break;
                case "readlink" or "readlinkat" when !call.Result.Failed && paths.Count == 2:
                    Add(Absolute(directory, call, paths[0]), paths[1]);
                    break;
                case "open" or "openat" or "openat2" when call.Result.Value?.Decoration is { } real && real.StartsWith('/') && paths.Count == 1 && !real.Contains('<', StringComparison.Ordinal) && !real.EndsWith(" (deleted)", StringComparison.Ordinal):
                    Compare(Absolute(directory, call, paths[0]), real);
                    break;
            }
        }

        return links.OrderBy(pair => pair.Key.Count(c => c == '/')).Select(pair => (pair.Key, pair.Value));

        void Add(string path, string target)
        {
            if (!made.Contains(path) && !LogTree.IsMachine(path))
                links.TryAdd(path, target);
        }

        // /lib/x/a.so and /usr/lib/x/a.so.1: a.so is a link to a.so.1, and /lib one to /usr/lib.
        void Compare(string asked, string real)
        {
            asked = Known(asked);
            if (asked == real || asked.Length == 0 || real.Length == 0 || LogTree.IsMachine(real))
                return;
            var (askedName, realName) = (Leaf(asked), Leaf(real));
            var (askedParent, realParent) = (LogTree.Parent(asked), LogTree.Parent(real));
            if (askedName != realName)
            {
                // Parents of other names are no links of each other: /etc/localtime leads to /usr/share/zoneinfo/Etc/UTC.
                if (Leaf(askedParent) == Leaf(realParent))
                    Compare(askedParent, realParent);
                Add(asked, Known(askedParent) == realParent ? realName : real);
                return;
            }

            // A folder is no link into itself: /usr/share/zoneinfo/UTC is one to Etc/UTC.
            while (askedName == realName && askedParent != "/" && realParent != "/" && !realParent.StartsWith(askedParent + "/", StringComparison.Ordinal))
            {
                (asked, real) = (askedParent, realParent);
                (askedName, realName) = (Leaf(asked), Leaf(real));
                (askedParent, realParent) = (LogTree.Parent(asked), LogTree.Parent(real));
            }

            if (asked != real)
                Add(asked, real);
        }

        // The path with the links in it that are known already.
        string Known(string path)
        {
            for (var n = 0; n < 40; n++)
            {
                var link = links.Where(l => path == l.Key || path.StartsWith(l.Key + "/", StringComparison.Ordinal)).Select(l => l.Key).FirstOrDefault();
                if (link is null)
                    return path;
                var target = links[link];
                path = Clean((target.StartsWith('/') ? target : LogTree.Parent(link) + "/" + target) + path[link.Length..]);
            }

            return path;
        }
    }

    private static string Leaf(string path) => path[(path.LastIndexOf('/') + 1)..];

    /// <summary>An absolute path without dots; a relative one starts at the call's directory descriptor, or where -yy says that the working directory is.</summary>
    private static string Absolute(string directory, StraceCall call, string path)
    {
        if (path.StartsWith('/'))
            return Clean(path);
        var at = call.Arguments.OfType<StraceWord>().FirstOrDefault()?.Decoration;
        return Clean((at is not null && at.StartsWith('/') ? at : directory) + "/" + path);
    }

    private static string Clean(string path)
    {
        var parts = new List<string>();
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".." && parts.Count > 0)
                parts.RemoveAt(parts.Count - 1);
            else if (part is not "." and not "..")
                parts.Add(part);
        }

        return "/" + string.Join('/', parts);
    }
}
