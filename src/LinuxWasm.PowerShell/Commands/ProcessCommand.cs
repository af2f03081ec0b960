using System.Management.Automation;
using LinuxWasm.PowerShell.Completion;
using LinuxWasm.PowerShell.Kernels;
using LinuxWasm.PowerShell.Output;

namespace LinuxWasm.PowerShell.Commands;

/// <summary>What the commands share that act on processes.</summary>
public abstract class ProcessCommand : KernelCommand
{
    /// <summary>The processes, as Start-WasmProcess and Get-WasmProcess give them.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Process", ValueFromPipeline = true)]
    [ArgumentCompleter(typeof(ProgramProcessCompleter))]
    [ValidateNotNull]
    public WasmProcess[] Process { get; set; } = [];

    /// <summary>The processes by their numbers.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Id")]
    [ArgumentCompleter(typeof(ProcessIdCompleter))]
    [Alias("Id", "Pid")]
    public int[] ProcessId { get; set; } = [];

    /// <summary>The processes by their names. Wildcards are permitted.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Name")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ProcessNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>Gives the processes.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>
    /// The processes that were named; what is not there is written as an error. The host's own, which have no program, are left out of what a pipeline or a wildcard gives.
    /// </summary>
    private protected IEnumerable<WasmProcess> Named()
    {
        switch (ParameterSetName)
        {
            case "Process":
                return Process.Where(IsProgram);
            case "Id":
                var numbered = RequireKernel();
                return ProcessId.Select(pid => Require(numbered.FindProcess(pid), $"No process {pid} runs in kernel '{numbered.Name}'.", pid)).OfType<WasmProcess>().ToList();
            default:
                var kernel = RequireKernel();
                return Name.SelectMany(name => Matching(kernel, name)).ToList();
        }
    }

    private IEnumerable<WasmProcess> Matching(WasmKernel kernel, string name)
    {
        var pattern = WildcardPattern.Get(name, WildcardOptions.None);
        var found = kernel.Processes.Where(process => pattern.IsMatch(process.Name)).ToList();
        if (WildcardPattern.ContainsWildcardCharacters(name))
            return found.Where(IsProgram);
        if (found.Count == 0)
            WriteError(ErrorRecords.Of("ProcessNotFound", ErrorCategory.ObjectNotFound, $"No process named '{name}' runs in kernel '{kernel.Name}'.", name));
        return found.Select(process => Require(process, "", name)).OfType<WasmProcess>();
    }

    private WasmProcess? Require(WasmProcess? process, string missing, object target)
    {
        if (process is null)
            WriteError(ErrorRecords.Of("ESRCH", ErrorCategory.ObjectNotFound, missing, target));
        else if (process.IsHost)
            WriteError(ErrorRecords.Of("HostProcess", ErrorCategory.InvalidOperation, $"{process} has no program: the session makes its calls with it, and it ends with the kernel.", process));
        else
            return process;
        return null;
    }

    private bool IsProgram(WasmProcess process)
    {
        if (process.IsHost)
            WriteVerbose($"{process} is passed over: it has no program, the session makes its calls with it.");
        return !process.IsHost;
    }
}
