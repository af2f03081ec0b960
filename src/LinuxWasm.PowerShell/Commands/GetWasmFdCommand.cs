using System.Management.Automation;
using LinuxWasm.PowerShell.Completion;
using LinuxWasm.PowerShell.Kernels;
using LinuxWasm.PowerShell.Output;

namespace LinuxWasm.PowerShell.Commands;

/// <summary>Gets the open file descriptors of a process.</summary>
/// <remarks>
/// <para>By default it is the process in which Invoke-WasmSyscall makes its calls.</para>
/// </remarks>
/// <example>
/// <summary>See what is open.</summary>
/// <code>
/// Start-WasmKernel
/// Invoke-WasmSyscall openat AT_FDCWD, /etc/passwd, O_RDONLY
/// Get-WasmFd
/// </code>
/// <para>Descriptors 0 to 2 are /dev/null, so the first file that is opened is 3.</para>
/// </example>
/// <example>
/// <summary>Close everything above 2.</summary>
/// <code>
/// Start-WasmKernel
/// Get-WasmFd | Where-Object Fd -gt 2 | Close-WasmFd
/// </code>
/// <para>Objects say which process and which kernel they belong to.</para>
/// </example>
[Cmdlet(VerbsCommon.Get, "WasmFd")]
[OutputType(typeof(WasmFd))]
public sealed class GetWasmFdCommand : KernelCommand
{
    /// <summary>Only these descriptors; one that is not open is an error.</summary>
    [Parameter(Position = 0)]
    [ValidateRange(0, int.MaxValue)]
    [ArgumentCompleter(typeof(FdCompleter))]
    public int[] Fd { get; set; } = [];

    /// <summary>The process, by its number or as an object that has one. By default the one of Invoke-WasmSyscall.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ProcessTransformation]
    [ArgumentCompleter(typeof(ProcessIdCompleter))]
    [Alias("Process", "Pid")]
    public int ProcessId { get; set; }

    /// <summary>The kernel: an object, an id or a name. By default the session's current kernel.</summary>
    [Parameter(ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [KernelTransformation]
    [ArgumentCompleter(typeof(KernelCompleter))]
    public override WasmKernel? Kernel { get; set; }

    protected override void ProcessRecord()
    {
        var kernel = RequireKernel();
        var pid = ProcessId == 0 ? kernel.Host.Pid : ProcessId;
        if (KernelInspection.DescriptorsOf(kernel, pid) is not { } open)
        {
            WriteError(ErrorRecords.Of("ESRCH", ErrorCategory.ObjectNotFound, $"No process {pid} runs in kernel '{kernel.Name}'.", pid));
            return;
        }

        foreach (var fd in Fd)
        {
            if (!open.Any(one => one.Fd == fd))
                WriteError(ErrorRecords.Of("EBADF", ErrorCategory.ObjectNotFound, $"Descriptor {fd} of process {pid} is not open.", fd));
        }

        WriteObject(open.Where(one => Fd.Length == 0 || Fd.Contains(one.Fd)), enumerateCollection: true);
    }
}
