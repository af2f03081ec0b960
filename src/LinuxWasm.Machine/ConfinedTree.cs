using LinuxWasm.Abi;
using LinuxWasm.Kernel;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Machine;

/// <summary>A directory of the guest as a tree of its own: the kernel keeps whoever works on it inside (chroot(2)). For one thread at a time.</summary>
public sealed class ConfinedTree : IDisposable
{
    private readonly HostTask _task;

    private ConfinedTree(HostTask task)
    {
        _task = task;
        Tree = new GuestTree(task);
    }

    public GuestTree Tree { get; }

    public void Dispose() => _task.Dispose();

    /// <exception cref="GuestTreeException">The directory can't be entered.</exception>
    internal static ConfinedTree Open(LinuxKernel kernel, string directory)
    {
        var task = new HostTask(kernel, new FdTable(), kernel.CreateFsContext());
        var mark = task.Mark();
        var error = task.Call("chroot", task.Put(directory)).Errno;
        if (error == Errno.None)
            error = task.Call("chdir", task.Put("/")).Errno;
        // What is made has exactly the mode that it is given.
        if (error == Errno.None)
            error = task.Call("umask", 0).Errno;
        task.FreeTo(mark);
        if (error == Errno.None)
            return new ConfinedTree(task);
        task.Dispose();
        throw new GuestTreeException(directory, "chroot", error);
    }
}
