using System.Text;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Tasks;

/// <summary>What the process was started with, for /proc/pid. Whoever starts a program sets it; fork(2) hands it down.</summary>
public sealed partial class ThreadGroup
{
    /// <summary>The arguments, the program's name first.</summary>
    public IReadOnlyList<string> CommandLine { get; set; } = [];

    /// <summary>NAME=value, as they were at the start.</summary>
    public IReadOnlyList<string> Environment { get; set; } = [];

    /// <summary>The program's file; null where it is none of the guest's tree.</summary>
    public VfsPath? Executable { get; set; }

    /// <summary>execve(2): takes a new program's command line, and leaves what belonged to the old one.</summary>
    internal void BecomeProgram(ExecArguments arguments, VfsPath file)
    {
        CommandLine = [.. arguments.Arguments.Select(Encoding.UTF8.GetString)];
        Environment = [.. arguments.Environment.Select(Encoding.UTF8.GetString)];
        Executable = file;
        // Another process may share them (CLONE_SIGHAND), and keeps its handlers.
        Actions = Actions.Clone();
        Actions.ResetForExec();
        Timers.DeletePosix();
    }
}
