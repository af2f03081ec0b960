using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Tty;

/// <summary>ioctl_tty(2): the requests that both ends of a pseudoterminal know.</summary>
internal static class TerminalIoctls
{
    /// <summary>Carries a request out.</summary>
    /// <param name="terminal">Whose.</param>
    /// <param name="task">Who asks.</param>
    /// <param name="file">How: its ends differ in who has to be in the foreground.</param>
    /// <param name="asMaster">The file is the master.</param>
    /// <param name="request">The number.</param>
    /// <param name="argument">A number or an address.</param>
    public static SysResult Handle(Terminal terminal, LinuxTask task, Vfs.OpenFile file, bool asMaster, uint request, ulong argument)
    {
        var pointer = GuestPtr.FromRegister(argument);
        switch (request)
        {
            case Ioctls.TCGETS:
                return Put(task, pointer, terminal.Settings);
            case Ioctls.TCGETS2:
                return Put(task, pointer, new Termios2 { termios = terminal.Settings, c_ispeed = Termios2.Speed, c_ospeed = Termios2.Speed });
            case Ioctls.TCSETS or Ioctls.TCSETSW or Ioctls.TCSETSF:
                return Set(terminal, task, request == Ioctls.TCSETSF, task.Memory.TryRead<Termios>(pointer, out var given), given);
            case Ioctls.TCSETS2 or Ioctls.TCSETSW2 or Ioctls.TCSETSF2:
                return Set(terminal, task, request == Ioctls.TCSETSF2, task.Memory.TryRead<Termios2>(pointer, out var given2), given2.termios);
            case Ioctls.TIOCGWINSZ:
                return Put(task, pointer, terminal.Size);
            case Ioctls.TIOCSWINSZ:
                if (!task.Memory.TryRead<Winsize>(pointer, out var size))
                    return Errno.EFAULT;
                terminal.Resize(size);
                return 0;
            case Ioctls.FIONREAD:
                return Put(task, pointer, terminal.Available(asMaster));
            case Ioctls.TIOCOUTQ:
                // Nothing is on a line: what was written is the master's to read.
                return Put(task, pointer, 0);
            case Ioctls.TCFLSH:
                return Flush(terminal, task, asMaster, argument);
            case Ioctls.TCXONC:
                return Flow(terminal, task, argument);
            case Ioctls.TCSBRK or Ioctls.TCSBRKP or Ioctls.TIOCSBRK or Ioctls.TIOCCBRK:
                // A line without wires has no break, and is drained at once.
                return terminal.CheckBackground(task, Signal.SIGTTOU);
            case Ioctls.TIOCEXCL or Ioctls.TIOCNXCL:
                terminal.IsExclusive = request == Ioctls.TIOCEXCL;
                return 0;
            case Ioctls.TIOCGEXCL:
                return Put(task, pointer, terminal.IsExclusive ? 1 : 0);
            case Ioctls.TIOCGETD:
                return Put(task, pointer, 0);
            case Ioctls.TIOCSCTTY:
                return terminal.Claim(task, file.CanRead, steal: argument == 1);
            case Ioctls.TIOCNOTTY:
                if (task.Group.Terminal != terminal || asMaster)
                    return Errno.ENOTTY;
                terminal.GiveUp(task.Group, ends: false);
                return 0;
            case Ioctls.TIOCGPGRP:
                var error = terminal.GetForeground(task, asMaster, out var processGroup);
                return error != Errno.None ? error : Put(task, pointer, processGroup);
            case Ioctls.TIOCSPGRP:
                return SetForeground(terminal, task, pointer);
            case Ioctls.TIOCGSID:
                error = terminal.GetSession(task, asMaster, out var session);
                return error != Errno.None ? error : Put(task, pointer, session);
            case Ioctls.TIOCSTI:
                return Inject(terminal, task, pointer);
            default:
                return Errno.ENOTTY;
        }
    }

    internal static SysResult Put<T>(LinuxTask task, GuestPtr pointer, in T value)
        where T : unmanaged => task.Memory.TryWrite((GuestPtr<T>)pointer, value) ? 0 : Errno.EFAULT;

    private static SysResult Set(Terminal terminal, LinuxTask task, bool flushInput, bool wasRead, in Termios settings)
    {
        var error = terminal.CheckBackground(task, Signal.SIGTTOU);
        if (error != Errno.None)
            return error;
        if (!wasRead)
            return Errno.EFAULT;
        terminal.Change(settings, flushInput);
        return 0;
    }

    private static SysResult Flush(Terminal terminal, LinuxTask task, bool asMaster, ulong queue)
    {
        const ulong TCIFLUSH = 0, TCOFLUSH = 1, TCIOFLUSH = 2;
        var error = terminal.CheckBackground(task, Signal.SIGTTOU);
        if (error != Errno.None)
            return error;
        if (queue > TCIOFLUSH)
            return Errno.EINVAL;
        var reads = queue is TCIFLUSH or TCIOFLUSH;
        var writes = queue is TCOFLUSH or TCIOFLUSH;
        terminal.Flush(input: asMaster ? writes : reads, output: asMaster ? reads : writes);
        return 0;
    }

    private static SysResult Flow(Terminal terminal, LinuxTask task, ulong action)
    {
        const ulong TCOOFF = 0, TCOON = 1, TCIOFF = 2, TCION = 3;
        var error = terminal.CheckBackground(task, Signal.SIGTTOU);
        if (error != Errno.None)
            return error;
        switch (action)
        {
            case TCOOFF or TCOON:
                terminal.Suspend(stops: action == TCOOFF);
                return 0;
            case TCIOFF or TCION:
                terminal.SendFlowCharacter(action == TCIOFF ? ControlCharacter.VSTOP : ControlCharacter.VSTART);
                return 0;
            default:
                return Errno.EINVAL;
        }
    }

    private static SysResult SetForeground(Terminal terminal, LinuxTask task, GuestPtr pointer)
    {
        var error = terminal.CheckBackground(task, Signal.SIGTTOU);
        if (error != Errno.None)
            return error == Errno.EIO ? Errno.ENOTTY : error;
        return task.Memory.TryRead<int>(pointer, out var processGroup) ? terminal.SetForeground(task, processGroup) : Errno.EFAULT;
    }

    /// <summary>Types in a program's own name; since Linux 6.2 for administrators alone (dev.tty.legacy_tiocsti is 0).</summary>
    private static SysResult Inject(Terminal terminal, LinuxTask task, GuestPtr pointer)
    {
        if (!task.Credentials.Has(Capability.CAP_SYS_ADMIN))
            return Errno.EIO;
        if (!task.Memory.TryRead<byte>(pointer, out var typed))
            return Errno.EFAULT;
        terminal.Type([typed]);
        return 0;
    }
}
