using System.Globalization;
using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.FileSystems.Tmp;

/// <summary>tmpfs(5)'s mount options.</summary>
internal sealed record TmpfsOptions
{
    public required long MaxPages { get; init; }

    public required long MaxInodes { get; init; }

    public Mode Mode { get; init; } = Mode.Access | Mode.S_ISVTX;

    public uint Uid { get; init; }

    public uint Gid { get; init; }

    /// <summary>What was said and differs from the default, as /proc/mounts shows it.</summary>
    private string Shown { get; init; } = "";

    /// <summary>Bytes that a tmpfs of this kernel may have at the most.</summary>
    public static long LimitOf(LinuxKernel kernel) => (long)Math.Min(kernel.Options.TmpfsLimit, long.MaxValue);

    /// <summary>False for an option that tmpfs does not have or a value that it does not take.</summary>
    public static bool TryParse(string text, long limitBytes, out TmpfsOptions options)
    {
        var maxPages = limitBytes / TmpfsSuperBlock.PageSize;
        // Half as many inodes as there are pages of memory would be (tmpfs(5), nr_inodes).
        options = new TmpfsOptions { MaxPages = maxPages, MaxInodes = Math.Max(maxPages, 1024) };
        foreach (var option in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = option.IndexOf('=');
            var name = equals < 0 ? option : option[..equals];
            var value = equals < 0 ? "" : option[(equals + 1)..];
            if (!options.TryWith(name, value, maxPages, out options))
                return false;
        }

        return true;
    }

    public override string ToString() => Shown;

    private bool TryWith(string name, string value, long limitPages, out TmpfsOptions options)
    {
        options = this;
        switch (name)
        {
            case "size" when TryParseSize(value, limitPages * TmpfsSuperBlock.PageSize, out var bytes):
                // Rounded up to pages; the kernel's own limit is never exceeded, and 0 means no limit but that.
                var pages = (bytes + TmpfsSuperBlock.PageSize - 1) / TmpfsSuperBlock.PageSize;
                options = this with { MaxPages = pages == 0 ? limitPages : Math.Min(pages, limitPages), Shown = $"{Shown},size={pages * (TmpfsSuperBlock.PageSize / 1024)}k" };
                return true;
            case "nr_blocks" when TryParseSize(value, 0, out var blocks):
                options = this with { MaxPages = blocks == 0 ? limitPages : Math.Min(blocks, limitPages), Shown = $"{Shown},size={blocks * (TmpfsSuperBlock.PageSize / 1024)}k" };
                return true;
            case "nr_inodes" when TryParseSize(value, 0, out var inodes):
                options = this with { MaxInodes = inodes == 0 ? MaxInodes : Math.Min(inodes, 1L << 31), Shown = $"{Shown},nr_inodes={inodes}" };
                return true;
            case "mode" when TryParseOctal(value, out var mode):
                options = this with { Mode = mode, Shown = $"{Shown},mode={value.TrimStart('0')}" };
                return true;
            case "uid" when uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var uid):
                options = this with { Uid = uid, Shown = $"{Shown},uid={uid}" };
                return true;
            case "gid" when uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var gid):
                options = this with { Gid = gid, Shown = $"{Shown},gid={gid}" };
                return true;
            case "inode32" or "inode64":
                return true;
            default:
                return false;
        }
    }

    /// <summary>A number with k, m or g after it, or a percentage of <paramref name="whole"/>.</summary>
    private static bool TryParseSize(string text, long whole, out long bytes)
    {
        bytes = 0;
        if (text.Length == 0)
            return false;
        if (text[^1] == '%')
        {
            if (!long.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var percent) || percent > 100 || whole == 0)
                return false;
            bytes = whole / 100 * percent;
            return true;
        }

        var shift = char.ToLowerInvariant(text[^1]) switch { 'k' => 10, 'm' => 20, 'g' => 30, _ => 0 };
        if (!long.TryParse(shift == 0 ? text : text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > long.MaxValue >> (shift + 1))
            return false;
        bytes = number << shift;
        return true;
    }

    private static bool TryParseOctal(string text, out Mode mode)
    {
        uint value = 0;
        mode = Mode.None;
        foreach (var digit in text)
        {
            if (digit is < '0' or > '7' || value > 0xFFF)
                return false;
            value = (value << 3) | (uint)(digit - '0');
        }

        mode = (Mode)value & Mode.Permissions;
        return text.Length > 0;
    }
}
