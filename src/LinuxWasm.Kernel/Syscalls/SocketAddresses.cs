using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Net;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>What all calls on sockets begin with: the descriptor, and addresses into and out of guest memory.</summary>
internal static class SocketAddresses
{
    /// <summary>sizeof(struct sockaddr_storage): no address is longer.</summary>
    public const int MaxLength = 128;

    /// <summary>EBADF where the descriptor is not open, ENOTSOCK where it is something else.</summary>
    public static Errno Find(FileReference use, out SocketFile? file)
    {
        file = use.File as SocketFile;
        if (file is not null)
            return Errno.None;
        return use.File is not { IsPathOnly: false } ? Errno.EBADF : Errno.ENOTSOCK;
    }

    /// <summary>move_addr_to_kernel: EINVAL for impossible lengths, EFAULT. No bytes are an empty address, whatever the pointer.</summary>
    public static Errno Read(LinuxTask task, GuestPtr pointer, int length, out ReadOnlySpan<byte> address)
    {
        address = default;
        if (length is < 0 or > MaxLength)
            return Errno.EINVAL;
        if (length == 0)
            return Errno.None;
        if (!task.Memory.TryGetReadable(pointer, (uint)length, out var bytes))
            return Errno.EFAULT;
        // A copy: other threads may change what stands there.
        address = bytes.ToArray();
        return Errno.None;
    }

    /// <summary>move_addr_to_user: as much of it as there is room for, and its whole length.</summary>
    public static Errno Write(LinuxTask task, ReadOnlySpan<byte> address, GuestPtr pointer, GuestPtr<int> lengthPointer)
    {
        if (!task.Memory.TryRead<int>(lengthPointer, out var room))
            return Errno.EFAULT;
        if (room < 0)
            return Errno.EINVAL;
        // The length is told even where the address then can't be.
        if (!task.Memory.TryWrite(lengthPointer, address.Length))
            return Errno.EFAULT;
        return task.Memory.TryWrite(pointer, address[..Math.Min(room, address.Length)]) ? Errno.None : Errno.EFAULT;
    }
}
