using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Provider;
using LinuxWasm.Abi;
using LinuxWasm.Machine;
using LinuxWasm.PowerShell.Kernels;
using LinuxWasm.PowerShell.Output;

namespace LinuxWasm.PowerShell.Provider;

/// <summary>
/// The file tree of a kernel as a drive: PowerShell's own commands work on it. The drive wasm: shows the session's current kernel; New-PSDrive -PSProvider WasmVfs -Kernel
/// makes others. All that it does are system calls of the kernel's root user.
/// </summary>
[CmdletProvider("WasmVfs", ProviderCapabilities.ShouldProcess | ProviderCapabilities.ExpandWildcards)]
[OutputType(typeof(WasmFile), ProviderCmdlet = "Get-Item")]
[OutputType(typeof(WasmFile), ProviderCmdlet = "Get-ChildItem")]
[OutputType(typeof(WasmFile), ProviderCmdlet = "New-Item")]
public sealed partial class WasmVfsProvider : NavigationCmdletProvider, IContentCmdletProvider, IPropertyCmdletProvider
{
    protected override Collection<PSDriveInfo> InitializeDefaultDrives() =>
        [new WasmDriveInfo(new PSDriveInfo("wasm", ProviderInfo, "/", "The file tree of the session's current kernel.", null), kernel: null)];

    protected override PSDriveInfo? NewDrive(PSDriveInfo drive)
    {
        if (drive is WasmDriveInfo known)
            return known;
        var made = new WasmDriveInfo(drive, (DynamicParameters as NewDriveParameters)?.Kernel);
        if (Get<GuestStatus?>(made, made.Root, tree => tree.Status(made.Root)) is not { } status)
            return null;
        if (status.Mode.IsDirectory())
            return made;
        WriteError(ErrorRecords.Of("ENOTDIR", ErrorCategory.InvalidArgument, $"'{made.Root}' is no directory of the guest, so it can't be a drive's root.", made.Root));
        return null;
    }

    protected override object NewDriveDynamicParameters() => new NewDriveParameters();

    /// <summary>The kernel that the drive of this command shows.</summary>
    /// <exception cref="NoTreeException">There is none, or it has been stopped.</exception>
    private static WasmKernel KernelOf(WasmDriveInfo? drive)
    {
        var kernel = drive?.Kernel ?? KernelRegistry.Current.Selected
            ?? throw new NoTreeException("NoKernel", "No kernel runs in this session, so the drive has no tree. Start-WasmKernel starts one.");
        return kernel.State == WasmKernelState.Running ? kernel : throw new NoTreeException("KernelStopped", $"The kernel '{kernel.Name}' of the drive '{drive?.Name}:' has been stopped.");
    }

    private WasmKernel Kernel => KernelOf(PSDriveInfo as WasmDriveInfo);

    /// <summary>Asks the tree. What the kernel refuses is written as an error, and the answer is nothing.</summary>
    private T? Get<T>(string path, Func<GuestTree, T> question) => Get(PSDriveInfo as WasmDriveInfo, path, question);

    private T? Get<T>(WasmDriveInfo? drive, string path, Func<GuestTree, T> question)
    {
        T? answer = default;
        Report(path, () => KernelOf(drive).Machine.Provision(tree => answer = question(tree)));
        return answer;
    }

    /// <summary>Does something to the tree, if it is to be done. False where it was not; what the kernel refuses is written as an error.</summary>
    private bool Do(string path, string action, Action<GuestTree> work) => ShouldProcess(path, action) && Report(path, () => Kernel.Machine.Provision(work));

    private bool Report(string path, Action work)
    {
        try
        {
            work();
            return true;
        }
        catch (GuestTreeException refused)
        {
            WriteError(ErrorRecords.Of(refused, path));
        }
        catch (NoTreeException none)
        {
            WriteError(new ErrorRecord(none, none.Id, ErrorCategory.ObjectNotFound, path));
        }

        return false;
    }

    /// <summary>A drive without a kernel.</summary>
    private sealed class NoTreeException(string id, string message) : Exception(message)
    {
        public string Id { get; } = id;
    }

    /// <summary>What New-PSDrive takes beside its own parameters.</summary>
    private sealed class NewDriveParameters
    {
        /// <summary>The kernel whose tree the drive shows; the session's current one, whichever that is, where left out.</summary>
        [Parameter]
        [KernelTransformation]
        [ArgumentCompleter(typeof(KernelCompleter))]
        public WasmKernel? Kernel { get; set; }
    }
}
