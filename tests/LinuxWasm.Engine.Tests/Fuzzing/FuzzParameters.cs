using System.Globalization;

namespace LinuxWasm.Engine.Tests.Fuzzing;

/// <summary>How much, and from which seed on: from the environment, so that a failure can be had again and a night be filled.</summary>
internal static class FuzzParameters
{
    public static int Number(string variable, int otherwise) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
