using System.Management.Automation;
using LinuxWasm.PowerShell.Completion;
using LinuxWasm.PowerShell.Kernels;
using LinuxWasm.PowerShell.Output;

namespace LinuxWasm.PowerShell.Commands;

/// <summary>
/// <para>Gets the open file descriptors of a process.</para>
/// </summary>
[Cmdlet(VerbsCommon.Get, "WasmFd")]
[OutputType(typeof(WasmFd))]
public sealed class GetWasmFdCommand : KernelCommand
{
    [Parameter(Position = 0)]
    [ValidateRange(0, int.MaxValue)]
    [ArgumentCompleter(typeof(FdCompleter))]
    public int[] Fd { get; set; } = [];

    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ProcessTransformation]
    [ArgumentCompleter(typeof(ProcessIdCompleter))]
    [Alias("Process", "Pid")]
    public int ProcessId { get; set; }

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
