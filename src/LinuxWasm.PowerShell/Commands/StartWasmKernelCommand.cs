using System.Management.Automation;
using LinuxWasm.Kernel;
using LinuxWasm.Machine;
using LinuxWasm.PowerShell.Kernels;

namespace LinuxWasm.PowerShell.Commands;

/// <summary>
/// <para>Starts a Linux kernel inside this session and makes it the session's current one.</para>
/// </summary>
[Cmdlet(VerbsLifecycle.Start, "WasmKernel", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(WasmKernel))]
public sealed class StartWasmKernelCommand : PSCmdlet
{
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    [Parameter]
    [ValidateLength(1, 64)]
    public string? HostName { get; set; }

    [Parameter]
    public WasmClock Clock { get; set; }

    [Parameter]
    public ulong? Seed { get; set; }

    [Parameter]
    [ValidateRange(64 << 10, 4L << 30)]
    public long MemoryLimit { get; set; } = 4L << 30;

    [Parameter]
    [ValidateRange(4 << 10, long.MaxValue)]
    public long FileSystemLimit { get; set; } = 1L << 30;

    [Parameter]
    [ValidateRange(8, 32768)]
    public int ProcessLimit { get; set; } = 32768;

    [Parameter]
    [ValidateNotNull]
    public string[] Mount { get; set; } = [];

    [Parameter]
    public SwitchParameter EmptyRoot { get; set; }

    protected override void ProcessRecord()
    {
        MountSpec[] mounts;
        try
        {
            mounts = [.. Mount.Select(MountSpec.Parse).Select(Resolve)];
        }
        catch (FormatException malformed)
        {
            ThrowTerminatingError(new ErrorRecord(malformed, "InvalidMount", ErrorCategory.InvalidArgument, Mount));
            return;
        }

        if (!ShouldProcess(Name ?? "a new kernel", "Start"))
            return;
        WasmKernel? kernel = null;
        try
        {
            kernel = KernelRegistry.Current.Start(Name, Options());
            kernel.Machine.Provision(tree =>
            {
                foreach (var mount in mounts)
                    mount.Apply(tree);
            });
            WriteObject(kernel);
        }
        catch (GuestTreeException refused)
        {
            kernel?.Stop();
            ThrowTerminatingError(ErrorRecords.Of(refused, Mount));
        }
    }

    private MachineOptions Options() =>
        new()
        {
            DefaultTree = !EmptyRoot,
            Kernel = new KernelOptions
            {
                HostName = HostName ?? new KernelOptions().HostName,
                VirtualClock = Clock == WasmClock.Virtual,
                Seed = Seed,
                MemoryLimit = (ulong)MemoryLimit,
                TmpfsLimit = (ulong)FileSystemLimit,
                MaxTasks = ProcessLimit,
            },
        };

    /// <summary>A host folder is relative to the session's location, not to the process's.</summary>
    private MountSpec Resolve(MountSpec mount) =>
        mount.Type == "host" ? mount with { Source = GetUnresolvedProviderPathFromPSPath(mount.Source) } : mount;
}
