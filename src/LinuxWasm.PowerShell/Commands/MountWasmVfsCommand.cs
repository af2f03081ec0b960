using System.Management.Automation;
using LinuxWasm.Machine;
using LinuxWasm.PowerShell.Completion;
using LinuxWasm.PowerShell.Kernels;
using LinuxWasm.PowerShell.Output;

namespace LinuxWasm.PowerShell.Commands;

/// <summary>
/// <para>Mounts a file system in a kernel's tree: a folder of the host, a tmpfs, devices.</para>
/// </summary>
[Cmdlet(VerbsData.Mount, "WasmVfs", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = "Path")]
[OutputType(typeof(WasmMount))]
public sealed class MountWasmVfsCommand : KernelCommand
{
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string LiteralPath { get; set; } = "";

    [Parameter(Mandatory = true, ParameterSetName = "Type")]
    [ArgumentCompleter(typeof(FileSystemTypeCompleter))]
    [ValidateNotNullOrEmpty]
    public string Type { get; set; } = "host";

    [Parameter(ParameterSetName = "Type")]
    public string? Source { get; set; }

    [Parameter(Mandatory = true, Position = 1)]
    [ArgumentCompleter(typeof(GuestPathCompleter))]
    [ValidateNotNullOrEmpty]
    public string Target { get; set; } = "";

    [Parameter]
    public SwitchParameter ReadOnly { get; set; }

    [Parameter]
    public string[] Option { get; set; } = [];

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
