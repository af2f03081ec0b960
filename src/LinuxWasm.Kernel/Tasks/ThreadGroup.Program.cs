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

    private VfsPath? _executable;
    private bool _deniesWriters;

    /// <summary>The program's file; null where it is none of the guest's tree, and once the process has ended.</summary>
    public VfsPath? Executable => _executable;

    /// <summary>
    /// The process runs from a file now (Linux's exe_file): its contents and its mount stay as long, and nobody may open it for writing (ETXTBSY). By the
    /// process's own thread, or before it runs.
    /// </summary>
    /// <param name="file">The file, or null for none.</param>
    public void RunFrom(VfsPath? file)
    {
        var (old, denied) = (_executable, _deniesWriters);
        file?.Mount.AddUser();
        file?.Inode.AddOpen();
        // Somebody may have begun to write since the program was read; then it stays so, and the program is what was read.
        _deniesWriters = file?.Inode.TryDenyWriters() ?? false;
        _executable = file;
        if (denied)
            old!.Value.Inode.AllowWriters();
        old?.Inode.RemoveOpen();
        old?.Mount.RemoveUser();
    }

    /// <summary>execve(2): takes a new program's command line, and leaves what belonged to the old one.</summary>
    internal void BecomeProgram(ExecArguments arguments, VfsPath file)
    {
        CommandLine = [.. arguments.Arguments.Select(Encoding.UTF8.GetString)];
        Environment = [.. arguments.Environment.Select(Encoding.UTF8.GetString)];
        RunFrom(file);
        // Another process may share them (CLONE_SIGHAND), and keeps its handlers.
        Actions = Actions.Clone();
        Actions.ResetForExec();
        Timers.DeletePosix();
    }
}
