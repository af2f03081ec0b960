using System.Runtime.InteropServices;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Net;
using LinuxWasm.Kernel.Net.Unix;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>Control messages that a call hands over (put_cmsg, scm_detach_fds): as many as there is room for, MSG_CTRUNC for the others.</summary>
internal struct ControlWriter(LinuxTask task, GuestPtr control, ulong length)
{
    private readonly bool _isWanted = !control.IsNull;
    private GuestPtr _next = control;
    private uint _room = (uint)Math.Min(length, int.MaxValue);

    /// <summary>MSG_CTRUNC, or nothing.</summary>
    public MessageFlags Flags { get; private set; }

    /// <summary>Bytes that are used.</summary>
    public uint Used { get; private set; }

    /// <summary>What came with a message: first who sent it, then files. Those for which there is no room are closed.</summary>
    public void Put(ref IncomingMessage message, bool closeOnExec)
    {
        if (!_isWanted)
        {
            if (message.HasCredentials || message.Rights is not null)
                Flags |= MessageFlags.MSG_CTRUNC;
            return;
        }

        if (message.HasCredentials)
            Put(SocketLevel.SOL_SOCKET, (int)ControlType.SCM_CREDENTIALS, MemoryMarshal.AsBytes(new ReadOnlySpan<Ucred>(in message.Credentials)));
        if (message.Rights is { } rights)
            PutRights(rights, closeOnExec);
    }

    /// <summary>One message; a part of it where there is no room for more.</summary>
    public void Put(SocketLevel level, int type, ReadOnlySpan<byte> data)
    {
        var header = ControlMessages.HeaderSize(task.Abi);
        if (!_isWanted || _room < header)
        {
            Flags |= MessageFlags.MSG_CTRUNC;
            return;
        }

        var whole = header + data.Length;
        var length = (int)Math.Min((uint)whole, _room);
        if (length < whole)
            Flags |= MessageFlags.MSG_CTRUNC;
        // What can't be written is as if there had been nothing to say (put_cmsg's EFAULT, which nobody looks at).
        if (!TryPutHeader(level, type, length) || !task.Memory.TryWrite(_next + (uint)header, data[..(length - header)]))
            return;
        Advance(ControlMessages.Align(task.Abi, whole));
    }

    private void PutRights(Rights rights, bool closeOnExec)
    {
        var header = (uint)ControlMessages.HeaderSize(task.Abi);
        var room = _room > header ? (int)((_room - header) / sizeof(int)) : 0;
        var installed = 0;
        foreach (var file in rights.Files)
        {
            if (installed == room || !TryInstall(file, _next + header + (uint)(installed * sizeof(int)), closeOnExec))
                break;
            installed++;
        }

        var length = (int)header + (installed * sizeof(int));
        if (installed > 0 && TryPutHeader(SocketLevel.SOL_SOCKET, (int)ControlType.SCM_RIGHTS, length))
            Advance(ControlMessages.Align(task.Abi, length));
        if (installed < rights.Files.Count)
            Flags |= MessageFlags.MSG_CTRUNC;
    }

    private readonly bool TryInstall(Vfs.OpenFile file, GuestPtr place, bool closeOnExec)
    {
        if (task.Files.Reserve(task.Group.Limits[Resource.RLIMIT_NOFILE], closeOnExec, out var fd) != Errno.None)
            return false;
        if (!task.Memory.TryWrite(place, fd))
        {
            task.Files.Unreserve(fd);
            return false;
        }

        file.AddReference();
        task.Files.Install(fd, file);
        return true;
    }

    private readonly bool TryPutHeader(SocketLevel level, int type, int length) => task.Abi.Is32Bit
        ? task.Memory.TryWrite(_next, new Cmsghdr32 { cmsg_len = (uint)length, cmsg_level = (int)level, cmsg_type = type })
        : task.Memory.TryWrite(_next, new Cmsghdr64 { cmsg_len = (ulong)length, cmsg_level = (int)level, cmsg_type = type });

    private void Advance(int length)
    {
        var step = Math.Min((uint)length, _room);
        _next += step;
        _room -= step;
        Used += step;
    }
}
