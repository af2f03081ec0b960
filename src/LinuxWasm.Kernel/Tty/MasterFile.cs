using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Tty;

/// <summary>The master of a pseudoterminal (ptmx(4)): what it writes is typed, what it reads is on the screen.</summary>
internal sealed class MasterFile(in OpenRequest request, Terminal terminal) : OpenFile(request, OpenModes.None)
{
    public override WaitQueue Readiness => terminal.Changed;

    public override bool WritesAll => true;

    public override SysResult Read(Span<byte> buffer, ref long position) => terminal.ReadMaster(buffer);

    public override SysResult Write(ReadOnlySpan<byte> buffer, ref long position) => buffer.IsEmpty ? 0 : terminal.Type(buffer);

    public override PollEvents Poll() => terminal.PollMaster();

    public override SysResult Ioctl(LinuxTask task, uint request, ulong argument)
    {
        var pointer = GuestPtr.FromRegister(argument);
        switch (request)
        {
            case Ioctls.TIOCGPTN:
                return TerminalIoctls.Put(task, pointer, terminal.Number);
            case Ioctls.TIOCSPTLCK:
                if (!task.Memory.TryRead<int>(pointer, out var isLocked))
                    return Errno.EFAULT;
                terminal.IsLocked = isLocked != 0;
                return 0;
            case Ioctls.TIOCGPTLCK:
                return TerminalIoctls.Put(task, pointer, terminal.IsLocked ? 1 : 0);
            case Ioctls.TIOCPKT:
                if (!task.Memory.TryRead<int>(pointer, out var hasPackets))
                    return Errno.EFAULT;
                terminal.HasPackets = hasPackets != 0;
                return 0;
            case Ioctls.TIOCGPKT:
                return TerminalIoctls.Put(task, pointer, terminal.HasPackets ? 1 : 0);
            case Ioctls.TIOCSIG:
                return Signal(task, argument);
            case Ioctls.TIOCGPTPEER:
                return OpenPeer(task, (OpenFlags)(uint)argument);
            default:
                return TerminalIoctls.Handle(terminal, task, this, asMaster: true, request, argument);
        }
    }

    protected override void OnRelease() => terminal.CloseMaster();

    private SysResult Signal(LinuxTask task, ulong number)
    {
        if (number is not ((ulong)Abi.Signal.SIGINT or (ulong)Abi.Signal.SIGQUIT or (ulong)Abi.Signal.SIGTSTP))
            return Errno.EINVAL;
        terminal.Interrupt((Signal)number);
        return 0;
    }

    private SysResult OpenPeer(LinuxTask task, OpenFlags flags)
    {
        var error = task.Files.Reserve(task.Group.Limits[Resource.RLIMIT_NOFILE], (flags & OpenFlags.O_CLOEXEC) != 0, out var fd);
        if (error != Errno.None)
            return error;
        var place = terminal.Kernel.Terminals.PlaceOf(terminal);
        error = SlaveFile.Open(new OpenRequest(place, flags & ~OpenFlags.O_CLOEXEC, task), terminal, out var file);
        if (error != Errno.None)
        {
            task.Files.Unreserve(fd);
            return error;
        }

        task.Files.Install(fd, file!);
        return fd;
    }
}
