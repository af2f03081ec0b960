using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Tests.Tasks;

public sealed class FutexTests : IDisposable
{
    private const uint Word = TestGuest.Scratch;
    private const uint Other = TestGuest.Scratch + 4;
    private const uint Time = TestGuest.Scratch + 64;
    private const int PRIVATE = 128;
    private const int WAIT = 128, WAKE = 129, REQUEUE = 131, CMP_REQUEUE = 132, WAKE_OP = 133, LOCK_PI = 134, UNLOCK_PI = 135, WAIT_BITSET = 137, WAKE_BITSET = 138;

    private readonly TestGuest _guest = new();
    private readonly List<Thread> _threads = [];

    public void Dispose()
    {
        foreach (var thread in _threads)
            thread.Join();
        _guest.Dispose();
    }

    [Fact]
    public void A_word_that_has_changed_is_not_waited_for()
    {
        _guest.Write(Word, 1);
        Assert.Equal(Errno.EAGAIN, _guest.Error("futex", Word, WAIT, 0, 0, 0, 0));
        Assert.Equal(Errno.EINVAL, _guest.Error("futex", Word + 1, WAIT, 1, 0, 0, 0));
        Assert.Equal(Errno.EFAULT, _guest.Error("futex", 0x800, WAIT, 0, 0, 0, 0));
        Assert.Equal(Errno.EINVAL, _guest.Error("futex", Word, WAIT_BITSET, 1, 0, 0, 0));
        Assert.Equal(Errno.ENOSYS, _guest.Error("futex", Word, WAIT | 256, 1, 0, 0, 0));
    }

    [Fact]
    public void A_wait_gives_up_at_its_time_and_leaves_no_sleeper()
    {
        _guest.Write(Time, new OldTimespec32 { tv_sec = 2 });
        Assert.Equal(Errno.ETIMEDOUT, _guest.Error("futex", Word, WAIT, 0, Time, 0, 0));
        Assert.Equal(0, _guest.Call("futex", Word, WAKE, 10, 0, 0, 0));
    }

    [Fact]
    public void Wakes_go_to_those_who_came_first_and_requeued_ones_sleep_on()
    {
        var woken = new List<int>();
        for (var number = 0; number < 3; number++)
            StartSleeper(number, woken, bits: uint.MaxValue);
        Assert.Equal(1, _guest.Call("futex", Word, WAKE, 1, 0, 0, 0));
        WaitUntil(() => woken.Count == 1);
        Assert.Equal(0, woken[0]);
        Assert.Equal(Errno.EAGAIN, _guest.Error("futex", Word, CMP_REQUEUE, 0, 9, Other, 5));
        Assert.Equal(2, _guest.Call("futex", Word, CMP_REQUEUE, 0, 9, Other, 0));
        Assert.Equal(0, _guest.Call("futex", Word, WAKE, 9, 0, 0, 0));
        Assert.Equal(2, _guest.Call("futex", Other, WAKE, 9, 0, 0, 0));
        WaitUntil(() => woken.Count == 3);
        Assert.Equal(Errno.EINVAL, _guest.Error("futex", Word, REQUEUE, -1, 0, Other, 0));
    }

    [Fact]
    public void Bits_choose_whom_a_wake_reaches()
    {
        var woken = new List<int>();
        StartSleeper(1, woken, bits: 1);
        StartSleeper(2, woken, bits: 2);
        Assert.Equal(1, _guest.Call("futex", Word, WAKE_BITSET, 9, 0, 0, 2));
        WaitUntil(() => woken.Count == 1);
        Assert.Equal(2, woken[0]);
        Assert.Equal(1, _guest.Call("futex", Word, WAKE, 9, 0, 0, 0));
    }

    [Fact]
    public void Wake_op_changes_the_second_word_and_tests_its_old_value()
    {
        // ADD 5, wake on the second where it was 7.
        const uint Operation = 1u << 28 | 0u << 24 | 5u << 12 | 7u;
        var woken = new List<int>();
        StartSleeper(0, woken, bits: uint.MaxValue, Other, expected: 0);
        _guest.Write(Other, 7);
        Assert.Equal(1, _guest.Call("futex", Word, WAKE_OP, 1, 1, Other, Operation));
        Assert.Equal(12, _guest.Read<int>(Other));
        Assert.Equal(0, _guest.Call("futex", Word, WAKE_OP, 1, 1, Other, Operation));
        Assert.Equal(17, _guest.Read<int>(Other));
    }

    [Fact]
    public void The_end_of_a_thread_clears_its_word_and_wakes_who_joins_it()
    {
        var thread = _guest.Kernel.CreateThread(_guest.Task, parentTid: new GuestPtr<int>(Other), clearedTid: new GuestPtr<int>(Word))!;
        Assert.Equal(thread.Tid, _guest.Read<int>(Other));
        _guest.Write(Word, thread.Tid);
        Start(thread, task =>
        {
            _guest.Write(Time, new OldTimespec32 { tv_sec = 1 });
            _guest.CallAs(task, "nanosleep", Time, 0);
        });
        // As one that may be shared: a private futex on the same word is another one, and nobody would wake it (set_tid_address(2)).
        Assert.Equal(0, _guest.Call("futex", Word, WAIT & ~PRIVATE, thread.Tid, 0, 0, 0));
        Assert.Equal(0, _guest.Read<int>(Word));
        Assert.False(_guest.Task.Group.HasEnded);
    }

    [Fact]
    public void A_robust_lock_of_a_dead_thread_says_so()
    {
        const uint Head = 0x30000, Entry = 0x30100;
        var thread = _guest.Kernel.CreateThread(_guest.Task)!;
        _guest.Write(Head, Entry);
        _guest.Write(Head + 4, 16);
        _guest.Write(Head + 8, 0);
        _guest.Write(Entry, Head);
        _guest.Write(Entry + 16, (uint)thread.Tid | 0x80000000);
        Assert.Equal(Errno.EINVAL, (Errno)(-_guest.CallAs(thread, "set_robust_list", Head, 24)));
        Assert.Equal(0, _guest.CallAs(thread, "set_robust_list", Head, 12));
        Start(thread, static _ => { });
        _threads[^1].Join();
        Assert.Equal(0xc0000000, _guest.Read<uint>(Entry + 16));
    }

    [Fact]
    public void An_owned_lock_is_handed_to_its_waiter()
    {
        Assert.Equal(0, _guest.Call("futex", Word, LOCK_PI, 0, 0, 0, 0));
        Assert.Equal(_guest.Task.Tid, _guest.Read<int>(Word));
        Assert.Equal(Errno.EDEADLK, _guest.Error("futex", Word, LOCK_PI, 0, 0, 0, 0));
        var thread = _guest.Kernel.CreateThread(_guest.Task)!;
        long taken = -1;
        Start(thread, task => taken = _guest.CallAs(task, "futex", Word, LOCK_PI, 0, 0, 0, 0));
        WaitUntil(() => (_guest.Read<uint>(Word) & 0x80000000) != 0);
        Assert.Equal(0, _guest.Call("futex", Word, UNLOCK_PI, 0, 0, 0, 0));
        Assert.Equal(thread.Tid, _guest.Read<int>(Word));
        _threads[^1].Join();
        Assert.Equal(0, taken);
        Assert.Equal(Errno.EPERM, _guest.Error("futex", Word, UNLOCK_PI, 0, 0, 0, 0));
    }

    private void StartSleeper(int number, List<int> woken, uint bits, uint word = Word, int expected = 0)
    {
        var thread = _guest.Kernel.CreateThread(_guest.Task)!;
        var queued = _guest.Task.AddressSpace.Futexes.CountSleepers(new GuestPtr(word));
        Start(thread, task =>
        {
            Assert.Equal(0, _guest.CallAs(task, "futex", word, WAIT_BITSET, expected, 0, 0, bits));
            lock (woken)
                woken.Add(number);
        });
        WaitUntil(() => _guest.Task.AddressSpace.Futexes.CountSleepers(new GuestPtr(word)) > queued);
    }

    private void Start(LinuxTask task, Action<LinuxTask> body)
    {
        var thread = new Thread(() =>
        {
            body(task);
            task.Finish();
        });
        _threads.Add(thread);
        thread.Start();
    }

    private static void WaitUntil(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(30)));
}
