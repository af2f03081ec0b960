using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Tasks;

/// <summary>execve(2): one thread goes on alone, as the process's first.</summary>
public sealed partial class ThreadGroup
{
    private LinuxTask? _executing;

    /// <summary>
    /// Ends all other threads and waits until they are gone; the caller takes the process's number as its own (de_thread).
    /// </summary>
    /// <returns>EAGAIN where the process is ending, or another thread is doing the same: then this one is to be gone.</returns>
    internal Errno LeaveAlone(LinuxTask task)
    {
        LinuxTask[] others;
        lock (Lock)
        {
            if (_status is not null || _executing is not null)
                return Errno.EAGAIN;
            _executing = task;
            others = [.. _tasks.Where(other => other != task)];
        }

        foreach (var other in others)
            other.Notify(TaskWork.End);
        using (var wait = task.BeginWait(ThreadLeft))
        {
            while (!IsAlone())
            {
                if (wait.SleepKillable() == WaitOutcome.Interrupted && task.MustEnd)
                    break;
            }
        }

        lock (Lock)
        {
            _executing = null;
            if (_tasks.Count > 1 || _status is not null)
                return Errno.EAGAIN;
            _leaderStatus = null;
        }

        var before = task.Tid;
        Kernel.Pids.MakeLeader(task);
        if (task.Tid != before)
            task.Tracer?.Superseded(task, before);
        ExitSignal = Signal.SIGCHLD;
        HasExecuted = true;
        return Errno.None;
    }

    /// <summary>True for a first thread that another one, which executes a program, is about to take the place of.</summary>
    internal bool IsSuperseded(LinuxTask task)
    {
        lock (Lock)
            return _executing is not null && _executing != task && task.Tid == Pid && _status is null;
    }

    private bool IsAlone()
    {
        lock (Lock)
            return _tasks.Count == 1;
    }
}
