using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace LinuxWasm.PowerShell.Completion;

/// <summary>Completes options of mounts: those of all file systems, and those of the kind that the command line names.</summary>
public sealed class MountOptionCompleter : IArgumentCompleter
{
    private static readonly (string Text, string ToolTip)[] Common =
    [
        ("noatime", "reading does not change the time of access"),
        ("nodev", "devices in it are none"),
        ("noexec", "nothing in it can be executed"),
        ("nosuid", "set-user-ID and set-group-ID have no effect"),
        ("ro", "nothing can be changed"),
    ];

    private static readonly (string Type, string Text, string ToolTip)[] Own =
    [
        ("tmpfs", "size=", "the most that its files may hold: 16m, 1g"),
        ("tmpfs", "mode=", "its root's mode, octal: 1777"),
        ("tmpfs", "uid=", "its root's owner"),
        ("tmpfs", "gid=", "its root's group"),
        ("host", "uid=", "all files appear as that user's"),
        ("host", "gid=", "all files appear as that group's"),
        ("devpts", "gid=", "the group of new terminals"),
        ("devpts", "mode=", "the mode of new terminals, octal"),
        ("devpts", "ptmxmode=", "the mode of its ptmx, octal"),
    ];

    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        // Without -Type it is a folder of the host.
        var type = fakeBoundParameters["Type"]?.ToString() ?? "host";
        return Completions.Matching(wordToComplete, Own.Where(own => own.Type == type).Select(own => (own.Text, own.ToolTip)).Concat(Common));
    }
}
