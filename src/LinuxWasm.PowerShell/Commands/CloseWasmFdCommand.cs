using System.Management.Automation;
using LinuxWasm.Abi;
using LinuxWasm.PowerShell.Completion;
using LinuxWasm.PowerShell.Kernels;

namespace LinuxWasm.PowerShell.Commands;

/// <summary>
/// <para>Closes file descriptors of a process, as close(2) does.</para>
/// </summary>
[Cmdlet(VerbsCommon.Close, "WasmFd", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(void))]
public sealed class CloseWasmFdCommand : KernelCommand
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateRange(0, int.MaxValue)]
    [ArgumentCompleter(typeof(FdCompleter))]
    public int[] Fd { get; set; } = [];

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ProcessTransformation]
    [ArgumentCompleter(typeof(ProcessIdCompleter))]
    [Alias("Process", "Pid")]
    public int ProcessId { get; set; }

    protected override void ProcessRecord()
    {
        var kernel = RequireKernel();
        var pid = ProcessId == 0 ? kernel.Host.Pid : ProcessId;
        if (kernel.Machine.Kernel.Pids.FindGroup(pid)?.Tasks is not [var task, ..])
        {
            WriteError(ErrorRecords.Of("ESRCH", ErrorCategory.ObjectNotFound, $"No process {pid} runs in kernel '{kernel.Name}'.", pid));
            return;
        }

        foreach (var fd in Fd)
        {
            if (!ShouldProcess($"descriptor {fd} of process {pid}", "Close"))
                continue;
            var error = pid == kernel.Host.Pid ? kernel.Host.Close(fd) : task.Files.Close(fd);
            if (error != Errno.None)
                WriteError(ErrorRecords.Of(error, $"descriptor {fd} of process {pid}", fd));
        }
    }
}
