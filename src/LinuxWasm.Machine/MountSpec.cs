using LinuxWasm.Abi;

namespace LinuxWasm.Machine;

/// <summary>A mount as people write it: <c>TYPE:SOURCE:TARGET[:OPTIONS]</c>.</summary>
/// <param name="Type">The file system's name: tmpfs, devtmpfs (or dev), devpts, proc, host.</param>
/// <param name="Source">What is mounted: for <c>host</c> a folder of the host.</param>
/// <param name="Target">The absolute guest path that it covers; made where it is missing.</param>
/// <param name="Options">Comma-separated, <c>ro</c> among them; empty for none.</param>
public sealed record MountSpec(string Type, string Source, string Target, string Options = "")
{
    private const ulong MsRdonly = 1;
    private const ulong MsNosuid = 2;
    private const ulong MsNodev = 4;
    private const ulong MsNoexec = 8;
    private const ulong MsNoatime = 1024;

    /// <summary>Reads the written form. A host folder of Windows may have its drive's colon: <c>host:C:\work:/work</c>.</summary>
    /// <exception cref="FormatException">It is not of that form; the message says what is wrong.</exception>
    public static MountSpec Parse(string text)
    {
        const string Form = "TYPE:SOURCE:TARGET[:OPTIONS]";
        var first = text.IndexOf(':');
        if (first <= 0)
            throw new FormatException($"mount '{text}': {Form} is expected");
        var rest = text[(first + 1)..];
        // A drive's colon is passed over, if there is still one for the target behind it.
        var hasDrive = rest.Length > 2 && char.IsAsciiLetter(rest[0]) && rest[1] == ':' && rest[2] is '\\' or '/';
        var search = hasDrive && rest.IndexOf(":/", 2, StringComparison.Ordinal) > 0 ? 2 : 0;
        var second = rest.IndexOf(":/", search, StringComparison.Ordinal);
        if (second < 0)
            throw new FormatException($"mount '{text}': {Form} is expected, with a TARGET that begins with '/'");
        var target = rest[(second + 1)..];
        var third = target.IndexOf(':');
        var options = third < 0 ? "" : target[(third + 1)..];
        if (third >= 0)
            target = target[..third];
        return new MountSpec(text[..first], rest[..second], target, options);
    }

    /// <summary>Mounts it, making the target directory where it is missing.</summary>
    /// <exception cref="GuestTreeException">The kernel refused it: an unknown type, an unknown option, no such folder.</exception>
    public void Apply(GuestTree tree)
    {
        ulong flags = 0;
        var rest = new List<string>();
        foreach (var option in Options.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            switch (option)
            {
                case "ro": flags |= MsRdonly; break;
                case "nosuid": flags |= MsNosuid; break;
                case "nodev": flags |= MsNodev; break;
                case "noexec": flags |= MsNoexec; break;
                case "noatime": flags |= MsNoatime; break;
                case "rw": break;
                default: rest.Add(option); break;
            }
        }

        tree.MakeDirectories(Target);
        if (!tree.Status(Target).Mode.IsDirectory())
            throw new GuestTreeException(Target, "mount", Errno.ENOTDIR, "a mount covers a directory, and this is a file of the guest");
        var own = string.Join(',', rest);
        try
        {
            tree.Mount(Source, Target, Type, flags, own);
        }
        catch (GuestTreeException refused) when (WhyRefused(tree, refused.Errno, own) is { } why)
        {
            throw new GuestTreeException(Target, "mount", refused.Errno, why);
        }
    }

    private string? WhyRefused(GuestTree tree, Errno errno, string own) => errno switch
    {
        Errno.ENODEV => $"there is no file system '{Type}'; one of {string.Join(", ", tree.FileSystemTypes)} is expected",
        Errno.ENOENT when Type == "host" => $"there is no folder '{Source}' on the host",
        Errno.ENOTDIR when Type == "host" => $"'{Source}' is no folder of the host",
        Errno.EACCES when Type == "host" => $"the user who runs this may not enter '{Source}'",
        Errno.EINVAL when own.Length > 0 => $"'{own}' has an option that {Type} does not know, or a value that it does not take",
        _ => null,
    };

    public override string ToString() => Options.Length == 0 ? $"{Type}:{Source}:{Target}" : $"{Type}:{Source}:{Target}:{Options}";
}
