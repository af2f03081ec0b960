using System.Management.Automation;
using LinuxWasm.PowerShell.Completion;
using LinuxWasm.PowerShell.Kernels;
using LinuxWasm.PowerShell.Output;

namespace LinuxWasm.PowerShell.Commands;

/// <summary>
/// <para>Gets the file systems that are mounted in a kernel.</para>
/// </summary>
[Cmdlet(VerbsCommon.Get, "WasmMount")]
[OutputType(typeof(WasmMount))]
public sealed class GetWasmMountCommand : KernelCommand
{
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(MountTargetCompleter))]
    public string[] Target { get; set; } = ["*"];

    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(FileSystemTypeCompleter))]
    public string[] Type { get; set; } = ["*"];

    [Parameter(ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [KernelTransformation]
    [ArgumentCompleter(typeof(KernelCompleter))]
    public override WasmKernel? Kernel { get; set; }

    protected override void ProcessRecord()
    {
        var mounts = KernelInspection.MountsOf(RequireKernel()).Where(mount => Type.Any(type => WildcardPattern.Get(type, WildcardOptions.None).IsMatch(mount.Type))).ToList();
        foreach (var target in Target)
        {
            var pattern = WildcardPattern.Get(target, WildcardOptions.None);
            var found = mounts.Where(mount => pattern.IsMatch(mount.Target)).ToList();
            if (found.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(target))
                WriteError(ErrorRecords.Of("MountNotFound", ErrorCategory.ObjectNotFound, $"Nothing is mounted on '{target}'.", target));
            WriteObject(found, enumerateCollection: true);
        }
    }
}
