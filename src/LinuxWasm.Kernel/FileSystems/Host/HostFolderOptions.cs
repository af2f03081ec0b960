using System.Globalization;

namespace LinuxWasm.Kernel.FileSystems.Host;

/// <summary>The mount options of a host folder: <c>uid=N</c>, <c>gid=N</c>.</summary>
internal sealed record HostFolderOptions
{
    /// <summary>Every file's owner, or null for those that <see cref="OwnerMap"/> finds.</summary>
    public uint? Uid { get; init; }

    public uint? Gid { get; init; }

    public static bool TryParse(string text, out HostFolderOptions options)
    {
        options = new HostFolderOptions();
        foreach (var option in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = option.IndexOf('=');
            // uint.MaxValue is no id: it says "leave as it is" to chown(2).
            if (equals < 0 || !uint.TryParse(option.AsSpan(equals + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id == uint.MaxValue)
                return false;
            switch (option[..equals])
            {
                case "uid": options = options with { Uid = id }; break;
                case "gid": options = options with { Gid = id }; break;
                default: return false;
            }
        }

        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(Uid is { } uid ? $",uid={uid}" : "")}{(Gid is { } gid ? $",gid={gid}" : "")}");
}
