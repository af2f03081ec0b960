using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Tests.Tasks;

public sealed class WaitTests : IDisposable
{
    private const uint Status = TestGuest.Scratch;
    private const int WNOHANG = (int)WaitOptions.WNOHANG;

    private readonly TestGuest _guest = new();

    public void Dispose() => _guest.Dispose();

    [Fact]
    public void Without_children_there_is_nothing_to_wait_for()
    {
        Assert.Equal(Errno.ECHILD, _guest.Error("wait4", -1, 0, 0, 0));
        Assert.Equal(Errno.ESRCH, _guest.Error("wait4", int.MinValue, 0, 0, 0));
        Assert.Equal(Errno.EINVAL, _guest.Error("wait4", -1, 0, 0x10, 0));
        Assert.Equal(Errno.EINVAL, _guest.Error("waitid", 0, 0, 0, WNOHANG, 0));
    }

    [Fact]
    public void A_zombie_is_told_once_and_its_number_is_free_then()
    {
        var child = _guest.Fork();
        Assert.Equal(0, _guest.Call("waitpid", -1, Status, WNOHANG));
        child.Call("exit_group", 7);
        child.Task.Finish();
        var pid = child.Task.Group.Pid;
        Assert.Equal(pid, _guest.Call("waitpid", pid, Status, 0));
        Assert.Equal(7 << 8, _guest.Read<int>(Status));
        Assert.Null(_guest.Kernel.Pids.FindGroup(pid));
        Assert.Equal(Errno.ECHILD, _guest.Error("waitpid", pid, Status, 0));
    }

    [Fact]
    public void A_wait_sleeps_until_the_child_ends()
    {
        var child = _guest.Fork();
        var runner = new Thread(() =>
        {
            child.Write(TestGuest.Scratch, new OldTimespec32 { tv_sec = 5 });
            child.Call("nanosleep", TestGuest.Scratch, 0);
            child.Call("kill", child.Task.Group.Pid, (int)Signal.SIGTERM);
            Assert.True(child.Task.MustEnd);
            child.Task.Finish();
        });
        runner.Start();
        Assert.Equal(child.Task.Group.Pid, _guest.Call("wait4", 0, Status, 0, 0));
        Assert.Equal((int)Signal.SIGTERM, _guest.Read<int>(Status));
        runner.Join();
    }

    [Fact]
    public void Who_ignores_SIGCHLD_waits_for_all_and_learns_of_none()
    {
        _guest.Task.Group.Actions[Signal.SIGCHLD] = SignalAction.Default with { Disposition = Disposition.Ignore };
        var child = _guest.Fork();
        child.Call("exit_group", 0);
        child.Task.Finish();
        Assert.Equal(Errno.ECHILD, _guest.Error("wait4", -1, 0, 0, 0));
    }

    [Fact]
    public void Waitid_leaves_the_child_where_asked_and_writes_zeros_where_there_is_nothing()
    {
        const int WEXITED = 4, WNOWAIT = 0x01000000;
        var child = _guest.Fork();
        _guest.Write(Status, 99);
        Assert.Equal(0, _guest.Call("waitid", 0, 0, Status, WEXITED | WNOHANG, 0));
        Assert.Equal(0, _guest.Read<int>(Status));
        child.Call("exit_group", 3);
        child.Task.Finish();
        for (var time = 0; time < 2; time++)
        {
            Assert.Equal(0, _guest.Call("waitid", 1, child.Task.Group.Pid, Status, WEXITED | WNOWAIT, 0));
            var info = _guest.Read<SigInfo32>(Status);
            Assert.Equal((17, 1, child.Task.Group.Pid, 3), (info.si_signo, info.si_code, info.si_pid, info.si_status));
        }
    }

    [Fact]
    public void A_childs_end_is_a_signal_with_its_story()
    {
        _guest.Task.SetBlocked(SignalSet.Of(Signal.SIGCHLD));
        _guest.OnSignal(Signal.SIGCHLD);
        var child = _guest.Fork();
        child.Call("exit_group", 4);
        child.Task.Finish();
        var info = _guest.Task.TakeSignal(SignalSet.Of(Signal.SIGCHLD))!;
        Assert.Equal((SignalCode.CLD_EXITED, child.Task.Group.Pid, 4), (info.Code, info.Pid, info.Status));
    }

    [Fact]
    public void Orphans_go_to_the_nearest_subreaper()
    {
        Assert.Equal(0, _guest.Call("prctl", 36, 1, 0, 0, 0));
        var child = _guest.Fork();
        var grandchild = child.Fork();
        child.Call("exit_group", 0);
        child.Task.Finish();
        Assert.Equal(_guest.Task.Group.Pid, grandchild.Call("getppid"));
    }

    [Fact]
    public void The_parents_end_is_told_to_whoever_asked()
    {
        var child = _guest.Fork();
        var grandchild = child.Fork();
        Assert.Equal(0, grandchild.Call("prctl", 1, (int)Signal.SIGUSR1, 0, 0, 0));
        grandchild.OnSignal(Signal.SIGUSR1);
        child.Call("exit_group", 0);
        child.Task.Finish();
        grandchild.Call("getpid");
        Assert.Equal([Signal.SIGUSR1], grandchild.Handled);
    }
}
