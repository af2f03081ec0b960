using System.Management.Automation;
using LinuxWasm.PowerShell.Completion;
using LinuxWasm.PowerShell.Kernels;
using LinuxWasm.PowerShell.Output;

namespace LinuxWasm.PowerShell.Commands;

/// <summary>Gets the file systems that are mounted in a kernel.</summary>
/// <remarks>
/// <para>They come in the order in which they were mounted; the first is the root.</para>
/// </remarks>
/// <example>
/// <summary>See what is mounted.</summary>
/// <code>
/// Start-WasmKernel
/// Get-WasmMount
/// </code>
/// <para>Shows place, kind, source and options.</para>
/// </example>
/// <example>
/// <summary>Only folders of the host.</summary>
/// <code>
/// Start-WasmKernel
/// Get-WasmMount -Type host
/// </code>
/// <para>Their sources are paths of the host.</para>
/// </example>
[Cmdlet(VerbsCommon.Get, "WasmMount")]
[OutputType(typeof(WasmMount))]
public sealed class GetWasmMountCommand : KernelCommand
{
    /// <summary>Only mounts on these places. Wildcards are permitted.</summary>
    [Parameter(Position = 0)]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(MountTargetCompleter))]
    public string[] Target { get; set; } = ["*"];

    /// <summary>Only mounts of these kinds. Wildcards are permitted.</summary>
    [Parameter]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(FileSystemTypeCompleter))]
    public string[] Type { get; set; } = ["*"];

    /// <summary>The kernel: an object, an id or a name. By default the session's current kernel.</summary>
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
