using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Tests.Tasks;

public sealed class SignalTests : IDisposable
{
    private const uint Set = TestGuest.Scratch;
    private const uint Info = TestGuest.Scratch + 64;

    private readonly TestGuest _guest = new();

    public void Dispose() => _guest.Dispose();

    private int Pid => _guest.Task.Group.Pid;

    [Fact]
    public void The_default_action_ends_the_process_with_the_signals_status()
    {
        _guest.Call("kill", Pid, (int)Signal.SIGUSR1);
        Assert.True(_guest.Task.MustEnd);
        Assert.Equal(WaitStatus.Killed(Signal.SIGUSR1), _guest.Task.Group.Status);
    }

    [Fact]
    public void A_blocked_signal_waits_and_legacy_ones_wait_once()
    {
        Block(Signal.SIGUSR1, (Signal)40);
        _guest.OnSignal(Signal.SIGUSR1);
        _guest.OnSignal((Signal)40);
        for (var time = 0; time < 3; time++)
        {
            Assert.Equal(0, _guest.Call("kill", Pid, (int)Signal.SIGUSR1));
            Assert.Equal(0, _guest.Call("kill", Pid, 40));
        }

        Assert.Empty(_guest.Handled);
        Assert.Equal(0, _guest.Call("rt_sigpending", Set, 8));
        Assert.Equal(SignalSet.Of(Signal.SIGUSR1, (Signal)40).Bits, _guest.Read<ulong>(Set));
        Unblock();
        Assert.Equal(1, _guest.Handled.Count(signal => signal == Signal.SIGUSR1));
        Assert.Equal(3, _guest.Handled.Count(signal => signal == (Signal)40));
    }

    [Fact]
    public void The_handlers_signal_and_mask_are_blocked_while_it_runs_only()
    {
        var inside = default(SignalSet);
        _guest.OnSignal(Signal.SIGUSR1, mask: SignalSet.Of(Signal.SIGHUP));
        _guest.InHandler = _ => inside = _guest.Task.Blocked;
        _guest.Call("kill", Pid, (int)Signal.SIGUSR1);
        Assert.Equal(SignalSet.Of(Signal.SIGUSR1, Signal.SIGHUP), inside);
        Assert.Equal(default, _guest.Task.Blocked);
    }

    [Fact]
    public void Of_two_signals_at_once_the_later_taken_interrupts_the_other_before_its_first_step()
    {
        Block(Signal.SIGHUP, Signal.SIGINT);
        _guest.OnSignal(Signal.SIGHUP);
        _guest.OnSignal(Signal.SIGINT);
        _guest.Call("kill", Pid, (int)Signal.SIGHUP);
        _guest.Call("kill", Pid, (int)Signal.SIGINT);
        Unblock();
        Assert.Equal([Signal.SIGINT, Signal.SIGHUP], _guest.Handled);
    }

    [Fact]
    public void A_handler_finds_its_siginfo_and_may_change_the_mask_it_returns_to()
    {
        _guest.OnSignal(Signal.SIGUSR1, SignalFlags.SA_SIGINFO);
        _guest.InHandler = call =>
        {
            var info = _guest.Read<SigInfo32>(call.Info.Address);
            Assert.Equal(((int)Signal.SIGUSR1, SignalCode.SI_USER, Pid), (info.si_signo, info.si_code, info.si_pid));
            Assert.Equal(0u, call.StackPointer % 16);
            _guest.Write(call.Context.Address + 108, SignalSet.Of(Signal.SIGTERM).Bits);
        };
        _guest.Call("kill", Pid, (int)Signal.SIGUSR1);
        Assert.Equal(SignalSet.Of(Signal.SIGTERM), _guest.Task.Blocked);
    }

    [Fact]
    public void An_alternate_stack_is_used_where_asked_and_cannot_be_changed_from_itself()
    {
        _guest.Write(Set, new SigAltStack32 { ss_sp = 0x40000, ss_size = 8192 });
        Assert.Equal(0, _guest.Call("sigaltstack", Set, 0));
        _guest.OnSignal(Signal.SIGUSR1, SignalFlags.SA_ONSTACK);
        _guest.InHandler = call => Assert.InRange(call.StackPointer, 0x40000u, 0x42000u);
        _guest.Call("kill", Pid, (int)Signal.SIGUSR1);
        Assert.Single(_guest.Handled);
        _guest.Write(Set, new SigAltStack32 { ss_sp = 0x40000, ss_size = 100 });
        Assert.Equal(Errno.ENOMEM, _guest.Error("sigaltstack", Set, 0));
    }

    [Fact]
    public void Nothing_catches_SIGKILL_and_SIGSTOP()
    {
        foreach (var signal in (Signal[])[Signal.SIGKILL, Signal.SIGSTOP])
            Assert.Equal(Errno.EINVAL, _guest.Error("signal", (int)signal, 1));
        _guest.Write(Set, ulong.MaxValue);
        Assert.Equal(0, _guest.Call("rt_sigprocmask", 2, Set, 0, 8));
        Assert.Equal(~SignalSet.Unblockable.Bits, _guest.Task.Blocked.Bits);
    }

    [Fact]
    public void Ignoring_a_signal_forgets_the_one_that_waits()
    {
        Block(Signal.SIGUSR1);
        _guest.Call("kill", Pid, (int)Signal.SIGUSR1);
        _guest.Call("signal", (int)Signal.SIGUSR1, 1);
        Assert.Equal(default, _guest.Task.PendingSet);
        Assert.Equal(1, _guest.Call("signal", (int)Signal.SIGUSR1, 0));
    }

    [Fact]
    public void Sigsuspend_lets_through_what_its_mask_does_and_restores_the_mask_after_the_handler()
    {
        Block(Signal.SIGUSR1);
        _guest.OnSignal(Signal.SIGUSR1);
        _guest.Call("kill", Pid, (int)Signal.SIGUSR1);
        _guest.Write(Set, 0UL);
        Assert.Equal(Errno.EINTR, _guest.Error("rt_sigsuspend", Set, 8));
        Assert.Equal([Signal.SIGUSR1], _guest.Handled);
        Assert.Equal(SignalSet.Of(Signal.SIGUSR1), _guest.Task.Blocked);
    }

    [Fact]
    public void Sigtimedwait_takes_a_signal_without_its_handler_or_gives_up_in_time()
    {
        Block(Signal.SIGUSR1);
        _guest.Write(Set, SignalSet.Of(Signal.SIGUSR1).Bits);
        _guest.Write(Info + 256, new OldTimespec32 { tv_sec = 3 });
        Assert.Equal(Errno.EAGAIN, _guest.Error("rt_sigtimedwait", Set, Info, Info + 256, 8));
        _guest.Call("kill", Pid, (int)Signal.SIGUSR1);
        Assert.Equal((int)Signal.SIGUSR1, _guest.Call("rt_sigtimedwait", Set, Info, 0, 8));
        Assert.Equal(Pid, _guest.Read<SigInfo32>(Info).si_pid);
    }

    [Fact]
    public void Another_users_process_is_out_of_reach()
    {
        var other = _guest.Spawn(Credentials.ForUser(1000, 1000));
        Assert.Equal(Errno.EPERM, other.Error("kill", Pid, 0));
        Assert.Equal(Errno.ESRCH, other.Error("kill", 999, 65));
        Assert.Equal(Errno.EINVAL, other.Error("kill", Pid, 65));
        Assert.Equal(0, _guest.Call("kill", other.Task.Group.Pid, 0));
    }

    [Fact]
    public void A_stopped_process_goes_on_with_SIGCONT_and_its_parent_learns_of_both()
    {
        var child = _guest.Fork();
        child.Call("setpgid", 0, 0);
        var runner = new Thread(() =>
        {
            child.Call("kill", child.Task.Group.Pid, (int)Signal.SIGSTOP);
            child.Call("exit_group", 0);
            child.Task.Finish();
        });
        runner.Start();
        Assert.Equal(child.Task.Group.Pid, _guest.Call("wait4", -1, Set, (int)WaitOptions.WUNTRACED, 0));
        Assert.Equal(((int)Signal.SIGSTOP << 8) | 0x7f, _guest.Read<int>(Set));
        Assert.Equal(0, _guest.Call("kill", child.Task.Group.Pid, (int)Signal.SIGCONT));
        runner.Join();
        Assert.Equal(child.Task.Group.Pid, _guest.Call("wait4", -1, Set, 0, 0));
        Assert.Equal(0, _guest.Read<int>(Set));
    }

    [Fact]
    public void Wali_ignores_with_minus_two_and_calls_the_function_of_index_one()
    {
        using var wali = new TestGuest(GuestAbi.Wali);
        wali.Write(Set, new WaliSigAction { sa_handler = unchecked((uint)-2) });
        Assert.Equal(0, wali.Call("rt_sigaction", (int)Signal.SIGUSR1, Set, 0, 8));
        Assert.Equal(Disposition.Ignore, wali.Task.Group.Actions[Signal.SIGUSR1].Disposition);
        wali.Write(Set, new WaliSigAction { sa_handler = 1 });
        Assert.Equal(0, wali.Call("rt_sigaction", (int)Signal.SIGUSR1, Set, Info, 8));
        Assert.Equal(Disposition.Handler, wali.Task.Group.Actions[Signal.SIGUSR1].Disposition);
        Assert.Equal(unchecked((uint)-2), wali.Read<WaliSigAction>(Info).sa_handler);
    }

    private void Block(params Signal[] signals) => _guest.Task.SetBlocked(SignalSet.Of(signals));

    private void Unblock()
    {
        _guest.Write(Set, 0UL);
        Assert.Equal(0, _guest.Call("rt_sigprocmask", (int)MaskChange.SIG_SETMASK, Set, 0, 8));
    }
}
