using System.Buffers;
using System.Text;
using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.FileSystems.Host.Platform.Managed;

/// <summary>
/// A component in UTF-8 as a file name of Windows, by the strictest of its rules whatever the host: what Windows would read as anything else than one plain
/// name (a stream, a device, a path, a name without its last dots) is refused.
/// </summary>
internal static class ManagedName
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly SearchValues<char> Forbidden = SearchValues.Create([.. "<>:\"/\\|?*", .. Enumerable.Range(0, 32).Select(code => (char)code)]);

    private static readonly string[] Devices = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];

    /// <summary>EILSEQ where it is not UTF-8, EINVAL where Windows has no such names.</summary>
    public static Errno Decode(ReadOnlySpan<byte> bytes, out string name)
    {
        name = "";
        try
        {
            name = Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return Errno.EILSEQ;
        }

        if (name.Length == 0 || name[^1] is '.' or ' ' || name.AsSpan().ContainsAny(Forbidden) || IsDevice(name))
            return Errno.EINVAL;
        return Errno.None;
    }

    public static byte[] Encode(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>A device's name stands for the device with any extension too.</summary>
    private static bool IsDevice(string name)
    {
        var dot = name.IndexOf('.');
        var stem = (dot < 0 ? name : name[..dot]).TrimEnd(' ');
        if (Devices.Contains(stem, StringComparer.OrdinalIgnoreCase))
            return true;
        // COM0 to COM9 and LPT0 to LPT9; the superscript digits one to three count as digits.
        return stem.Length == 4
            && (stem.StartsWith("COM", StringComparison.OrdinalIgnoreCase) || stem.StartsWith("LPT", StringComparison.OrdinalIgnoreCase))
            && (char.IsAsciiDigit(stem[3]) || stem[3] is '\u00b9' or '\u00b2' or '\u00b3');
    }
}
