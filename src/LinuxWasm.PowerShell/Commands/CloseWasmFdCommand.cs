using System.Management.Automation;
using LinuxWasm.Abi;
using LinuxWasm.PowerShell.Completion;
using LinuxWasm.PowerShell.Kernels;

namespace LinuxWasm.PowerShell.Commands;

/// <summary>Closes file descriptors of a process.</summary>
/// <remarks>
/// <para>It does what close(2) does in that process. One that is not open is an error EBADF, and the others are closed all the same.</para>
/// </remarks>
/// <example>
/// <summary>Close a descriptor.</summary>
/// <code>
/// Start-WasmKernel
/// Invoke-WasmSyscall openat AT_FDCWD, /etc/passwd, O_RDONLY
/// Close-WasmFd 3
/// </code>
/// <para>The descriptor belongs to the process of Invoke-WasmSyscall.</para>
/// </example>
/// <example>
/// <summary>Close what a pipeline finds.</summary>
/// <code>
/// Start-WasmKernel
/// Invoke-WasmSyscall pipe2
/// Get-WasmFd | Where-Object Type -eq Pipe | Close-WasmFd
/// </code>
/// <para>Both ends of the pipe are closed.</para>
/// </example>
[Cmdlet(VerbsCommon.Close, "WasmFd", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(void))]
public sealed class CloseWasmFdCommand : KernelCommand
{
    /// <summary>The descriptors to close.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [ValidateRange(0, int.MaxValue)]
    [ArgumentCompleter(typeof(FdCompleter))]
    public int[] Fd { get; set; } = [];

    /// <summary>The process, by its number or as an object that has one. By default the one of Invoke-WasmSyscall.</summary>
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
