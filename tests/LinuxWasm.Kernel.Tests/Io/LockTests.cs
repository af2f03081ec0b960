using LinuxWasm.Abi;
using LinuxWasm.Kernel.Vfs.Locks;

namespace LinuxWasm.Kernel.Tests.Io;

/// <summary>Record locks without any file: what overlaps, joins and splits.</summary>
public class LockTests
{
    private static readonly object Alice = new();
    private static readonly object Bob = new();
    private static readonly object Carol = new();

    private readonly FileLocks _locks = new();

    [Fact]
    public void A_write_lock_excludes_and_read_locks_share()
    {
        Assert.Equal(Errno.None, Set(Alice, LockType.F_RDLCK, 0, 9));
        Assert.Equal(Errno.None, Set(Bob, LockType.F_RDLCK, 5, 14));
        Assert.Equal(Errno.EAGAIN, Set(Bob, LockType.F_WRLCK, 9, 9));
        Assert.Equal(Errno.None, Set(Bob, LockType.F_WRLCK, 10, 14));
        Assert.Equal(Errno.EAGAIN, Set(Alice, LockType.F_RDLCK, 14, 20));
    }

    [Fact]
    public void Unlocking_the_middle_leaves_both_ends()
    {
        Set(Alice, LockType.F_WRLCK, 0, 99);
        Set(Alice, LockType.F_UNLCK, 40, 59);
        Assert.Equal((0, 39), Conflict(0, 99));
        Assert.Equal((60, 99), Conflict(40, 99));
        Assert.Equal(Errno.None, Set(Bob, LockType.F_WRLCK, 40, 59));
    }

    [Fact]
    public void Locks_of_one_owner_and_type_that_touch_become_one()
    {
        Set(Alice, LockType.F_WRLCK, 0, 9);
        Set(Alice, LockType.F_WRLCK, 20, 29);
        Set(Alice, LockType.F_WRLCK, 10, 19);
        Assert.Equal((0, 29), Conflict(25, 25));
    }

    [Fact]
    public void A_changed_type_cuts_the_old_lock()
    {
        Set(Alice, LockType.F_WRLCK, 0, long.MaxValue);
        Set(Alice, LockType.F_RDLCK, 100, 199);
        Assert.Equal(Errno.None, Set(Bob, LockType.F_RDLCK, 100, 199));
        Assert.Equal((0, 99), Conflict(0, long.MaxValue));
        Assert.Equal((200, long.MaxValue), Conflict(200, 200));
    }

    [Fact]
    public void A_circle_of_waits_is_a_deadlock()
    {
        var waits = new LockWaits();
        Set(Alice, LockType.F_WRLCK, 0, 0);
        Set(Bob, LockType.F_WRLCK, 1, 1);
        Set(Carol, LockType.F_WRLCK, 2, 2);
        Assert.Equal(Errno.EAGAIN, _locks.Set(Record(Alice, LockType.F_WRLCK, 1, 1), waits, out _));
        Assert.Equal(Errno.EAGAIN, _locks.Set(Record(Bob, LockType.F_WRLCK, 2, 2), waits, out _));
        Assert.Equal(Errno.EDEADLK, _locks.Set(Record(Carol, LockType.F_WRLCK, 0, 0), waits, out _));
        waits.Remove(Bob);
        Assert.Equal(Errno.EAGAIN, _locks.Set(Record(Carol, LockType.F_WRLCK, 0, 0), waits, out _));
    }

    private static RecordLock Record(object owner, LockType type, long start, long end) => new(owner, 1, type, start, end);

    private Errno Set(object owner, LockType type, long start, long end) => _locks.Set(Record(owner, type, start, end), waits: null, out _);

    private (long Start, long End) Conflict(long start, long end)
    {
        Assert.True(_locks.TryFindConflict(Record(new object(), LockType.F_WRLCK, start, end), out var found));
        return (found.Start, found.End);
    }
}
