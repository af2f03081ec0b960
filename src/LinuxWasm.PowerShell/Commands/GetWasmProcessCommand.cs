using System.Management.Automation;
using LinuxWasm.PowerShell.Completion;
using LinuxWasm.PowerShell.Kernels;
using LinuxWasm.PowerShell.Output;

namespace LinuxWasm.PowerShell.Commands;

/// <summary>Gets the processes of a kernel.</summary>
/// <remarks>
/// <para>They are those that live now. Processes named host have no program: the session makes its calls with them.</para>
/// </remarks>
/// <example>
/// <summary>List the processes.</summary>
/// <code>
/// Start-WasmKernel
/// Get-WasmProcess
/// </code>
/// <para>Shows number, parent, user, state, threads and processor time.</para>
/// </example>
/// <example>
/// <summary>See what a process has open.</summary>
/// <code>
/// Start-WasmKernel
/// Start-WasmProcess ./loop.wasm | Get-WasmFd
/// </code>
/// <para>Processes can be piped to each command that takes a process's number.</para>
/// </example>
[Cmdlet(VerbsCommon.Get, "WasmProcess", DefaultParameterSetName = "Name")]
[OutputType(typeof(WasmProcess))]
public sealed class GetWasmProcessCommand : KernelCommand
{
    /// <summary>Only processes with these names. Wildcards are permitted.</summary>
    [Parameter(Position = 0, ParameterSetName = "Name")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ProcessNameCompleter))]
    public string[] Name { get; set; } = ["*"];

    /// <summary>Only processes with these numbers.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Id", ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(ProcessIdCompleter))]
    [Alias("Id", "Pid")]
    public int[] ProcessId { get; set; } = [];

    /// <summary>The kernel: an object, an id or a name. By default the session's current kernel.</summary>
    [Parameter(ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [KernelTransformation]
    [ArgumentCompleter(typeof(KernelCompleter))]
    public override WasmKernel? Kernel { get; set; }

    protected override void ProcessRecord()
    {
        var kernel = RequireKernel();
        if (ParameterSetName == "Id")
        {
            foreach (var pid in ProcessId)
            {
                if (kernel.FindProcess(pid) is { } process)
                    WriteObject(process);
                else
                    WriteError(ErrorRecords.Of("ESRCH", ErrorCategory.ObjectNotFound, $"No process {pid} runs in kernel '{kernel.Name}'.", pid));
            }

            return;
        }

        var living = kernel.Processes;
        foreach (var name in Name)
        {
            var pattern = WildcardPattern.Get(name, WildcardOptions.None);
            var found = living.Where(process => pattern.IsMatch(process.Name)).ToList();
            if (found.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
                WriteError(ErrorRecords.Of("ProcessNotFound", ErrorCategory.ObjectNotFound, $"No process named '{name}' runs in kernel '{kernel.Name}'.", name));
            WriteObject(found, enumerateCollection: true);
        }
    }
}
