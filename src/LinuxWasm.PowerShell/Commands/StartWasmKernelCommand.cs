using System.Management.Automation;
using LinuxWasm.Engine;
using LinuxWasm.Kernel;
using LinuxWasm.Machine;
using LinuxWasm.PowerShell.Kernels;

namespace LinuxWasm.PowerShell.Commands;

/// <summary>Starts a Linux kernel in this session.</summary>
/// <remarks>
/// <para>The kernel lives inside the session's process: its processes are threads of it, its files are in memory until a folder of the host is mounted. The new kernel becomes the session's current one, which commands without -Kernel use.</para>
/// <para>Its tree is a tmpfs with /dev, /tmp, /etc, /home and /root. The kernel goes with Stop-WasmKernel, with the module, or with the session.</para>
/// </remarks>
/// <example>
/// <summary>Start a kernel and look at it.</summary>
/// <code>
/// Start-WasmKernel -Name build -HostName builder
/// Invoke-WasmSyscall uname | ForEach-Object { $_.Output.buf.nodename }
/// </code>
/// <para>The kernel is called build in this session, and builder inside.</para>
/// </example>
/// <example>
/// <summary>A kernel that repeats itself.</summary>
/// <code>
/// Start-WasmKernel -Clock Virtual -Seed 42
/// Invoke-WasmSyscall getrandom 8
/// </code>
/// <para>With a virtual clock sleeping costs nothing, and with a seed the same random numbers come each time.</para>
/// </example>
/// <example>
/// <summary>Start with file systems mounted.</summary>
/// <code>
/// Start-WasmKernel -Mount 'host:./data:/data:ro', 'tmpfs:scratch:/scratch'
/// Get-WasmMount
/// </code>
/// <para>The folder data is seen at /data and can't be changed there.</para>
/// </example>
[Cmdlet(VerbsLifecycle.Start, "WasmKernel", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(WasmKernel))]
public sealed class StartWasmKernelCommand : PSCmdlet
{
    /// <summary>What the kernel is called in this session. By default kernel and its id.</summary>
    [Parameter(Position = 0, ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>The host name that programs see: at most 64 characters. By default linuxwasm.</summary>
    [Parameter]
    [ValidateLength(1, 64)]
    public string? HostName { get; set; }

    /// <summary>Whether time is the host's, or a time of its own that jumps to the next timer when all processes sleep. By default Real.</summary>
    [Parameter]
    public WasmClock Clock { get; set; }

    /// <summary>Seeds the kernel's random numbers. By default they are the host's.</summary>
    [Parameter]
    public ulong? Seed { get; set; }

    /// <summary>The most memory that one process may have, in bytes: 64KB to 4GB. By default 4GB.</summary>
    [Parameter]
    [ValidateRange(64 << 10, 4L << 30)]
    public long MemoryLimit { get; set; } = 4L << 30;

    /// <summary>The most stack that calls of a thread may use before SIGSEGV, in bytes: 1MB to 1GB. By default 64MB.</summary>
    [Parameter]
    [ValidateRange((long)MachineOptions.SmallestStack, (long)MachineOptions.LargestStack)]
    public long StackLimit { get; set; } = (long)new MachineOptions().StackLimit;

    /// <summary>The most that all files of one tmpfs may hold, in bytes. By default 1GB.</summary>
    [Parameter]
    [ValidateRange(4 << 10, long.MaxValue)]
    public long FileSystemLimit { get; set; } = 1L << 30;

    /// <summary>How many tasks may live at once: 8 to 32768. By default 32768.</summary>
    [Parameter]
    [ValidateRange(8, 32768)]
    public int ProcessLimit { get; set; } = 32768;

    /// <summary>File systems to mount, each as TYPE:SOURCE:TARGET[:OPTIONS]; a host folder is relative to the current location.</summary>
    [Parameter]
    [ValidateNotNull]
    public string[] Mount { get; set; } = [];

    /// <summary>Starts with an empty tree: no /dev, no /etc.</summary>
    [Parameter]
    public SwitchParameter EmptyRoot { get; set; }

    /// <summary>Compiles its programs anew, and keeps nothing of them on disk for the next start.</summary>
    [Parameter]
    public SwitchParameter NoCache { get; set; }

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
        catch (InvalidOperationException taken) when (kernel is null)
        {
            ThrowTerminatingError(new ErrorRecord(taken, "KernelExists", ErrorCategory.ResourceExists, Name));
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
            Cache = NoCache || ModuleCache.DefaultFolder is not { } folder ? null : new ModuleCache(folder),
            DefaultTree = !EmptyRoot,
            StackLimit = (ulong)StackLimit,
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
