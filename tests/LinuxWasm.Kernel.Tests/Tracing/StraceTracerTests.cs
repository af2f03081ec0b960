using System.Text.RegularExpressions;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Tracing;

namespace LinuxWasm.Kernel.Tests.Tracing;

/// <summary>The lines are those of strace 6.1 for the same calls on Linux; <c>tests/strace/out.sh</c> compares whole programs.</summary>
public sealed partial class StraceTracerTests : IDisposable
{
    private const uint Time = TestGuest.Scratch;
    private const uint Left = TestGuest.Scratch + 16;

    private readonly StringWriter _output = new();
    private readonly TestGuest _guest = new();
    private readonly StraceTracer _tracer;

    public StraceTracerTests()
    {
        _tracer = new StraceTracer(_output);
        _guest.Task.Tracer = _tracer;
    }

    private int Pid => _guest.Task.Group.Pid;

    /// <summary>What was written, without what fills a line up to the results' column.</summary>
    private string[] Lines => [.. _output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries).Select(line => Filling().Replace(line, ") = "))];

    public void Dispose() => _guest.Dispose();

    [Fact]
    public void A_handlers_calls_stand_between_the_call_that_it_interrupted_and_its_return()
    {
        _guest.OnSignal(Signal.SIGUSR1);
        _guest.InHandler = _ => _guest.Call("gettid");
        _guest.Call("kill", Pid, (int)Signal.SIGUSR1);
        Assert.Equal(
            [
                $"kill({Pid}, SIGUSR1) = 0",
                $"--- SIGUSR1 {{si_signo=SIGUSR1, si_code=SI_USER, si_pid={Pid}, si_uid=0}} ---",
                $"gettid() = {Pid}",
                "sigreturn({mask=[]}) = 0",
            ],
            Lines);
    }

    [Fact]
    public void A_sleep_that_a_handler_interrupts_says_what_is_left_and_is_not_made_again()
    {
        _guest.OnSignal(Signal.SIGALRM, SignalFlags.SA_SIGINFO);
        _guest.Write(Time, new OldTimespec32 { tv_sec = 5 });
        _guest.Call("alarm", 2);
        Assert.Equal(Errno.EINTR, _guest.Error("nanosleep", Time, Left));
        Assert.Equal(
            [
                "alarm(2) = 0",
                "nanosleep({tv_sec=5, tv_nsec=0}, {tv_sec=3, tv_nsec=0}) = ? ERESTART_RESTARTBLOCK (Interrupted by signal)",
                "--- SIGALRM {si_signo=SIGALRM, si_code=SI_KERNEL} ---",
                "rt_sigreturn({mask=[]}) = -1 EINTR (Interrupted system call)",
            ],
            // This kernel's clock goes on by a little whenever it is looked at.
            Lines.Select(line => line.Replace("tv_nsec=1000}", "tv_nsec=0}", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_sleep_that_an_ignored_signal_interrupts_goes_on()
    {
        _guest.Task.Group.Actions[Signal.SIGALRM] = SignalAction.Default with { Disposition = Disposition.Ignore };
        _guest.Write(Time, new OldTimespec32 { tv_sec = 5 });
        _guest.Call("alarm", 2);
        Assert.Equal(0, _guest.Call("nanosleep", Time, 0));
        Assert.Equal(
            [
                "nanosleep({tv_sec=5, tv_nsec=0}, NULL) = ? ERESTART_RESTARTBLOCK (Interrupted by signal)",
                "--- SIGALRM {si_signo=SIGALRM, si_code=SI_KERNEL} ---",
                "restart_syscall(<... resuming interrupted nanosleep ...>) = 0",
            ],
            Lines[1..]);
    }

    [Fact]
    public void A_signal_that_ends_the_task_is_shown_before_its_end()
    {
        _guest.Call("kill", Pid, (int)Signal.SIGTERM);
        Assert.True(_guest.Task.MustEnd);
        _guest.Task.Finish();
        Assert.Equal(
            [$"kill({Pid}, SIGTERM) = 0", $"--- SIGTERM {{si_signo=SIGTERM, si_code=SI_USER, si_pid={Pid}, si_uid=0}} ---", "+++ killed by SIGTERM +++"],
            Lines);
    }

    [Fact]
    public void SIGKILL_has_no_line_of_its_own_and_leaves_its_sender_without_a_result()
    {
        _guest.Call("kill", Pid, (int)Signal.SIGKILL);
        _guest.Task.Finish();
        Assert.Equal([$"kill({Pid}, SIGKILL) = ?", "+++ killed by SIGKILL +++"], Lines);
    }

    [Fact]
    public void What_others_do_within_a_call_breaks_its_line_off()
    {
        var child = _guest.Fork();
        child.Task.Tracer = _tracer;
        var pid = child.Task.Group.Pid;
        _guest.Task.Group.Actions[Signal.SIGCHLD] = SignalAction.Default with { Disposition = Disposition.Handler, Flags = SignalFlags.SA_RESTART, Handler = 100 };
        var parent = new Thread(() => _guest.Call("wait4", pid, Time, 0, 0));
        parent.Start();
        SpinWait.SpinUntil(() => _guest.Task.IsSleeping);
        child.Call("exit_group", 3);
        child.Task.Finish();
        parent.Join();
        Assert.Equal(
            [
                $"wait4({pid},  <unfinished ...>",
                $"[pid {pid,5}] exit_group(3) = ?",
                $"[pid {pid,5}] +++ exited with 3 +++",
                $"[pid {Pid,5}] <... wait4 resumed>[{{WIFEXITED(s) && WEXITSTATUS(s) == 3}}], 0, NULL) = {pid}",
            ],
            Lines[..4]);
    }

    [Theory]
    [InlineData("futex(0x10000, FUTEX_WAKE_PRIVATE, 1) = 0", "futex", 0x10000, 129, 1)]
    [InlineData("futex(0x10000, FUTEX_WAIT, 7, NULL) = -1 EAGAIN (Resource temporarily unavailable)", "futex", 0x10000, 0, 7)]
    [InlineData("futex(0x10000, FUTEX_REQUEUE, 1, 2, 0x10000) = 0", "futex", 0x10000, 3, 1, 2, 0x10000)]
    [InlineData("futex(0x10000, FUTEX_WAKE_OP, 1, 1, 0x10000, FUTEX_OP_ADD<<28|0x1<<12|FUTEX_OP_CMP_GT<<24|0) = 0", "futex", 0x10000, 5, 1, 1, 0x10000, 0x14001000)]
    [InlineData("futex(0x10000, 0x63 /* FUTEX_??? */, 1, 0x2, 0x3, 0x4) = -1 ENOSYS (Function not implemented)", "futex", 0x10000, 99, 1, 2, 3, 4)]
    [InlineData("clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x10000) = -1 ENOSYS (Function not implemented)", "clone", 0x01200011, 0, 0, 0, 0x10000)]
    [InlineData("getitimer(ITIMER_REAL, {it_interval={tv_sec=0, tv_usec=0}, it_value={tv_sec=0, tv_usec=0}}) = 0", "getitimer", 0, 0x10000)]
    [InlineData("wait4(-1, NULL, WNOHANG|WSTOPPED, NULL) = -1 ECHILD (No child processes)", "wait4", -1, 0, 3, 0)]
    public void Arguments_that_depend_on_each_other_are_told_apart(string line, string call, params int[] arguments)
    {
        _guest.Call(call, [.. arguments.Select(argument => (long)argument)]);
        Assert.Equal(line, Lines[0]);
    }

    [Fact]
    public void Results_stand_in_column_40_and_behind_what_is_longer()
    {
        _guest.Call("getpid");
        _guest.Call("rt_sigprocmask", 0, 0, 0, 8);
        Assert.Equal(
            ["getpid()                                = 2", "rt_sigprocmask(SIG_BLOCK, NULL, NULL, 8) = 0"],
            _output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries).Select(line => line.Replace($"= {Pid}", "= 2", StringComparison.Ordinal)));
    }

    [GeneratedRegex(@"\) += ")]
    private static partial Regex Filling();
}
