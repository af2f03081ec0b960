using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Time;

namespace LinuxWasm.Kernel.Tests.Time;

public sealed class SleepTests : IDisposable
{
    private const uint Request = TestGuest.Scratch;
    private const uint Remaining = TestGuest.Scratch + 64;

    private readonly TestGuest _guest = new(GuestAbi.X64);

    public void Dispose() => _guest.Dispose();

    [Fact]
    public void A_day_passes_on_the_virtual_clock_and_only_there()
    {
        var host = System.Diagnostics.Stopwatch.StartNew();
        var before = _guest.Kernel.Clock.Now;
        _guest.Write(Request, new Timespec { tv_sec = 86_400 });
        Assert.Equal(0, _guest.Call("nanosleep", Request, 0));
        Assert.InRange(_guest.Kernel.Clock.Now - before, 86_400_000_000_000, 86_400_100_000_000);
        Assert.True(host.Elapsed < TimeSpan.FromHours(12));
    }

    [Fact]
    public void No_sleep_ends_before_the_timers_that_expired_during_it()
    {
        using var guest = new TestGuest(GuestAbi.X64, options: new KernelOptions());
        using var rung = new ManualResetEventSlim();
        // A clock's thread that is behind, as on a busy host.
        guest.Kernel.Clock.Schedule(Deadline.AtMonotonic(guest.Kernel.Clock.Now + 1), () =>
        {
            Thread.Sleep(500);
            rung.Set();
        });
        guest.Write(Request, new Timespec { tv_nsec = 200_000_000 });
        Assert.Equal(0, guest.Call("nanosleep", Request, 0));
        Assert.True(rung.IsSet);
    }

    [Fact]
    public void A_handler_ends_a_sleep_with_what_remains()
    {
        _guest.OnSignal(Signal.SIGALRM);
        _guest.Call("alarm", 3);
        _guest.Write(Request, new Timespec { tv_sec = 10 });
        Assert.Equal(Errno.EINTR, _guest.Error("nanosleep", Request, Remaining));
        Assert.Equal([Signal.SIGALRM], _guest.Handled);
        var left = _guest.Read<Timespec>(Remaining);
        Assert.InRange(left.tv_sec * 1_000_000_000 + left.tv_nsec, 6_900_000_000, 7_001_000_000);
    }

    [Fact]
    public void A_stop_does_not_end_a_sleep()
    {
        using var other = _guest.Fork();
        _guest.Write(Request, new Timespec { tv_sec = 10 });
        other.Write(Request, new Timespec { tv_sec = 4 });
        var before = _guest.Kernel.Clock.Now;
        var stopper = new Thread(() =>
        {
            other.Write(Request, new Timespec { tv_sec = 2 });
            other.Call("nanosleep", Request, 0);
            other.Call("kill", _guest.Task.Group.Pid, (int)Signal.SIGSTOP);
            other.Call("nanosleep", Request, 0);
            other.Call("kill", _guest.Task.Group.Pid, (int)Signal.SIGCONT);
            other.Task.Finish();
        });
        stopper.Start();
        Assert.Equal(0, _guest.Call("nanosleep", Request, 0));
        stopper.Join();
        Assert.InRange(_guest.Kernel.Clock.Now - before, 10_000_000_000, 10_100_000_000);
    }

    [Fact]
    public void An_absolute_sleep_moves_with_the_clock_that_it_is_on()
    {
        var clock = _guest.Kernel.Clock;
        var target = clock.Realtime + 1000L * 1_000_000_000;
        _guest.Write(Request, TimeArgumentsOf(target));
        using var alarm = clock.Schedule(Deadline.AtMonotonic(clock.Now + 5_000_000_000), () => clock.SetRealtime(target));
        var before = clock.Now;
        Assert.Equal(0, _guest.Call("clock_nanosleep", (int)ClockId.CLOCK_REALTIME, 1, Request, 0));
        Assert.InRange(clock.Now - before, 5_000_000_000, 5_100_000_000);
    }

    [Theory]
    [InlineData(3, Errno.EOPNOTSUPP)]
    [InlineData(4, Errno.EOPNOTSUPP)]
    [InlineData(10, Errno.EINVAL)]
    [InlineData(8, Errno.EFAULT)]
    [InlineData(-1, Errno.EFAULT)]
    public void Clocks_that_nobody_can_sleep_on_say_so_before_or_after_they_look_at_the_request(int clock, Errno error) =>
        Assert.Equal(error, _guest.Error("clock_nanosleep", clock, 0, 0, 0));

    [Fact]
    public void A_request_that_is_no_time_is_refused()
    {
        _guest.Write(Request, new Timespec { tv_sec = 0, tv_nsec = 1_000_000_000 });
        Assert.Equal(Errno.EINVAL, _guest.Error("nanosleep", Request, 0));
        _guest.Write(Request, new Timespec { tv_sec = -1, tv_nsec = 0 });
        Assert.Equal(Errno.EINVAL, _guest.Error("nanosleep", Request, 0));
        Assert.Equal(Errno.EFAULT, _guest.Error("nanosleep", TestGuest.Bad, 0));
    }

    [Fact]
    public void The_padding_of_a_32_bit_processs_nanoseconds_is_not_looked_at()
    {
        using var narrow = new TestGuest(GuestAbi.I386);
        narrow.Write(Request, new Timespec { tv_sec = 1, tv_nsec = 5 | (0x7fL << 32) });
        Assert.Equal(0, narrow.Call("clock_nanosleep_time64", 1, 0, Request, 0));
    }

    private static Timespec TimeArgumentsOf(long nanoseconds) => Timespec.From(nanoseconds / 1_000_000_000, nanoseconds % 1_000_000_000);
}
