using System.Management.Automation;
using LinuxWasm.Kernel.FileSystems.Streams;
using LinuxWasm.Kernel.Vfs;
using LinuxWasm.PowerShell.Kernels;
using LinuxWasm.PowerShell.Output;

namespace LinuxWasm.PowerShell.Commands;

/// <summary>Starts a WebAssembly program that goes on by itself.</summary>
/// <remarks>
/// <para>The command comes back at once with the process, which runs until it ends, or until it is stopped, or its kernel is. Standard input is at its end, and what the
/// program writes is thrown away, unless they are redirected to files of the host.</para>
/// </remarks>
/// <example>
/// <summary>Start a program and wait for it.</summary>
/// <code>
/// Start-WasmKernel
/// $process = Start-WasmProcess ./hello.wasm -RedirectStandardOutput ./hello.txt
/// $process | Wait-WasmProcess
/// Get-Content ./hello.txt
/// </code>
/// <para>The process's ExitStatus says how it ended.</para>
/// </example>
/// <example>
/// <summary>Start one that never ends, and stop it.</summary>
/// <code>
/// Start-WasmKernel
/// Start-WasmProcess ./loop.wasm
/// Get-WasmProcess loop* | Stop-WasmProcess -Force
/// </code>
/// <para>Without -Force it would get SIGTERM.</para>
/// </example>
[Cmdlet(VerbsLifecycle.Start, "WasmProcess", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low, DefaultParameterSetName = "Path")]
[OutputType(typeof(WasmProcess))]
public sealed class StartWasmProcessCommand : ProgramCommand
{
    /// <summary>The kernel to run it in: an object, an id or a name. By default the session's current kernel.</summary>
    [Parameter(ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [KernelTransformation]
    [ArgumentCompleter(typeof(KernelCompleter))]
    public override WasmKernel? Kernel { get; set; }

    /// <summary>A file of the host that the program reads as standard input.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? RedirectStandardInput { get; set; }

    /// <summary>A file of the host that gets what the program writes to standard output.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? RedirectStandardOutput { get; set; }

    /// <summary>A file of the host that gets what the program writes to standard error.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? RedirectStandardError { get; set; }

    protected override void ProcessRecord()
    {
        var kernel = RequireKernel();
        if (!ShouldProcess($"{ProgramPath} in kernel '{kernel.Name}'", "Start program"))
            return;
        var process = StartProgram(kernel, () => StandardFiles(kernel));
        WriteObject(new WasmProcess(kernel, process.MainTask.Group, process));
    }

    private IReadOnlyList<OpenFile> StandardFiles(WasmKernel kernel)
    {
        var streams = new StreamFileSystem(kernel.Machine.Kernel);
        return
        [
            streams.OpenReader("stdin", Open(RedirectStandardInput), leaveOpen: false),
            streams.OpenWriter("stdout", Create("-RedirectStandardOutput", RedirectStandardOutput), leaveOpen: false),
            streams.OpenWriter("stderr", Create("-RedirectStandardError", RedirectStandardError), leaveOpen: false),
        ];
    }

    private Stream Open(string? path) => path is null ? Stream.Null : HostPaths.Use(this, "-RedirectStandardInput", path, "a file that can be read", File.OpenRead);

    private Stream Create(string parameter, string? path) => path is null ? Stream.Null : HostPaths.Use(this, parameter, path, "a file that can be written", File.Create);
}
