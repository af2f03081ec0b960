using System.Management.Automation;
using LinuxWasm.Machine;
using LinuxWasm.PowerShell.Completion;
using LinuxWasm.PowerShell.Kernels;
using LinuxWasm.PowerShell.Output;

namespace LinuxWasm.PowerShell.Commands;

/// <summary>Mounts a file system in a kernel's tree.</summary>
/// <remarks>
/// <para>With -Path or -LiteralPath a folder of the host is mounted: programs see what is in it, and nothing of the host outside of it. With -Type it is another file system: tmpfs, devtmpfs, devpts, proc. The target is made where it is missing.</para>
/// </remarks>
/// <example>
/// <summary>Mount a folder of the host.</summary>
/// <code>
/// Start-WasmKernel
/// Mount-WasmVfs ./data /data -ReadOnly
/// Invoke-WasmProgram ./cat.wasm /data/notes.txt
/// </code>
/// <para>Programs can read the folder, but change nothing.</para>
/// </example>
/// <example>
/// <summary>Mount a file system of its own.</summary>
/// <code>
/// Start-WasmKernel
/// Mount-WasmVfs -Type tmpfs -Target /scratch -Option size=16m -PassThru
/// </code>
/// <para>Its files are in memory, at most 16 MiB of them.</para>
/// </example>
[Cmdlet(VerbsData.Mount, "WasmVfs", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = "Path")]
[OutputType(typeof(WasmMount))]
public sealed class MountWasmVfsCommand : KernelCommand
{
    /// <summary>The folder of the host, relative to the current location. Wildcards are permitted where they stand for one folder.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>The folder of the host by its exact name.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string LiteralPath { get; set; } = "";

    /// <summary>The kind of file system.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Type")]
    [ArgumentCompleter(typeof(FileSystemTypeCompleter))]
    [ValidateNotNullOrEmpty]
    public string Type { get; set; } = "host";

    /// <summary>What is mounted, where the kind has something to choose; else what Get-WasmMount shows. For host it is the folder.</summary>
    [Parameter(ParameterSetName = "Type")]
    public string? Source { get; set; }

    /// <summary>The absolute path of the guest that it covers.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ArgumentCompleter(typeof(GuestPathCompleter))]
    [ValidateNotNullOrEmpty]
    public string Target { get; set; } = "";

    /// <summary>Nothing can be changed through this mount.</summary>
    [Parameter]
    public SwitchParameter ReadOnly { get; set; }

    /// <summary>Further options as mount(8) takes them: noexec, nosuid, nodev, noatime, and those of the file system, such as size=16m.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(MountOptionCompleter))]
    public string[] Option { get; set; } = [];

    /// <summary>Gives the new mount.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    protected override void ProcessRecord()
    {
        var kernel = RequireKernel();
        if (!Target.StartsWith('/'))
            ThrowTerminatingError(ErrorRecords.Of("InvalidTarget", ErrorCategory.InvalidArgument, $"'{Target}' is no absolute path of the guest: it has to begin with '/'.", Target));
        var mount = new MountSpec(Type, ResolveSource(), Target, string.Join(',', ReadOnly ? ["ro", .. Option] : Option));
        if (!ShouldProcess($"{mount.Target} in kernel '{kernel.Name}'", $"Mount {mount.Type} {mount.Source}".TrimEnd()))
            return;
        try
        {
            kernel.Machine.Provision(mount.Apply);
        }
        catch (GuestTreeException refused)
        {
            WriteError(ErrorRecords.Of(refused, Target));
            return;
        }

        if (PassThru)
            WriteObject(KernelInspection.MountsOf(kernel).Last());
    }

    /// <summary>What is mounted; a host folder as an absolute path.</summary>
    private string ResolveSource() => ParameterSetName switch
    {
        "Path" => HostPaths.Folder(this, Path, literal: false),
        "LiteralPath" => HostPaths.Folder(this, LiteralPath, literal: true),
        _ when Type == "host" => HostPaths.Folder(this, Source ?? ".", literal: true),
        _ => Source ?? Type,
    };
}
