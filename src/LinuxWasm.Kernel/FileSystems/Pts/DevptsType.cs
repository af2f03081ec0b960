using System.Globalization;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Pts;

/// <summary>devpts: the terminals of the kernel by number (pts(4)). All mounts show the same ones.</summary>
public sealed class DevptsType : FileSystemType
{
    public override string Name => "devpts";

    public override Errno Create(LinuxKernel kernel, string source, string options, bool readOnly, out SuperBlock? superBlock)
    {
        superBlock = null;
        if (!PtsOptions.TryParse(options, out var parsed))
            return Errno.EINVAL;
        superBlock = new PtsSuperBlock(kernel, this, source, parsed) { IsReadOnly = readOnly };
        return Errno.None;
    }
}

/// <summary>devpts' mount options.</summary>
/// <param name="Mode">Permissions of a terminal.</param>
/// <param name="MultiplexerMode">Permissions of the ptmx that the file system has itself.</param>
/// <param name="Uid">The owner of terminals; null: who made them.</param>
/// <param name="Gid">Their group; null: who made them.</param>
internal sealed record PtsOptions(Mode Mode, Mode MultiplexerMode, uint? Uid, uint? Gid)
{
    public static PtsOptions Default { get; } = new(Mode.S_IRUSR | Mode.S_IWUSR, default, null, null);

    /// <summary>False for an option that devpts does not have or a value that it does not take.</summary>
    public static bool TryParse(string text, out PtsOptions options)
    {
        options = Default;
        foreach (var option in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = option.IndexOf('=');
            var name = equals < 0 ? option : option[..equals];
            var value = equals < 0 ? "" : option[(equals + 1)..];
            switch (name)
            {
                case "newinstance" when equals < 0:
                    break;
                case "mode" when TryParseMode(value, out var mode):
                    options = options with { Mode = mode };
                    break;
                case "ptmxmode" when TryParseMode(value, out var mode):
                    options = options with { MultiplexerMode = mode };
                    break;
                case "uid" when uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var uid):
                    options = options with { Uid = uid };
                    break;
                case "gid" when uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var gid):
                    options = options with { Gid = gid };
                    break;
                case "max" when uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out _):
                    break;
                default:
                    return false;
            }
        }

        return true;
    }

    public override string ToString()
    {
        var gid = Gid is { } group ? string.Create(CultureInfo.InvariantCulture, $",gid={group}") : "";
        var uid = Uid is { } user ? string.Create(CultureInfo.InvariantCulture, $",uid={user}") : "";
        return $"{uid}{gid},mode={Convert.ToString((uint)Mode, 8)},ptmxmode={Convert.ToString((uint)MultiplexerMode, 8).PadLeft(3, '0')}";
    }

    private static bool TryParseMode(string text, out Mode mode)
    {
        mode = default;
        if (text.Length is 0 or > 4 || text.AsSpan().ContainsAnyExceptInRange('0', '7'))
            return false;
        mode = (Mode)Convert.ToUInt32(text, 8) & Mode.Permissions;
        return true;
    }
}
