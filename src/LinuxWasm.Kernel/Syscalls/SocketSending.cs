using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Net;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>sendto(2), sendmsg(2), sendmmsg(2). send(2) is a sendto without an address.</summary>
public static class SocketSending
{
    /// <summary>UIO_MAXIOV: parts of a message, and messages of a call.</summary>
    internal const int MaxParts = 1024;

    /// <summary>Flags that the kernel uses for itself (MSG_INTERNAL_SENDMSG_FLAGS) and those of compatibility.</summary>
    private const MessageFlags Internal = (MessageFlags)0x1CA90000;

    [Syscall("sendto", Man = "send(2)", Unsupported = "MSG_OOB")]
    public static SysResult SendTo(
        LinuxTask task, Fd sockfd, [In("len")] GuestPtr buf, GuestSize len, MessageFlags flags, [In("addrlen")] GuestPtr dest_addr, int addrlen)
    {
        if (!FileIo.IsPlausible(buf, len.Value))
            return Errno.EFAULT;
        using var use = task.Files.Get(sockfd.Value);
        var error = SocketAddresses.Find(use, out var file);
        if (error != Errno.None)
            return error;
        ReadOnlySpan<byte> address = default;
        if (!dest_addr.IsNull)
            error = SocketAddresses.Read(task, dest_addr, addrlen, out address);
        if (error != Errno.None)
            return error;
        var message = new OutgoingMessage
        {
            Source = new IoSource(task.Memory, buf, (uint)Math.Min(len.Value, FileIo.MaxCount)),
            Flags = FlagsOf(file!, flags),
            Name = address,
        };
        return SocketIo.Send(task, file!.Socket, ref message);
    }

    [Syscall("sendmsg", Man = "send(2)", Unsupported = "MSG_OOB")]
    public static SysResult SendMsg(LinuxTask task, Fd sockfd, [In] GuestPtr msg, MessageFlags flags)
    {
        if (IsCompatible(task, flags))
            return Errno.EINVAL;
        using var use = task.Files.Get(sockfd.Value);
        var error = SocketAddresses.Find(use, out var file);
        return error == Errno.None ? Send(task, file!, msg, flags, MessageFlags.None, out _) : error;
    }

    [Syscall("sendmmsg", Unsupported = "MSG_OOB")]
    public static SysResult SendMmsg(LinuxTask task, Fd sockfd, [In] GuestPtr msgvec, uint vlen, MessageFlags flags)
    {
        if (IsCompatible(task, flags))
            return Errno.EINVAL;
        using var use = task.Files.Get(sockfd.Value);
        var error = SocketAddresses.Find(use, out var file);
        if (error != Errno.None)
            return error;
        var stride = MessageHeader.StrideOf(task.Abi);
        vlen = Math.Min(vlen, MaxParts);
        for (var sent = 0u; sent < vlen; sent++)
        {
            var place = msgvec + (sent * stride);
            var result = Send(task, file!, place, flags, MessageFlags.MSG_EOR, out var isPartial);
            if (!result.IsError && !task.Memory.TryWrite(place + MessageHeader.SizeOf(task.Abi), (uint)result.Value))
                result = Errno.EFAULT;
            if (result.IsError)
                return sent > 0 ? sent : result;
            if (isPartial)
                return sent + 1;
        }

        return vlen;
    }

    /// <summary>MSG_CMSG_COMPAT is not for a 64-bit process to say.</summary>
    internal static bool IsCompatible(LinuxTask task, MessageFlags flags) => !task.Abi.Is32Bit && (flags & MessageFlags.MSG_CMSG_COMPAT) != 0;

    private static SysResult Send(LinuxTask task, SocketFile file, GuestPtr place, MessageFlags flags, MessageFlags ofHeader, out bool isPartial)
    {
        isPartial = false;
        var error = MessageHeader.Read(task, place, out var header);
        if (error != Errno.None)
            return error;
        ReadOnlySpan<byte> address = default;
        if (!header.Name.IsNull)
            error = SocketAddresses.Read(task, header.Name, Math.Min(header.NameLength, SocketAddresses.MaxLength), out address);
        if (error != Errno.None)
            return error;
        if (header.VectorLength > MaxParts)
            return Errno.EMSGSIZE;
        using var parts = IovecReader.Read(task, header.Vector, new GuestSize(header.VectorLength), out error);
        if (error != Errno.None)
            return error;
        var message = new OutgoingMessage
        {
            Source = new IoSource(task.Memory, parts.Segments),
            Flags = FlagsOf(file, flags | (header.Flags & ofHeader)),
            Name = address,
        };
        error = ControlMessages.Read(task, file.Socket, header, ref message);
        var result = error == Errno.None ? SocketIo.Send(task, file.Socket, ref message) : error;
        // What no message has taken along.
        message.Rights?.Dispose();
        isPartial = message.Source.Remaining > 0;
        return result;
    }

    private static MessageFlags FlagsOf(SocketFile file, MessageFlags flags) =>
        (flags & ~Internal) | (file.IsNonBlocking ? MessageFlags.MSG_DONTWAIT : MessageFlags.None);
}
