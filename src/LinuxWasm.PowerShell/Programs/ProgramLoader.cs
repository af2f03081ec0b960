using System.Management.Automation;
using LinuxWasm.Abi;
using LinuxWasm.Machine;
using LinuxWasm.Machine.Programs;
using LinuxWasm.PowerShell.Commands;
using LinuxWasm.PowerShell.Kernels;

namespace LinuxWasm.PowerShell.Programs;

/// <summary>Finds a program: a path in the guest's tree or, if nothing is there, a file of the host relative to the session's location.</summary>
internal static class ProgramLoader
{
    /// <exception cref="ProgramException">There is none, or it is no program.</exception>
    public static ProgramImage Load(PSCmdlet cmdlet, WasmKernel kernel, string path, bool literal)
    {
        byte[]? content = null;
        try
        {
            kernel.Machine.Provision(tree => content = tree.TryReadFile(path));
        }
        catch (GuestTreeException refused)
        {
            throw new ProgramException(
                refused.Errno == Errno.EISDIR ? $"{path}: is a directory of the guest; a WebAssembly program is expected" : $"{path}: {refused.Errno.Message()}", refused);
        }

        if (content is not null)
            return ProgramImage.Load(path, content);
        var file = HostPaths.One(cmdlet, path, literal);
        try
        {
            return ProgramImage.Load(path, File.ReadAllBytes(file));
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ProgramException($"{path}: no such file, neither in the guest's tree nor on the host ('{file}')", missing);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ProgramException(
                Directory.Exists(file) ? $"{path}: is a directory; a WebAssembly program is expected" : $"{path}: can't be read: {unreadable.Message}", unreadable);
        }
    }
}
