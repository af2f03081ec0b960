using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;

namespace LinuxWasm.Kernel.Tasks;

/// <summary>The way back to the guest, and the task's end.</summary>
public sealed partial class LinuxTask
{
    private WaitStatus _exitStatus;

    /// <summary>
    /// Does what is pending before guest code goes on: after a call, with its result, and at safepoints.
    /// </summary>
    /// <returns>The result that the guest is to see; meaningless where the task must end.</returns>
    internal long ReturnToGuest(long result) => result switch
    {
        -(long)Restart.ERESTARTSYS or -(long)Restart.ERESTARTNOINTR or -(long)Restart.ERESTARTNOHAND => -(long)Errno.EINTR,
        _ => result,
    };

    /// <summary>Does what is pending in the middle of guest code. On the task's own thread; look at <see cref="MustEnd"/> afterwards.</summary>
    public void Safepoint()
    {
        if (HasWorkPending)
            ReturnToGuest(0);
    }

    /// <summary>Ends this task alone, as exit(2); the others of its process go on.</summary>
    internal void Exit(int code)
    {
        _exitStatus = WaitStatus.Exited(code);
        Notify(TaskWork.End);
    }

    /// <summary>
    /// Whoever ran the task's code says that it runs no more: what the task held is given back, and with the last task the process ends.
    /// Called once, on the thread that ran it.
    /// </summary>
    public void Finish()
    {
        Files.Release();
        Fs.Release();
        Tracer?.TaskEnded(this, Group.Status ?? _exitStatus);
        Kernel.Pids.Remove(this);
        if (Group.Remove(this, _exitStatus))
            Kernel.ProcessEnded(Group);
        Kernel.Clock.TaskSleeps();
    }
}
