namespace LinuxWasm.Kernel.Vfs;

/// <summary>A place as a path, for getcwd(2), /proc and people (d_path).</summary>
public static class PathText
{
    /// <summary>
    /// The path from a root, which may be another one than the kernel's. A place that lies outside of it begins with <c>(unreachable)</c>; that its
    /// name was removed is for the caller to say.
    /// </summary>
    public static byte[] Of(MountNamespace mounts, VfsPath root, VfsPath place)
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

        return Join(names, reachable);
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
