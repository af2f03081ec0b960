using System.Management.Automation;
using System.Runtime.Loader;
using LinuxWasm.PowerShell.Kernels;

namespace LinuxWasm.PowerShell.Loading;

/// <summary>What happens when PowerShell imports the module, and when it removes it.</summary>
public sealed class ModuleLifetime : IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    public void OnImport()
    {
        // Imported a second time, into another runspace, there is one handler all the same.
        AssemblyLoadContext.Default.Resolving -= DependencyContext.Resolve;
        AssemblyLoadContext.Default.Resolving += DependencyContext.Resolve;
    }

    /// <summary>Nothing is left behind: the kernels that the session started go with the module.</summary>
    public void OnRemove(PSModuleInfo psModuleInfo) => KernelRegistry.Current.Dispose();
}
