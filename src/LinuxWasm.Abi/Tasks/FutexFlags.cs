namespace LinuxWasm.Abi;

/// <summary>futex(2)'s operations: a command, and two flags.</summary>
[Flags]
public enum FutexOperation : uint
{
    FUTEX_WAIT = 0,
    FUTEX_WAKE = 1,
    FUTEX_FD = 2,
    FUTEX_REQUEUE = 3,
    FUTEX_CMP_REQUEUE = 4,
    FUTEX_WAKE_OP = 5,
    FUTEX_LOCK_PI = 6,
    FUTEX_UNLOCK_PI = 7,
    FUTEX_TRYLOCK_PI = 8,
    FUTEX_WAIT_BITSET = 9,
    FUTEX_WAKE_BITSET = 10,
    FUTEX_WAIT_REQUEUE_PI = 11,
    FUTEX_CMP_REQUEUE_PI = 12,
    FUTEX_LOCK_PI2 = 13,
    FUTEX_CMD_MASK = 0x7f,
    FUTEX_PRIVATE_FLAG = 0x80,
    FUTEX_CLOCK_REALTIME = 0x100,
}

/// <summary>The bits of a lock word that kernel and C library share (futex(2), "Priority-inheritance futexes"; robust lists).</summary>
public static class FutexWord
{
    public const uint Waiters = 0x80000000;
    public const uint OwnerDied = 0x40000000;
    public const uint TidMask = 0x3fffffff;
}
