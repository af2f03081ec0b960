using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>The three layouts of struct flock, read into and written from the widest.</summary>
internal enum FlockLayout
{
    /// <summary>i386's F_GETLK, F_SETLK, F_SETLKW.</summary>
    Narrow,

    /// <summary>i386's F_GETLK64 and the open file description locks.</summary>
    Packed,

    /// <summary>The 64-bit tables.</summary>
    Wide,
}

internal static class FlockLayouts
{
    public static bool TryRead(this FlockLayout layout, GuestMemory memory, GuestPtr pointer, out Flock flock)
    {
        switch (layout)
        {
            case FlockLayout.Narrow:
                var read = memory.TryRead<Flock32>(pointer, out var narrow);
                flock = new Flock { l_type = narrow.l_type, l_whence = narrow.l_whence, l_start = narrow.l_start, l_len = narrow.l_len, l_pid = narrow.l_pid };
                return read;
            case FlockLayout.Packed:
                read = memory.TryRead<Flock64Packed>(pointer, out var packed);
                flock = new Flock { l_type = packed.l_type, l_whence = packed.l_whence, l_start = packed.l_start, l_len = packed.l_len, l_pid = packed.l_pid };
                return read;
            default:
                return memory.TryRead(pointer, out flock);
        }
    }

    /// <summary>False where the start does not fit (EOVERFLOW); a length that does not fit becomes "to the end".</summary>
    public static bool TryFit(this FlockLayout layout, ref Flock flock)
    {
        if (layout != FlockLayout.Narrow)
            return true;
        if (flock.l_len > int.MaxValue)
            flock.l_len = 0;
        return flock.l_start <= int.MaxValue;
    }

    public static bool TryWrite(this FlockLayout layout, GuestMemory memory, GuestPtr pointer, in Flock flock) => layout switch
    {
        FlockLayout.Narrow => memory.TryWrite(pointer, new Flock32
        {
            l_type = flock.l_type,
            l_whence = flock.l_whence,
            l_start = (int)flock.l_start,
            l_len = (int)flock.l_len,
            l_pid = flock.l_pid,
        }),
        FlockLayout.Packed => memory.TryWrite(pointer, new Flock64Packed
        {
            l_type = flock.l_type,
            l_whence = flock.l_whence,
            l_start = flock.l_start,
            l_len = flock.l_len,
            l_pid = flock.l_pid,
        }),
        _ => memory.TryWrite(pointer, flock),
    };
}
