using System.Globalization;
using LinuxWasm.Abi;

namespace LinuxWasm.PowerShell.Kernels;

/// <summary>Signals as people write them: SIGTERM, TERM, term, 15.</summary>
internal static class SignalName
{
    private const int Last = 64;

    /// <exception cref="FormatException">There is no such signal.</exception>
    public static Signal Parse(string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= Last)
            return (Signal)number;
        var name = text.StartsWith("SIG", StringComparison.OrdinalIgnoreCase) ? text : "SIG" + text;
        return Enum.TryParse<Signal>(name, ignoreCase: true, out var signal) && signal != Signal.None
            ? signal
            : throw new FormatException($"'{text}' is no signal; a name such as SIGTERM or a number from 1 to {Last} is expected");
    }
}
