using System.Management.Automation;
using LinuxWasm.Conformance.OwnKernel;
using LinuxWasm.Conformance.Strace;
using LinuxWasm.Conformance.Strace.Log;
using LinuxWasm.PowerShell.Output;

namespace LinuxWasm.PowerShell.Commands;

/// <summary>Turns logs of strace into conformance cases, and makes their calls again.</summary>
/// <remarks>
/// <para>A log is recorded on Linux with strace -f -v -s 65535 -yy -o LOG PROGRAM. Its case has the file tree that the program found, and a step for each call with what it gave and stored. Descriptors, process numbers and addresses are captured; what belongs to the machine, such as times and inode numbers, is left out by named rules. Each line of a log that can't be read is an error that says line and column, and is counted.</para>
/// </remarks>
/// <example>
/// <summary>Import lines that come through the pipeline, and replay them.</summary>
/// <code>
/// 'getuid() = 0', 'umask(077) = 022' | ConvertFrom-Strace -Id strace/umask -Replay
/// </code>
/// <para>With a file, Get-Content is not needed: ConvertFrom-Strace ./ls.log -Replay.</para>
/// </example>
/// <example>
/// <summary>See what does not replay, by call and reason.</summary>
/// <code>
/// $log = 'dup(0) = 3', 'dup(0) = -1 EMFILE (Too many open files)'
/// ($log | ConvertFrom-Strace -Replay).Calls | Where-Object Outcome -ne Replayed | Group-Object Name, Outcome, Reason
/// </code>
/// <para>Outcome is Replayed, Differs, NotImplemented or NotUnderstood.</para>
/// </example>
/// <example>
/// <summary>Write the case into a file of a suite, and run it from there.</summary>
/// <code>
/// ('getpid() = 7' | ConvertFrom-Strace -Id mine/getpid).Yaml | Set-Content ./getpid.yaml
/// Invoke-WasmConformance -Path ./getpid.yaml
/// </code>
/// <para>The case goes on living without the log.</para>
/// </example>
[Cmdlet(VerbsData.ConvertFrom, "Strace", DefaultParameterSetName = "Path")]
[OutputType(typeof(WasmStraceCase))]
public sealed class ConvertFromStraceCommand : PSCmdlet
{
    private readonly List<string> _lines = [];

    /// <summary>Log files. Wildcards are permitted.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>Log files by their exact names.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string[] LiteralPath { get; set; } = [];

    /// <summary>The lines of one log.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "InputObject", ValueFromPipeline = true)]
    [AllowEmptyString]
    public string[] InputObject { get; set; } = [];

    /// <summary>The case's id, family and name. By default strace and the log's name.</summary>
    [Parameter]
    [ValidatePattern("^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)+$")]
    public string? Id { get; set; }

    /// <summary>A folder with a copy of the file tree, taken before the run: it has what the log does not show.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Root { get; set; }

    /// <summary>Where the folder of -Root stood in the tree of the run.</summary>
    [Parameter]
    [ValidatePattern("^/")]
    public string RootAt { get; set; } = "/";

    /// <summary>Makes the calls that LinuxWasm has again, and says what differs from the log. Calls that it does not have are left out of the case.</summary>
    [Parameter]
    public SwitchParameter Replay { get; set; }

    protected override void ProcessRecord()
    {
        switch (ParameterSetName)
        {
            case "InputObject":
                _lines.AddRange(InputObject.SelectMany(text => text.Split('\n')).Select(line => line.TrimEnd('\r')));
                break;
            case "LiteralPath":
                foreach (var path in LiteralPath)
                    ConvertFile(HostPaths.One(this, path, literal: true));
                break;
            default:
                foreach (var path in Path.SelectMany(path => HostPaths.Several(this, path)))
                    ConvertFile(path);
                break;
        }
    }

    protected override void EndProcessing()
    {
        if (ParameterSetName == "InputObject")
            Convert(StraceLog.Parse("pipeline", _lines), "log");
    }

    private void ConvertFile(string path)
    {
        if (!File.Exists(path))
        {
            WriteError(ErrorRecords.Of("PathNotFound", ErrorCategory.ObjectNotFound, $"There is no file '{path}'.", path));
            return;
        }

        Convert(StraceLog.Read(path), System.IO.Path.GetFileNameWithoutExtension(path));
    }

    private void Convert(StraceLog log, string name)
    {
        foreach (var problem in log.Problems)
            WriteError(ErrorRecords.Of("MalformedStraceLine", ErrorCategory.ParserError, problem.ToString(), problem));
        if (log.Events.Count == 0)
        {
            WriteError(ErrorRecords.Of("NoSystemCall", ErrorCategory.InvalidData, $"There is no system call in '{log.File}'.", log.File));
            return;
        }

        var plain = new string([.. name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '-')]);
        var options = new ImportOptions
        {
            Id = Id ?? "strace/" + (plain.Length > 0 ? plain : "log"),
            About = $"what {(plain.Length > 0 ? plain : "log")} did on Linux, imported from strace",
            Root = Root is null ? null : HostPaths.Folder(this, Root, literal: true),
            RootAt = RootAt,
            CanMake = Replay ? StraceReplay.KernelHas : null,
        };
        var imported = StraceImporter.Import(log, options);
        var calls = imported.Calls;
        if (Replay)
        {
            using var target = new KernelTarget();
            calls = StraceReplay.Run(imported, target).Calls;
        }

        WriteObject(new WasmStraceCase(options.Id, log.File, imported, calls, Replay));
    }
}
