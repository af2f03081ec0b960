using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Net;

/// <summary>The value that setsockopt(2) was given: looked at once it is known what the option is.</summary>
internal readonly struct OptionArgument(LinuxTask task, GuestPtr pointer, int length)
{
    /// <summary>Bytes, as the caller said.</summary>
    public int Length => length;

    /// <summary>EINVAL where it is shorter than what is wanted, EFAULT where it can't be read.</summary>
    public Errno Read<T>(out T value)
        where T : unmanaged
    {
        value = default;
        if (length < System.Runtime.CompilerServices.Unsafe.SizeOf<T>())
            return Errno.EINVAL;
        return task.Memory.TryRead(pointer, out value) ? Errno.None : Errno.EFAULT;
    }

    /// <summary>As IP's options have it: an int, or a single byte.</summary>
    public Errno ReadShort(out int value)
    {
        if (length >= sizeof(int) || length == 0)
            return Read(out value);
        var error = Read<byte>(out var narrow);
        value = narrow;
        return error;
    }
}
