using System.Management.Automation;
using LinuxWasm.Machine.Programs;
using LinuxWasm.PowerShell.Commands;
using LinuxWasm.PowerShell.Kernels;

namespace LinuxWasm.PowerShell.Programs;

/// <summary>Finds a program: a path in the guest's tree or, if nothing is there, a file of the host relative to the session's location.</summary>
internal static class ProgramLoader
{
    /// <exception cref="ProgramException">There is none, or it is no program.</exception>
    public static ProgramFile Load(PSCmdlet cmdlet, WasmKernel kernel, string path, bool literal) =>
        kernel.Machine.Load(path, name => HostPrograms.Read(name, HostPaths.One(cmdlet, name, literal)));
}
