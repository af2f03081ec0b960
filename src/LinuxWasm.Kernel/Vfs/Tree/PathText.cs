namespace LinuxWasm.Kernel.Vfs;

/// <summary>A place as a path, for getcwd(2), /proc and people (d_path).</summary>
public static class PathText
{
    /// <summary>
    /// The path from a root, which may be another one than the kernel's. A place that lies outside of it begins with <c>(unreachable)</c>; that its
    /// name was removed is for the caller to say.
    /// </summary>
    public static byte[] Of(MountNamespace mounts, VfsPath root, VfsPath place) => Build(mounts, root, place, marksUnreachable: true);

    private static byte[] Build(MountNamespace mounts, VfsPath root, VfsPath place, bool marksUnreachable)
    {
        // Built from its end; a deep tree costs memory, but no stack.
        var names = new List<FsName>();
        var (mount, dentry) = place;
        var reachable = true;
        while (!(ReferenceEquals(dentry, root.Dentry) && ReferenceEquals(mount, root.Mount)))
        {
            if (ReferenceEquals(dentry, mount.Root) || dentry.IsRoot)
            {
                if (mount.Covers is not { } covered)
                {
                    reachable = ReferenceEquals(mount, mounts.Root) && ReferenceEquals(root.Mount, mount) && ReferenceEquals(root.Dentry, mount.Root);
                    break;
                }

                (mount, dentry) = covered;
                continue;
            }

            dentry.GetPlace(out var parent, out var name);
            names.Add(name);
            dentry = parent;
        }

        return Join(names, reachable || !marksUnreachable);
    }

    /// <summary>As <see cref="Of"/>, for what somebody has open: a removed name is marked, and what never had one (a pipe) shows what it is instead.</summary>
    public static byte[] OfOpen(MountNamespace mounts, VfsPath root, VfsPath place)
    {
        if (place.Mount.SuperBlock.IsInternal)
            return place.Dentry.Name.Span.ToArray();
        var path = Build(mounts, root, place, marksUnreachable: false);
        return place.Dentry.IsRemoved ? [.. path, .. " (deleted)"u8] : path;
    }

    /// <summary>The path of a directory in its own file system, whatever is mounted where.</summary>
    public static byte[] Within(Dentry dentry)
    {
        var names = new List<FsName>();
        while (!dentry.IsRoot)
        {
            dentry.GetPlace(out var parent, out var name);
            names.Add(name);
            dentry = parent;
        }

        return Join(names, reachable: true);
    }

    private static byte[] Join(List<FsName> names, bool reachable)
    {
        using var path = new MemoryStream();
        if (!reachable)
            path.Write("(unreachable)"u8);
        for (var i = names.Count - 1; i >= 0; i--)
        {
            path.WriteByte((byte)'/');
            path.Write(names[i].Span);
        }

        if (names.Count == 0)
            path.WriteByte((byte)'/');
        return path.ToArray();
    }
}
