using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Net;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>recvfrom(2), recvmsg(2), recvmmsg(2). recv(2) is a recvfrom that asks for no address.</summary>
public static class SocketReceiving
{
    [Syscall("recvfrom", Man = "recv(2)", Unsupported = "MSG_OOB")]
    public static SysResult RecvFrom(
        LinuxTask task, Fd sockfd, [Out("return")] GuestPtr buf, GuestSize size, MessageFlags flags, [Out("addrlen")] GuestPtr src_addr, [In, Out] GuestPtr<int> addrlen)
    {
        if (!FileIo.IsPlausible(buf, size.Value))
            return Errno.EFAULT;
        using var use = task.Files.Get(sockfd.Value);
        var error = SocketAddresses.Find(use, out var file);
        if (error != Errno.None)
            return error;
        var message = new IncomingMessage
        {
            Target = new IoTarget(task.Memory, buf, (uint)Math.Min(size.Value, FileIo.MaxCount)),
            Flags = FlagsOf(file!, flags),
            WantsName = !src_addr.IsNull,
            Name = [],
        };
        var result = SocketIo.Receive(task, file!.Socket, ref message);
        message.Rights?.Dispose();
        if (result.IsError || src_addr.IsNull)
            return result;
        error = SocketAddresses.Write(task, message.Name, src_addr, addrlen);
        return error == Errno.None ? result : error;
    }

    [Syscall("recvmsg", Man = "recv(2)", Unsupported = "MSG_OOB")]
    public static SysResult RecvMsg(LinuxTask task, Fd sockfd, [In, Out] GuestPtr msg, MessageFlags flags)
    {
        if (SocketSending.IsCompatible(task, flags))
            return Errno.EINVAL;
        using var use = task.Files.Get(sockfd.Value);
        var error = SocketAddresses.Find(use, out var file);
        return error == Errno.None ? Receive(task, file!, msg, flags, out _) : error;
    }

    [Syscall("recvmmsg", Unsupported = "MSG_OOB")]
    public static SysResult RecvMmsg(LinuxTask task, Fd sockfd, [In, Out] GuestPtr msgvec, uint vlen, MessageFlags flags, GuestPtr timeout) =>
        ReceiveSeveral(task, sockfd, msgvec, vlen, flags, timeout, TimeoutArgument.Timespec(task));

    [Syscall("recvmmsg_time64", Man = "recvmmsg(2)", Unsupported = "MSG_OOB")]
    public static SysResult RecvMmsgTime64(LinuxTask task, Fd sockfd, [In, Out] GuestPtr msgvec, uint vlen, MessageFlags flags, GuestPtr timeout) =>
        ReceiveSeveral(task, sockfd, msgvec, vlen, flags, timeout, TimeLayout.Timespec64);

    private static SysResult ReceiveSeveral(LinuxTask task, Fd sockfd, GuestPtr msgvec, uint vlen, MessageFlags flags, GuestPtr timeout, TimeLayout layout)
    {
        if (SocketSending.IsCompatible(task, flags))
            return Errno.EINVAL;
        var error = TimeoutArgument.Read(task, timeout, layout, out var limit);
        if (error != Errno.None)
            return error;
        using var use = task.Files.Get(sockfd.Value);
        error = SocketAddresses.Find(use, out var file);
        if (error == Errno.None && (flags & MessageFlags.MSG_ERRQUEUE) == 0)
            error = file!.Socket.TakeError();
        if (error != Errno.None)
            return error;

        SysResult result = 0;
        var received = 0u;
        while (received < vlen)
        {
            var place = msgvec + (uint)Math.Min(received * (ulong)MessageHeader.StrideOf(task.Abi), uint.MaxValue);
            result = Receive(task, file!, place, flags & ~MessageFlags.MSG_WAITFORONE, out _);
            if (!result.IsError && !task.Memory.TryWrite(place + MessageHeader.SizeOf(task.Abi), (uint)result.Value))
                result = Errno.EFAULT;
            if (result.IsError)
                break;
            received++;
            if ((flags & MessageFlags.MSG_WAITFORONE) != 0)
                flags |= MessageFlags.MSG_DONTWAIT;
            // Only looked at between messages: a call that waits for one is not ended by it (recvmmsg(2), BUGS).
            if (!timeout.IsNull && (limit.IsZero || task.Kernel.Clock.HasPassed(limit.Deadline)))
                break;
        }

        if (received == 0)
            return result;
        if (result.IsError && result.Errno is not (Errno.EAGAIN or Restart.ERESTARTSYS))
            file!.Socket.TellLater(result.Errno);
        return limit.TryStoreRest(task) ? received : Errno.EFAULT;
    }

    private static SysResult Receive(LinuxTask task, SocketFile file, GuestPtr place, MessageFlags flags, out MessageFlags told)
    {
        told = flags & MessageFlags.MSG_CMSG_CLOEXEC;
        var error = MessageHeader.Read(task, place, out var header);
        if (error != Errno.None)
            return error;
        if (header.VectorLength > SocketSending.MaxParts)
            return Errno.EMSGSIZE;
        using var parts = IovecReader.Read(task, header.Vector, new GuestSize(header.VectorLength), out error);
        if (error != Errno.None)
            return error;
        var message = new IncomingMessage
        {
            Target = new IoTarget(task.Memory, parts.Segments),
            Flags = FlagsOf(file, flags),
            WantsName = !header.Name.IsNull,
            Name = [],
        };
        var result = SocketIo.Receive(task, file.Socket, ref message);
        if (result.IsError)
        {
            message.Rights?.Dispose();
            return result;
        }

        var control = new ControlWriter(task, header.Control, header.ControlLength);
        control.Put(ref message, (flags & MessageFlags.MSG_CMSG_CLOEXEC) != 0);
        message.Rights?.Dispose();
        told |= message.Result | control.Flags;
        if (!header.Name.IsNull)
            error = SocketAddresses.Write(task, message.Name, header.Name, header.NameLengthPlace(task));
        if (error == Errno.None && !header.TryStoreResult(task, told, control.Used))
            error = Errno.EFAULT;
        return error == Errno.None ? result : error;
    }

    private static MessageFlags FlagsOf(SocketFile file, MessageFlags flags) =>
        flags | (file.IsNonBlocking ? MessageFlags.MSG_DONTWAIT : MessageFlags.None);
}
