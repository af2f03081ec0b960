using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Syscalls;

namespace LinuxWasm.Kernel.Tasks;

/// <summary>The list of locks that a thread holds, kept by its C library, walked when the thread ends (get_robust_list(2)).</summary>
internal static class RobustList
{
    /// <summary>ROBUST_LIST_LIMIT: a guest's list may be a ring.</summary>
    private const int MostEntries = 2048;

    /// <summary>sizeof(struct robust_list_head): a list head, an offset of type long, and a pointer.</summary>
    public static uint HeadSize(GuestAbi abi) => abi.Is32Bit ? 12u : 24u;

    public static void Walk(LinuxTask task)
    {
        var head = task.RobustListHead;
        if (head.IsNull)
            return;
        task.RobustListHead = default;
        var wide = !task.Abi.Is32Bit;
        if (!TryReadPointer(task, head, out var entry, out var isOwned)
            || !TryReadOffset(task, head + (wide ? 8u : 4u), out var offset)
            || !TryReadPointer(task, head + (wide ? 16u : 8u), out var pending, out var pendingIsOwned))
            return;
        for (var count = 0; count < MostEntries && entry != head; count++)
        {
            // The next one is read first: a lock that is let go may be gone at once.
            var more = TryReadPointer(task, entry, out var next, out var nextIsOwned);
            if (entry != pending)
                Die(task, entry, offset, isOwned);
            if (!more)
                break;
            (entry, isOwned) = (next, nextIsOwned);
        }

        if (!pending.IsNull)
            Die(task, pending, offset, pendingIsOwned);
    }

    private static void Die(LinuxTask task, GuestPtr entry, long offset, bool isOwned)
    {
        var address = entry.Address + offset;
        if (address is >= 0 and <= uint.MaxValue)
            task.AddressSpace.Futexes.OwnerDied(task, new GuestPtr((uint)address), isOwned);
    }

    /// <summary>A pointer whose lowest bit says that the lock is a priority-inheritance one.</summary>
    private static bool TryReadPointer(LinuxTask task, GuestPtr address, out GuestPtr pointer, out bool isOwned)
    {
        ulong value;
        bool read;
        if (task.Abi.PointerSize == 4)
        {
            read = task.Memory.TryRead<uint>(address, out var narrow);
            value = narrow;
        }
        else
        {
            read = task.Memory.TryRead(address, out value);
        }

        isOwned = (value & 1) != 0;
        pointer = GuestPtr.FromRegister(value & ~1UL);
        return read;
    }

    private static bool TryReadOffset(LinuxTask task, GuestPtr address, out long offset)
    {
        if (!task.Abi.Is32Bit)
            return task.Memory.TryRead(address, out offset);
        var read = task.Memory.TryRead<int>(address, out var narrow);
        offset = narrow;
        return read;
    }
}
