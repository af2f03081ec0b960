namespace LinuxWasm.PowerShell.Provider;

/// <summary>Paths as the provider has them: '/' separates, and nothing else does. '\', ':' and '[' are characters as any.</summary>
internal static class GuestPaths
{
    /// <summary>From the root, without empty components and without a '/' at the end.</summary>
    public static string Absolute(string path)
    {
        // PowerShell of Windows writes its own separator into all paths.
        if (OperatingSystem.IsWindows())
            path = path.Replace('\\', '/');
        return "/" + string.Join('/', path.Split('/', StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>A drive's root, which ends with '/': of a path that is the root itself PowerShell would make "../name" else.</summary>
    public static string Root(string path) => Absolute(path).TrimEnd('/') + "/";

    /// <summary>A name below a directory.</summary>
    public static string Join(string? parent, string? child)
    {
        if (string.IsNullOrEmpty(parent))
            return child ?? "";
        if (string.IsNullOrEmpty(child))
            return parent;
        return $"{parent.TrimEnd('/')}/{child.TrimStart('/')}";
    }

    /// <summary>What stands before the last name; empty for a name alone and for the root.</summary>
    public static string Parent(string path)
    {
        path = path.TrimEnd('/');
        var slash = path.LastIndexOf('/');
        return slash > 0 ? path[..slash] : slash == 0 && path.Length > 1 ? "/" : "";
    }

    /// <summary>The last name.</summary>
    public static string Name(string path)
    {
        path = path.TrimEnd('/');
        return path[(path.LastIndexOf('/') + 1)..];
    }

    /// <summary>Without "." and "..", as a path below another where it is that, without '/' at its beginning.</summary>
    public static string Relative(string path, string? basePath)
    {
        var names = new List<string>();
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (name == ".." && names.Count > 0)
                names.RemoveAt(names.Count - 1);
            else if (name is not "." and not "..")
                names.Add(name);
        }

        var above = (basePath ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        return string.Join('/', names.Take(above.Length).SequenceEqual(above) ? names.Skip(above.Length) : names);
    }
}
