using System.Globalization;
using System.Management.Automation;
using System.Text;

namespace LinuxWasm.PowerShell.Programs;

/// <summary>A pipeline's objects as a program reads them: bytes as they are, everything else as a line of text.</summary>
internal static class ProgramInput
{
    public static byte[] Encode(PSObject item) => item.BaseObject switch
    {
        byte one => [one],
        byte[] bytes => bytes,
        var other => Encoding.UTF8.GetBytes((string)LanguagePrimitives.ConvertTo(other, typeof(string), CultureInfo.InvariantCulture) + "\n"),
    };
}
