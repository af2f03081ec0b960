using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Tests.Events;

/// <summary>epoll, eventfd, timerfd and signalfd, as guests see them.</summary>
public sealed class EventTests : IDisposable
{
    private const uint Event = TestGuest.Scratch;
    private const uint Results = TestGuest.Scratch + 0x1000;
    private const uint Buffer = TestGuest.Scratch + 0x2000;

    private readonly TestGuest _guest = new();

    public void Dispose() => _guest.Dispose();

    [Fact]
    public void A_level_lasts_and_an_edge_is_told_once_for_each_write()
    {
        var (reader, writer) = Pipe();
        var levels = Epoll();
        var edges = Epoll();
        Control(levels, EpollOperation.EPOLL_CTL_ADD, reader, EpollEvents.EPOLLIN, 7);
        Control(edges, EpollOperation.EPOLL_CTL_ADD, reader, EpollEvents.EPOLLIN | EpollEvents.EPOLLET, 8);
        Assert.Equal(0, Wait(levels));
        _guest.Call("write", writer, Buffer, 1);
        Assert.Equal(1, Wait(levels));
        Assert.Equal(7ul, _guest.Read<EpollEventPacked>(Results).data);
        Assert.Equal(1, Wait(levels));
        Assert.Equal(1, Wait(edges));
        Assert.Equal(0, Wait(edges));
        _guest.Call("write", writer, Buffer, 1);
        Assert.Equal(1, Wait(edges));
        _guest.Call("read", reader, Buffer, 10);
        Assert.Equal(0, Wait(levels));
    }

    [Fact]
    public void One_shot_is_silent_until_it_is_set_again()
    {
        var (reader, writer) = Pipe();
        var epoll = Epoll();
        Control(epoll, EpollOperation.EPOLL_CTL_ADD, reader, EpollEvents.EPOLLIN | EpollEvents.EPOLLONESHOT, 1);
        _guest.Call("write", writer, Buffer, 1);
        Assert.Equal(1, Wait(epoll));
        _guest.Call("write", writer, Buffer, 1);
        Assert.Equal(0, Wait(epoll));
        Control(epoll, EpollOperation.EPOLL_CTL_MOD, reader, EpollEvents.EPOLLIN | EpollEvents.EPOLLONESHOT, 1);
        Assert.Equal(1, Wait(epoll));
    }

    [Fact]
    public void A_file_leaves_with_its_last_descriptor()
    {
        var (reader, writer) = Pipe();
        var epoll = Epoll();
        Control(epoll, EpollOperation.EPOLL_CTL_ADD, reader, EpollEvents.EPOLLIN, 1);
        _guest.Call("write", writer, Buffer, 1);
        var copy = _guest.Call("dup", reader);
        _guest.Call("close", reader);
        Assert.Equal(1, Wait(epoll));
        _guest.Call("close", copy);
        Assert.Equal(0, Wait(epoll));
    }

    [Fact]
    public void Epolls_nest_but_never_in_a_circle()
    {
        var (reader, writer) = Pipe();
        var inner = Epoll();
        var outer = Epoll();
        Control(inner, EpollOperation.EPOLL_CTL_ADD, reader, EpollEvents.EPOLLIN, 1);
        Control(outer, EpollOperation.EPOLL_CTL_ADD, inner, EpollEvents.EPOLLIN, 2);
        Assert.Equal(Errno.ELOOP, _guest.Error("epoll_ctl", inner, (int)EpollOperation.EPOLL_CTL_ADD, outer, Event));
        Assert.Equal(0, Wait(outer));
        _guest.Call("write", writer, Buffer, 1);
        Assert.Equal(1, Wait(outer));
        Assert.Equal(1, Wait(inner));
        _guest.Call("read", reader, Buffer, 1);
        Assert.Equal(0, Wait(outer));
    }

    [Fact]
    public void Epoll_wait_sleeps_until_an_event_comes()
    {
        var counter = (int)_guest.Call("eventfd2", 0, 0);
        var epoll = Epoll();
        Control(epoll, EpollOperation.EPOLL_CTL_ADD, counter, EpollEvents.EPOLLIN, 3);
        Assert.Equal(0, _guest.Call("epoll_wait", epoll, Results, 8, 20));
        var other = _guest.SpawnSharing();
        _guest.Write(Buffer, 5L);
        var thread = new Thread(() => other.Call("write", counter, Buffer, 8));
        thread.Start();
        Assert.Equal(1, _guest.Call("epoll_wait", epoll, Results, 8, -1));
        thread.Join();
        Assert.Equal(8, _guest.Call("read", counter, Buffer + 8, 8));
        Assert.Equal(5L, _guest.Read<long>(Buffer + 8));
    }

    [Fact]
    public void A_semaphore_gives_one_at_a_time_and_overflow_waits()
    {
        var semaphore = (int)_guest.Call("eventfd2", 2, (int)(EventFdFlags.EFD_SEMAPHORE | EventFdFlags.EFD_NONBLOCK));
        Assert.Equal(8, _guest.Call("read", semaphore, Buffer, 8));
        Assert.Equal(1L, _guest.Read<long>(Buffer));
        Assert.Equal(8, _guest.Call("read", semaphore, Buffer, 8));
        Assert.Equal(Errno.EAGAIN, _guest.Error("read", semaphore, Buffer, 8));
        _guest.Write(Buffer, ulong.MaxValue - 1);
        Assert.Equal(8, _guest.Call("write", semaphore, Buffer, 8));
        _guest.Write(Buffer, 1L);
        Assert.Equal(Errno.EAGAIN, _guest.Error("write", semaphore, Buffer, 8));
        Assert.Equal(Errno.EINVAL, _guest.Error("write", semaphore, Buffer, 16));
    }

    [Fact]
    public void A_timer_counts_what_nobody_read()
    {
        var timer = (int)_guest.Call("timerfd_create", 1, (int)OpenFlags.O_NONBLOCK);
        Assert.Equal(Errno.EAGAIN, _guest.Error("read", timer, Buffer, 8));
        // Every 10 ms, the first time after 5 ms.
        SetTimer(timer, 5_000_000, 10_000_000);
        _guest.Write(Event, new Pollfd { fd = timer, events = (ushort)PollEvents.POLLIN });
        Assert.Equal(1, _guest.Call("poll", Event, 1, -1));
        Assert.Equal(0, _guest.Call("poll", 0, 0, 32));
        Assert.Equal(8, _guest.Call("read", timer, Buffer, 8));
        Assert.Equal(4L, _guest.Read<long>(Buffer));
        Assert.Equal(1, _guest.Call("poll", Event, 1, -1));
        Assert.Equal(8, _guest.Call("read", timer, Buffer, 8));
        Assert.Equal(1L, _guest.Read<long>(Buffer));
        SetTimer(timer, 0, 0);
        Assert.Equal(0, _guest.Call("poll", Event, 1, 50));
    }

    [Fact]
    public void A_signal_that_is_blocked_can_be_read()
    {
        _guest.Write(Buffer, 1L << ((int)Signal.SIGUSR1 - 1));
        Assert.Equal(0, _guest.Call("rt_sigprocmask", 0, Buffer, 0, 8));
        var signals = (int)_guest.Call("signalfd4", -1, Buffer, 8, (int)OpenFlags.O_NONBLOCK);
        Assert.Equal(Errno.EAGAIN, _guest.Error("read", signals, Results, 128));
        Assert.Equal(0, _guest.Call("kill", _guest.Task.Group.Pid, (int)Signal.SIGUSR1));
        _guest.Write(Event, new Pollfd { fd = signals, events = (ushort)PollEvents.POLLIN });
        Assert.Equal(1, _guest.Call("poll", Event, 1, 0));
        Assert.Equal(128, _guest.Call("read", signals, Results, 300));
        Assert.Equal((uint)Signal.SIGUSR1, _guest.Read<SignalfdSiginfo>(Results).ssi_signo);
        Assert.Equal((uint)_guest.Task.Group.Pid, _guest.Read<SignalfdSiginfo>(Results).ssi_pid);
        Assert.Equal(0, _guest.Call("poll", Event, 1, 0));
    }

    private void SetTimer(int timer, int value, int interval)
    {
        _guest.Write(Buffer, 0);
        _guest.Write(Buffer + 4, interval);
        _guest.Write(Buffer + 8, 0);
        _guest.Write(Buffer + 12, value);
        Assert.Equal(0, _guest.Call("timerfd_settime", timer, 0, Buffer, 0));
    }

    private (int Reader, int Writer) Pipe()
    {
        Assert.Equal(0, _guest.Call("pipe", Buffer));
        return (_guest.Read<int>(Buffer), _guest.Read<int>(Buffer + 4));
    }

    private int Epoll() => (int)_guest.Call("epoll_create1", 0);

    private void Control(int epoll, EpollOperation operation, int fd, EpollEvents events, ulong data)
    {
        _guest.Write(Event, new EpollEventPacked { events = (uint)events, data = data });
        Assert.Equal(0, _guest.Call("epoll_ctl", epoll, (int)operation, fd, Event));
    }

    private long Wait(int epoll) => _guest.Call("epoll_wait", epoll, Results, 8, 0);
}
