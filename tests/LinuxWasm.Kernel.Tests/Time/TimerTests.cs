using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Tests.Time;

public sealed class TimerTests : IDisposable
{
    private const uint Setting = TestGuest.Scratch;
    private const uint Old = TestGuest.Scratch + 64;
    private const uint Id = TestGuest.Scratch + 128;
    private const long Second = 1_000_000_000;

    private readonly TestGuest _guest = new(GuestAbi.X64);

    public void Dispose() => _guest.Dispose();

    [Fact]
    public void Alarm_answers_what_was_left_rounded_but_never_to_nothing()
    {
        Assert.Equal(0, _guest.Call("alarm", 10));
        Assert.Equal(10, _guest.Call("alarm", 0));
        _guest.Write(Setting, new TimerSetting<Timeval> { it_value = Timeval.From(0, 100) });
        Assert.Equal(0, _guest.Call("setitimer", 0, Setting, 0));
        Assert.Equal(1, _guest.Call("alarm", 0));
    }

    [Fact]
    public void An_interval_timer_rings_until_it_is_turned_off()
    {
        _guest.OnSignal(Signal.SIGALRM);
        _guest.Write(Setting, new TimerSetting<Timeval> { it_value = Timeval.From(1, 0), it_interval = Timeval.From(2, 0) });
        Assert.Equal(0, _guest.Call("setitimer", 0, Setting, 0));
        var start = _guest.Kernel.Clock.Now;
        for (var ring = 1; ring <= 3; ring++)
            Assert.Equal(Errno.EINTR, _guest.Error("pause"));
        Assert.InRange(_guest.Kernel.Clock.Now - start, 4_900_000_000, 5_100_000_000);
        Assert.Equal(3, _guest.Handled.Count);
        Assert.Equal(0, _guest.Call("getitimer", 0, Old));
        Assert.Equal(2, _guest.Read<TimerSetting<Timeval>>(Old).it_interval.tv_sec);
    }

    [Fact]
    public void A_posix_timer_counts_the_expirations_that_nobody_took()
    {
        Block(Signal.SIGUSR1);
        _guest.Write(Setting, new SigEvent64 { sigev_signo = (int)Signal.SIGUSR1, sigev_value = 77 });
        Assert.Equal(0, _guest.Call("timer_create", 1, Setting, Id));
        var id = _guest.Read<int>(Id);
        _guest.Write(Setting, new TimerSetting<Timespec> { it_value = Timespec.From(1, 0), it_interval = Timespec.From(1, 0) });
        Assert.Equal(0, _guest.Call("timer_settime", id, 0, Setting, 0));
        Sleep(5 * Second + Second / 2);
        var info = _guest.Task.TakeSignal(SignalSet.Of(Signal.SIGUSR1))!;
        Assert.Equal((SignalCode.SI_TIMER, 4, 77UL, id), (info.Code, info.Overrun, info.Value, info.TimerId));
        Assert.Equal(4, _guest.Call("timer_getoverrun", id));
        Assert.Equal(0, _guest.Call("timer_gettime", id, Old));
        Assert.InRange(_guest.Read<TimerSetting<Timespec>>(Old).it_value.tv_nsec, 400_000_000, 500_000_000);
    }

    [Fact]
    public void A_deleted_timer_takes_its_signal_along()
    {
        Block(Signal.SIGALRM);
        Assert.Equal(0, _guest.Call("timer_create", 0, 0, Id));
        var id = _guest.Read<int>(Id);
        _guest.Write(Setting, new TimerSetting<Timespec> { it_value = Timespec.From(0, 1) });
        Assert.Equal(0, _guest.Call("timer_settime", id, 0, Setting, 0));
        Sleep(Second);
        Assert.True(_guest.Task.PendingSet.Contains(Signal.SIGALRM));
        Assert.Equal(0, _guest.Call("timer_delete", id));
        Assert.False(_guest.Task.PendingSet.Contains(Signal.SIGALRM));
        Assert.Equal(Errno.EINVAL, _guest.Error("timer_delete", id));
    }

    [Fact]
    public void A_timer_whose_id_cannot_be_told_is_not_made()
    {
        Assert.Equal(Errno.EFAULT, _guest.Error("timer_create", 1, 0, TestGuest.Bad));
        Assert.Equal(0, _guest.Call("timer_create", 1, 0, Id));
        Assert.Equal(1, _guest.Read<int>(Id));
        Assert.Equal(Errno.EINVAL, _guest.Error("timer_getoverrun", 0));
    }

    [Fact]
    public void Processor_time_stands_still_while_all_sleep()
    {
        _guest.OnSignal(Signal.SIGPROF);
        _guest.Write(Setting, new TimerSetting<Timeval> { it_value = Timeval.From(0, 50_000) });
        Assert.Equal(0, _guest.Call("setitimer", 2, Setting, 0));
        Sleep(100 * Second);
        Assert.Empty(_guest.Handled);
        RunUntil(() => _guest.Handled.Count > 0);
        Assert.Equal([Signal.SIGPROF], _guest.Handled);
    }

    [Fact]
    public void Processor_time_beyond_the_limit_is_a_signal_each_second_and_then_the_end()
    {
        _guest.OnSignal(Signal.SIGXCPU);
        _guest.Write(Setting, new Rlimit { rlim_cur = 1, rlim_max = 3 });
        Assert.Equal(0, _guest.Call("setrlimit", (int)Resource.RLIMIT_CPU, Setting));
        RunUntil(() => _guest.Task.MustEnd);
        Assert.Equal([Signal.SIGXCPU, Signal.SIGXCPU], _guest.Handled);
        Assert.Equal(WaitStatus.Killed(Signal.SIGKILL), _guest.Task.Group.Status);
        Assert.InRange(_guest.Task.CpuTime, 3 * Second, 4 * Second);
    }

    /// <summary>Uses up to five seconds of the virtual clock, of which each look takes a microsecond, and leaves the clock's thread the time to ring.</summary>
    private void RunUntil(Func<bool> isOver)
    {
        for (var look = 0; look < 5_000_000 && !isOver(); look++)
        {
            _guest.Call("clock_gettime", 1, Old);
            if (look % 5000 == 0)
                Thread.Sleep(1);
        }
    }

    private void Block(Signal signal) => _guest.Task.SetBlocked(SignalSet.Of(signal));

    private void Sleep(long nanoseconds)
    {
        _guest.Write(Setting + 256, Timespec.From(nanoseconds / Second, nanoseconds % Second));
        Assert.Equal(0, _guest.Call("nanosleep", Setting + 256, 0));
    }
}
