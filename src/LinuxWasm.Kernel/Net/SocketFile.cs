using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Net;

/// <summary>A socket as an open file. Calls that move bytes wait in <see cref="SocketIo"/>, since sockets have timeouts of their own.</summary>
internal sealed class SocketFile : OpenFile
{
    private SocketFile(in OpenRequest request, Socket socket)
        : base(request, OpenModes.None) => Socket = socket;

    public Socket Socket { get; }

    public override WaitQueue Readiness => Socket.Queue;

    public override bool CanSignal => true;

    /// <summary>Gives a socket its file (sock_alloc_file).</summary>
    public static SocketFile Create(LinuxTask task, Socket socket, OpenFlags flags)
    {
        var credentials = task.Credentials;
        var inode = task.Kernel.SockFs.NewInode(Mode.S_IFSOCK | Mode.Access, credentials.Fsuid, credentials.Fsgid);
        socket.Ino = inode.Ino;
        var place = task.Kernel.SockFs.PlaceFor(inode, $"socket:[{inode.Ino}]");
        return new SocketFile(new OpenRequest(place, OpenFlags.O_RDWR | (flags & OpenFlags.O_NONBLOCK), task), socket);
    }

    public override PollEvents Poll() => Socket.Poll();

    public override SysResult Ioctl(LinuxTask task, uint request, ulong argument)
    {
        var pointer = GuestPtr.FromRegister(argument);
        switch (request)
        {
            case Ioctls.FIOSETOWN or Ioctls.SIOCSPGRP:
                return task.Memory.TryRead<int>(pointer, out var owner)
                    ? FileOwnership.Control(task, this, FcntlCommand.F_SETOWN, (ulong)(uint)owner)
                    : Errno.EFAULT;
            case Ioctls.FIOGETOWN or Ioctls.SIOCGPGRP:
                var id = Owner.Type == OwnerType.F_OWNER_PGRP ? -Owner.Id : Owner.Id;
                return task.Memory.TryWrite(pointer, id) ? 0 : Errno.EFAULT;
            default:
                return Socket.Ioctl(task, request, argument);
        }
    }

    protected override void OnRelease() => Socket.Close();
}
