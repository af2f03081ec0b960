using System.Buffers;
using System.Runtime.InteropServices;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>select(2), pselect(2). The sets are bits in the ABI's longs, which on a little-endian machine are bits in 64-bit words.</summary>
public static class Selecting
{
    private const string Man = "select(2)";

    private const PollEvents Readable = PollEvents.POLLRDNORM | PollEvents.POLLRDBAND | PollEvents.POLLIN | PollEvents.POLLHUP | PollEvents.POLLERR | PollEvents.POLLNVAL;
    private const PollEvents Writable = PollEvents.POLLWRBAND | PollEvents.POLLWRNORM | PollEvents.POLLOUT | PollEvents.POLLERR | PollEvents.POLLNVAL;
    private const PollEvents Exceptional = PollEvents.POLLPRI | PollEvents.POLLNVAL;

    [Syscall("select", On = SyscallTable.X64 | SyscallTable.Generic)]
    public static SysResult Select(LinuxTask task, int nfds, GuestPtr readfds, GuestPtr writefds, GuestPtr exceptfds, GuestPtr timeout) =>
        SelectFor(task, nfds, readfds, writefds, exceptfds, timeout);

    [Syscall("_newselect", Man = Man)]
    public static SysResult NewSelect(LinuxTask task, int nfds, GuestPtr readfds, GuestPtr writefds, GuestPtr exceptfds, GuestPtr timeout) =>
        SelectFor(task, nfds, readfds, writefds, exceptfds, timeout);

    /// <summary>i386's first form has its five arguments in memory.</summary>
    [Syscall("select", On = SyscallTable.I386)]
    public static SysResult OldSelect(LinuxTask task, [In] GuestPtr arguments)
    {
        Span<uint> five = stackalloc uint[5];
        if (!task.Memory.TryGetReadable(arguments, 20, out var bytes))
            return Errno.EFAULT;
        MemoryMarshal.Cast<byte, uint>(bytes).CopyTo(five);
        return SelectFor(task, (int)five[0], new GuestPtr(five[1]), new GuestPtr(five[2]), new GuestPtr(five[3]), new GuestPtr(five[4]));
    }

    [Syscall("pselect6", Man = Man)]
    public static SysResult Pselect6(LinuxTask task, int nfds, GuestPtr readfds, GuestPtr writefds, GuestPtr exceptfds, GuestPtr timeout, GuestPtr sigmask) =>
        SelectMasked(task, nfds, readfds, writefds, exceptfds, timeout, TimeoutArgument.Timespec(task), sigmask);

    [Syscall("pselect6_time64", Man = Man)]
    public static SysResult Pselect6Time64(LinuxTask task, int nfds, GuestPtr readfds, GuestPtr writefds, GuestPtr exceptfds, GuestPtr timeout, GuestPtr sigmask) =>
        SelectMasked(task, nfds, readfds, writefds, exceptfds, timeout, TimeLayout.Timespec64, sigmask);

    private static SysResult SelectFor(LinuxTask task, int nfds, GuestPtr reads, GuestPtr writes, GuestPtr exceptions, GuestPtr pointer)
    {
        var error = TimeoutArgument.Read(task, pointer, TimeoutArgument.Timeval(task), out var timeout);
        return error != Errno.None ? error : timeout.Finish(task, SelectAll(task, nfds, reads, writes, exceptions, timeout));
    }

    /// <summary>The last argument points to the mask's address and size, since there is no seventh register.</summary>
    private static SysResult SelectMasked(
        LinuxTask task, int nfds, GuestPtr reads, GuestPtr writes, GuestPtr exceptions, GuestPtr pointer, TimeLayout layout, GuestPtr sigmask)
    {
        GuestPtr mask = default;
        ulong size = 0;
        if (!sigmask.IsNull && !TryReadMaskArgument(task, sigmask, out mask, out size))
            return Errno.EFAULT;
        var error = TimeoutArgument.Read(task, pointer, layout, out var timeout);
        if (error == Errno.None)
            error = MaskArgument.Begin(task, mask, size);
        if (error != Errno.None)
            return error;
        var result = SelectAll(task, nfds, reads, writes, exceptions, timeout);
        MaskArgument.End(task, mask, result.Errno == Restart.ERESTARTNOHAND);
        return timeout.Finish(task, result);
    }

    private static bool TryReadMaskArgument(LinuxTask task, GuestPtr pointer, out GuestPtr mask, out ulong size)
    {
        if (task.Abi.Is32Bit)
        {
            var read = task.Memory.TryRead<uint>(pointer, out var address) & task.Memory.TryRead<uint>(pointer + 4, out var narrow);
            mask = new GuestPtr(address);
            size = narrow;
            return read;
        }

        var wide = task.Memory.TryRead<ulong>(pointer, out var register) & task.Memory.TryRead(pointer + 8, out size);
        mask = GuestPtr.FromRegister(register);
        return wide;
    }

    private static SysResult SelectAll(LinuxTask task, int nfds, GuestPtr reads, GuestPtr writes, GuestPtr exceptions, in TimeoutArgument timeout)
    {
        if (nfds < 0)
            return Errno.EINVAL;
        // Beyond the table nothing is open, and nothing there is looked at.
        nfds = Math.Min(nfds, task.Files.Capacity);
        var bytes = (uint)((nfds + task.Abi.LongSize * 8 - 1) / (task.Abi.LongSize * 8) * task.Abi.LongSize);
        var words = (nfds + 63) / 64;
        var rented = ArrayPool<ulong>.Shared.Rent(6 * words);
        try
        {
            var sets = new Sets(rented.AsSpan(0, 6 * words), words);
            if (!TryReadSet(task, reads, bytes, sets.AskedReads) || !TryReadSet(task, writes, bytes, sets.AskedWrites)
                || !TryReadSet(task, exceptions, bytes, sets.AskedExceptions))
                return Errno.EFAULT;
            var result = Wait(task, nfds, sets, timeout);
            if (result.IsError)
                return result;
            return TryWriteSet(task, reads, bytes, sets.FoundReads) && TryWriteSet(task, writes, bytes, sets.FoundWrites)
                && TryWriteSet(task, exceptions, bytes, sets.FoundExceptions) ? result : Errno.EFAULT;
        }
        finally
        {
            ArrayPool<ulong>.Shared.Return(rented);
        }
    }

    private static bool TryReadSet(LinuxTask task, GuestPtr pointer, uint bytes, Span<ulong> set)
    {
        set.Clear();
        if (pointer.IsNull)
            return true;
        if (!task.Memory.TryGetReadable(pointer, bytes, out var source))
            return false;
        source.CopyTo(MemoryMarshal.AsBytes(set));
        return true;
    }

    private static bool TryWriteSet(LinuxTask task, GuestPtr pointer, uint bytes, ReadOnlySpan<ulong> set) =>
        pointer.IsNull || task.Memory.TryWrite(pointer, MemoryMarshal.AsBytes(set)[..(int)bytes]);

    private static SysResult Wait(LinuxTask task, int nfds, Sets sets, in TimeoutArgument timeout)
    {
        if (!AreTaken(task, nfds, sets))
            return Errno.EBADF;
        var result = Look(task, nfds, sets);
        if (result.Value != 0 || timeout.IsZero)
            return result;
        using var wait = task.BeginWait();
        for (var fd = 0; fd < nfds; fd++)
        {
            if (!sets.IsAsked(fd))
                continue;
            using var use = task.Files.Get(fd);
            if (use.File is { IsPathOnly: false } file && file.ReadinessFor(task) is { } queue)
                wait.Add(queue, file);
        }

        while ((result = Look(task, nfds, sets)).Value == 0)
        {
            switch (wait.Sleep(timeout.Deadline))
            {
                case WaitOutcome.Interrupted:
                    return Restart.ERESTARTNOHAND;
                case WaitOutcome.TimedOut:
                    return Look(task, nfds, sets);
            }
        }

        return result;
    }

    /// <summary>
    /// EBADF is said at the beginning only, and only of free numbers (max_select_fd): one that another thread's call has reserved, or that another thread closes
    /// meanwhile, counts as found.
    /// </summary>
    private static bool AreTaken(LinuxTask task, int nfds, Sets sets)
    {
        for (var fd = 0; fd < nfds; fd++)
        {
            if (sets.IsAsked(fd) && !task.Files.IsTaken(fd))
                return false;
        }

        return true;
    }

    /// <summary>A descriptor counts once for each set that it is found in.</summary>
    private static SysResult Look(LinuxTask task, int nfds, Sets sets)
    {
        sets.ClearFound();
        var ready = 0;
        for (var fd = 0; fd < nfds; fd++)
        {
            if (!sets.IsAsked(fd))
                continue;
            using var use = task.Files.Get(fd);
            var events = use.File is not { IsPathOnly: false } file ? PollEvents.POLLNVAL : file.PollAs(task);
            ready += Found(sets.AskedReads, sets.FoundReads, fd, (events & Readable) != 0)
                + Found(sets.AskedWrites, sets.FoundWrites, fd, (events & Writable) != 0)
                + Found(sets.AskedExceptions, sets.FoundExceptions, fd, (events & Exceptional) != 0);
        }

        return ready;
    }

    private static int Found(ReadOnlySpan<ulong> asked, Span<ulong> found, int fd, bool isReady)
    {
        var bit = 1UL << (fd & 63);
        if (!isReady || (asked[fd >> 6] & bit) == 0)
            return 0;
        found[fd >> 6] |= bit;
        return 1;
    }

    private readonly ref struct Sets(Span<ulong> words, int count)
    {
        private readonly Span<ulong> _words = words;

        public Span<ulong> AskedReads => _words[..count];

        public Span<ulong> AskedWrites => _words.Slice(count, count);

        public Span<ulong> AskedExceptions => _words.Slice(2 * count, count);

        public Span<ulong> FoundReads => _words.Slice(3 * count, count);

        public Span<ulong> FoundWrites => _words.Slice(4 * count, count);

        public Span<ulong> FoundExceptions => _words.Slice(5 * count, count);

        public bool IsAsked(int fd) => ((AskedReads[fd >> 6] | AskedWrites[fd >> 6] | AskedExceptions[fd >> 6]) & (1UL << (fd & 63))) != 0;

        public void ClearFound() => _words[(3 * count)..].Clear();
    }
}
