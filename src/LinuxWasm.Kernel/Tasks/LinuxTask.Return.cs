using System.Runtime.CompilerServices;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;

namespace LinuxWasm.Kernel.Tasks;

/// <summary>What becomes of a call whose way back to the guest had something to do.</summary>
internal enum CallEnd
{
    /// <summary>The guest sees the result.</summary>
    Result,

    /// <summary>The call is made again with the same arguments.</summary>
    Again,

    /// <summary>The call goes on through <see cref="LinuxTask.RestartBlock"/>.</summary>
    Resume,
}

/// <summary>The way back to the guest, and the task's end.</summary>
public sealed partial class LinuxTask
{
    /// <summary>Handlers that interrupt each other before any of them runs; deeper, a real stack would have overflowed long ago.</summary>
    private const int DeepestHandlers = 256;

    private WaitStatus _exitStatus;
    private int _handlerDepth;

    /// <summary>
    /// Does what is pending in the middle of guest code, outside any call: signals, stops. On the task's own thread. Where <see cref="MustEnd"/> is
    /// set afterwards, or a handler was left by a jump, the guest's code must not go on from here.
    /// </summary>
    public void Safepoint()
    {
        if (!HasWorkPending)
            return;
        try
        {
            long none = 0;
            ReturnToGuest(ref none);
        }
        catch (Exception bug)
        {
            Kernel.Log.Write(Kernel.Clock.Now, $"BUG: {Comm}[{Tid}]: signal delivery: {bug}");
            Group.Kill(Signal.SIGKILL);
        }
    }

    /// <summary>Does what is pending after a call, and decides whether a call that it interrupted is made again (signal(7)).</summary>
    /// <param name="result">The call's result; what the guest is to see of it.</param>
    /// <param name="number">The call's number, for a tracer.</param>
    internal CallEnd ReturnToGuest(ref long result, int number = 0)
    {
        BreakOff(ref result);
        var end = EndOf(result, handler: null);
        var handled = false;
        while (!MustEnd && TakeActionable(out var info, out var action))
        {
            // What the first handler says decides; a further one interrupts that handler, not the call.
            if (!handled)
                end = EndOf(result, action);
            handled = true;
            var shown = end == CallEnd.Again ? number : IsRestart(result) ? -(long)Errno.EINTR : result;
            if (!Deliver(info, action, Execution?.StackPointer ?? 0, shown))
                return CallEnd.Result;
        }

        if ((Volatile.Read(ref _work) & (int)TaskWork.RestoreMask) != 0)
        {
            ClearWork(TaskWork.RestoreMask);
            SetBlocked(_savedMask);
        }

        if (end == CallEnd.Result && IsRestart(result))
            result = -(long)Errno.EINTR;
        return MustEnd ? CallEnd.Result : end;
    }

    /// <summary>A call that its host breaks off is not made again.</summary>
    internal void BreakOff(ref long result)
    {
        if ((Volatile.Read(ref _work) & (int)TaskWork.Break) == 0)
            return;
        ClearWork(TaskWork.Break);
        if (IsRestart(result))
            result = -(long)Errno.EINTR;
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
        StopsRunning();
        ReleaseThreadWords();
        AddressSpace.Release();
        LeaveMemory();
        Files.Release();
        Fs.Release();
        if (!Group.IsSuperseded(this))
            Tracer?.TaskEnded(this, Group.Status ?? _exitStatus);
        Group.ReportParentDeath(this);
        Kernel.Pids.Remove(this);
        if (Group.Remove(this, _exitStatus))
        {
            Group.Timers.TurnOff();
            Group.ReportEnd();
        }

        Kernel.Clock.TaskSleeps();
    }

    private static bool IsRestart(long result) => result is
        -(long)Restart.ERESTARTSYS or -(long)Restart.ERESTARTNOINTR or -(long)Restart.ERESTARTNOHAND or -(long)Restart.ERESTART_RESTARTBLOCK;

    private static CallEnd EndOf(long result, SignalAction? handler) => result switch
    {
        -(long)Restart.ERESTARTNOINTR => CallEnd.Again,
        -(long)Restart.ERESTARTSYS => handler is null || handler.Has(SignalFlags.SA_RESTART) ? CallEnd.Again : CallEnd.Result,
        -(long)Restart.ERESTARTNOHAND => handler is null ? CallEnd.Again : CallEnd.Result,
        -(long)Restart.ERESTART_RESTARTBLOCK => handler is null ? CallEnd.Resume : CallEnd.Result,
        _ => CallEnd.Result,
    };

    /// <summary>Takes signals and does their default actions until there is one with a handler (get_signal). False where there is none left.</summary>
    private bool TakeActionable(out SignalInfo info, out SignalAction action)
    {
        while (true)
        {
            SignalInfo? next;
            bool stop;
            lock (Group.Lock)
            {
                stop = Group.MustStop;
                next = stop ? null : TakeSignalLocked(~Blocked);
                if (next is not null && SignalSet.Stops.Contains(next.Signal))
                    Group.StopTaken = true;
                Recalculate();
            }

            if (stop)
            {
                Group.Stop(this);
                if (!MustEnd)
                    continue;
            }

            if (next is null || MustEnd)
            {
                info = null!;
                action = null!;
                return false;
            }

            info = Taken(next);
            Tracer?.SignalArrived(this, info);
            action = Group.Actions[info.Signal];
            if (action.Disposition == Disposition.Handler)
            {
                if (action.Has(SignalFlags.SA_RESETHAND))
                    Group.Actions.Reset(info.Signal, action);
                return true;
            }

            if (action.Disposition == Disposition.Default)
                DoDefault(info.Signal);
        }
    }

    private void DoDefault(Signal signal)
    {
        switch (SignalSet.DefaultActionOf(signal))
        {
            case DefaultAction.Ignore:
                break;
            case DefaultAction.Stop:
                // A terminal's stop is nothing to a process whom nobody could let go on (setpgid(2), "orphaned process group").
                if (signal == Signal.SIGSTOP || !Kernel.Pids.IsOrphaned(Group.ProcessGroup))
                    Group.BeginStop(signal);
                break;
            case DefaultAction.Terminate or DefaultAction.DumpCore:
                // No core is ever written, so the status never says so.
                Group.EndAll(WaitStatus.Killed(signal));
                break;
        }
    }

    /// <summary>Runs a handler, with what it wants blocked, and puts the mask back after it.</summary>
    /// <param name="info">The signal.</param>
    /// <param name="action">What it does.</param>
    /// <param name="stackPointer">Where the guest's stack ends.</param>
    /// <param name="result">What the register of results holds once the handler has returned; only a tracer asks.</param>
    /// <returns>False where the handler did not return.</returns>
    private bool Deliver(SignalInfo info, SignalAction action, uint stackPointer, long result)
    {
        var signal = info.Signal;
        var mask = Blocked;
        if ((Volatile.Read(ref _work) & (int)TaskWork.RestoreMask) != 0)
        {
            ClearWork(TaskWork.RestoreMask);
            mask = _savedMask;
        }

        var stack = SignalStack;
        if (_handlerDepth >= DeepestHandlers || !RuntimeHelpers.TryEnsureSufficientExecutionStack()
            || !SignalFrame.TryBuild(this, info, action, mask, stackPointer, out var frame))
        {
            Group.EndAll(WaitStatus.Killed(Signal.SIGSEGV));
            return false;
        }

        if (stack.AutoDisarm && frame.IsOnSignalStack)
            SignalStack = default;
        var blocked = Blocked | action.Mask;
        SetBlocked(action.Has(SignalFlags.SA_NODEFER) ? blocked : blocked.With(signal));
        _handlerDepth++;
        try
        {
            // Signals that are not blocked even now interrupt this handler before its first step, as frames on top of its frame do.
            while (!MustEnd && TakeActionable(out var nextInfo, out var nextAction))
            {
                // i386's handlers take the signal's number in the register of results.
                if (!Deliver(nextInfo, nextAction, frame.StackPointer, Abi.Table == SyscallTable.I386 ? (long)signal : 0))
                    return false;
            }

            if (MustEnd)
                return false;
            var outcome = Execution?.RunHandler(frame.Call) ?? HandlerOutcome.Returned;
            if (outcome == HandlerOutcome.NotCallable)
                Group.EndAll(WaitStatus.Killed(Signal.SIGSEGV));
            if (outcome != HandlerOutcome.Returned || MustEnd)
                return false;
        }
        finally
        {
            _handlerDepth--;
        }

        // The handler may have changed the mask that it returns to (uc_sigmask), as sigreturn(2) would take it.
        SetBlocked(frame.MaskToRestore(this, mask));
        if (stack.AutoDisarm && frame.IsOnSignalStack)
            SignalStack = stack;
        Tracer?.HandlerReturned(this, Blocked, action.Has(SignalFlags.SA_SIGINFO), result);
        return true;
    }
}
