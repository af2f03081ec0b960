using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>getrandom(2)'s flags.</summary>
[Flags]
public enum RandomFlags : uint
{
    None = 0,
    GRND_NONBLOCK = 1,
    GRND_RANDOM = 2,
    GRND_INSECURE = 4,
}

/// <summary>getrandom(2).</summary>
public static class RandomNumbers
{
    /// <summary>INT_MAX less the offset in a page: what one read gives at the most.</summary>
    private const ulong MostBytes = 0x7ffff000;

    [Syscall("getrandom")]
    public static SysResult GetRandom(LinuxTask task, [Out("return")] GuestPtr buf, GuestSize buflen, RandomFlags flags)
    {
        const RandomFlags Known = RandomFlags.GRND_NONBLOCK | RandomFlags.GRND_RANDOM | RandomFlags.GRND_INSECURE;
        if ((flags & ~Known) != 0)
            return Errno.EINVAL;
        // Numbers that need not be random from a source that waits until they are: no sense in it.
        if ((flags & (RandomFlags.GRND_INSECURE | RandomFlags.GRND_RANDOM)) == (RandomFlags.GRND_INSECURE | RandomFlags.GRND_RANDOM))
            return Errno.EINVAL;

        var length = (uint)Math.Min(buflen.Value, MostBytes);
        if (length == 0)
            return 0;
        // What is accessible is filled even if not all is; then the answer is short.
        var accessible = task.Memory.AccessiblePrefix(buf, length, PageAccess.Write);
        if (accessible == 0 || !task.Memory.TryGetWritable(buf, accessible, out var bytes))
            return Errno.EFAULT;
        task.Kernel.Random.Fill(bytes);
        return accessible;
    }
}
