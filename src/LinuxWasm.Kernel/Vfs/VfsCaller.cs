using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Vfs;

/// <summary>Who does something to the file tree, and what his paths are relative to: a task, or the kernel's host.</summary>
/// <param name="Kernel">Whose tree it is.</param>
/// <param name="Credentials">What permissions are checked with.</param>
/// <param name="Fs">Root, working directory and umask.</param>
/// <param name="Task">The task; null for the host, which can't wait and has no /proc/self.</param>
public readonly record struct VfsCaller(LinuxKernel Kernel, Credentials Credentials, FsContext Fs, LinuxTask? Task = null)
{
    public VfsCaller(LinuxTask task)
        : this(task.Kernel, task.Credentials, task.Fs, task)
    {
    }
}
