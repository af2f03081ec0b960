using Microsoft.CodeAnalysis;

namespace LinuxWasm.Abi.Generators;

/// <summary>A [Syscall] declaration that cannot be turned into a table entry fails the build.</summary>
internal static class Diagnostics
{
#pragma warning disable RS2008 // A project-internal generator keeps no release list.
    private static readonly DiagnosticDescriptor Malformed = new(
        "LWABI001", "Malformed system call declaration", "{0}: {1}", "LinuxWasm.Abi", DiagnosticSeverity.Error, isEnabledByDefault: true);
#pragma warning restore RS2008

    public static Diagnostic Create(string method, string problem) => Diagnostic.Create(Malformed, Location.None, method, problem);
}
