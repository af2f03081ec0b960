using System.Collections;
using System.Management.Automation;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Tracing;
using LinuxWasm.Kernel.Tty;
using LinuxWasm.Kernel.Vfs;
using LinuxWasm.Machine;
using LinuxWasm.Machine.Processes;
using LinuxWasm.Machine.Programs;
using LinuxWasm.PowerShell.Completion;
using LinuxWasm.PowerShell.Kernels;
using LinuxWasm.PowerShell.Programs;

namespace LinuxWasm.PowerShell.Commands;

/// <summary>What the commands share that start a program.</summary>
public abstract partial class ProgramCommand : KernelCommand
{
    /// <summary>What a shell answers for a program that is not there, or can't be run.</summary>
    private const int NotFoundStatus = 127;

    /// <summary>The program: a path in the guest's tree or, if nothing is there, a file of the host relative to the current location. Wildcards are permitted where they stand for one file.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path")]
    [SupportsWildcards]
    [ArgumentCompleter(typeof(ProgramPathCompleter))]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>The program's path, taken as it is.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath")]
    [ArgumentCompleter(typeof(ProgramPathCompleter))]
    [ValidateNotNullOrEmpty]
    public string LiteralPath { get; set; } = "";

    /// <summary>
    /// The program's arguments: whatever stands behind the program. Those that begin with '-' stand behind '--', or in quotes, or here, since PowerShell keeps such words for
    /// the command's own parameters.
    /// </summary>
    [Parameter(Position = 1, ValueFromRemainingArguments = true)]
    [AllowEmptyCollection]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(GuestPathCompleter))]
    [Alias("Args")]
    public string[] ArgumentList { get; set; } = [];

    /// <summary>The program's environment variables.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary Environment { get; set; } = new Hashtable();

    /// <summary>The guest's directory in which the program starts. By default /.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(GuestPathCompleter))]
    public string WorkingDirectory { get; set; } = "/";

    /// <summary>The user that the program runs as. By default 0, root.</summary>
    [Parameter]
    public uint UserId { get; set; }

    /// <summary>The group that the program runs as. By default 0.</summary>
    [Parameter]
    public uint GroupId { get; set; }

    /// <summary>Whose system call numbers and structures wasm_host_syscall takes. By default i386's. Programs built for WALI need none.</summary>
    [Parameter]
    [ValidateSet("i386", "x86-64", "generic")]
    public string? Abi { get; set; }

    /// <summary>
    /// A call through a pointer to a function of another type drops surplus arguments and gives zero for missing ones, as native machines do
    /// in effect: shells written in old C need that. Without, such a call is a SIGILL.
    /// </summary>
    [Parameter]
    public SwitchParameter EmulateFunctionPointerCasts { get; set; }

    /// <summary>A file of the host that gets each system call as strace writes it.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? TracePath { get; set; }

    private protected string ProgramPath => ParameterSetName == "Path" ? Path : LiteralPath;

    /// <summary>Starts the program with these standard files; ends the command where it can't be.</summary>
    private protected GuestProcess StartProgram(WasmKernel kernel, Func<IReadOnlyList<OpenFile?>> openFiles, HostedTerminal? terminal = null)
    {
        StreamWriter? trace = null;
        try
        {
            var image = ProgramLoader.Load(this, kernel, ProgramPath, ParameterSetName == "LiteralPath");
            var environment = EnvironmentVariables.From(Environment);
            trace = TracePath is null ? null : HostPaths.Use(this, "-TracePath", TracePath, "a file that can be written", static file => new StreamWriter(file));
            var process = kernel.Machine.Start(image, new ProgramStart
            {
                Arguments = [ProgramPath, .. ArgumentList],
                Environment = environment,
                StandardFiles = openFiles(),
                Terminal = terminal,
                Credentials = UserId == 0 && GroupId == 0 ? Credentials.Root : Credentials.ForUser(UserId, GroupId),
                WorkingDirectory = WorkingDirectory,
                Abi = Abi is { } name ? GuestAbi.All.Single(abi => abi.Name == name) : null,
                EmulateFunctionPointerCasts = EmulateFunctionPointerCasts,
                Tracer = trace is null ? null : new StraceTracer(trace),
            });
            kernel.Add(process, trace);
            return process;
        }
        catch (ProgramException refused)
        {
            trace?.Dispose();
            SetExitStatus(NotFoundStatus);
            ThrowTerminatingError(new ErrorRecord(refused, "ProgramRefused", ErrorCategory.InvalidArgument, ProgramPath));
        }
        catch (FormatException malformed)
        {
            ThrowTerminatingError(new ErrorRecord(malformed, "InvalidEnvironment", ErrorCategory.InvalidArgument, Environment));
        }
        catch (IOException unusable)
        {
            trace?.Dispose();
            ThrowTerminatingError(new ErrorRecord(unusable, "FileUnusable", ErrorCategory.OpenError, ProgramPath));
        }

        throw new InvalidOperationException();
    }

    private protected void SetExitStatus(int status) => SessionState.PSVariable.Set("global:LASTEXITCODE", status);
}
