using System.Management.Automation;
using LinuxWasm.PowerShell.Completion;
using LinuxWasm.PowerShell.Output;

namespace LinuxWasm.PowerShell.Commands;

/// <summary>What the commands share that act on processes.</summary>
public abstract class ProcessCommand : KernelCommand
{
    /// <summary>The processes, as Start-WasmProcess and Get-WasmProcess give them.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Process", ValueFromPipeline = true)]
    [ValidateNotNull]
    public WasmProcess[] Process { get; set; } = [];

    /// <summary>The processes by their numbers.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Id")]
    [ArgumentCompleter(typeof(ProcessIdCompleter))]
    [Alias("Id", "Pid")]
    public int[] ProcessId { get; set; } = [];

    /// <summary>Gives the processes.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>The processes that were named; what is not there is written as an error.</summary>
    private protected IEnumerable<WasmProcess> Named()
    {
        if (ParameterSetName == "Process")
            return Process;
        var kernel = RequireKernel();
        var found = new List<WasmProcess>();
        foreach (var pid in ProcessId)
        {
            if (kernel.FindProcess(pid) is { } process)
                found.Add(process);
            else
                WriteError(ErrorRecords.Of("ESRCH", ErrorCategory.ObjectNotFound, $"No process {pid} runs in kernel '{kernel.Name}'.", pid));
        }

        return found;
    }
}
