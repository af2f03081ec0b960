using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Vfs;

/// <summary>Sends SIGIO, or what F_SETSIG says, to a file's owner whenever the file may have become ready (O_ASYNC in open(2); Linux's kill_fasync).</summary>
internal sealed class AsyncNotifier(OpenFile file, int fd) : Wakeable
{
    private const int POLL_IN = 1;
    private const int POLL_OUT = 2;
    private const PollEvents InBand = PollEvents.POLLIN | PollEvents.POLLRDNORM;
    private const PollEvents OutBand = PollEvents.POLLOUT | PollEvents.POLLWRNORM | PollEvents.POLLWRBAND;

    internal override void Wake()
    {
        var owner = file.Owner;
        if (owner.Id == 0)
            return;
        var pids = file.Kernel.Pids;
        switch (owner.Type)
        {
            case OwnerType.F_OWNER_TID:
                if (pids.FindTask(owner.Id) is { } task && MaySignal(owner, task))
                    task.Send(Info(owner));
                break;
            case OwnerType.F_OWNER_PID:
                Send(owner, pids.FindGroup(owner.Id));
                break;
            default:
                foreach (var group in pids.Groups)
                {
                    if (group.ProcessGroup == owner.Id)
                        Send(owner, group);
                }

                break;
        }
    }

    private void Send(FileOwner owner, ThreadGroup? group)
    {
        if (group is { Tasks: [var first, ..] } && MaySignal(owner, first))
            group.Send(Info(owner));
    }

    /// <summary>Without F_SETSIG the signal says nothing of the file.</summary>
    private SignalInfo Info(FileOwner owner)
    {
        if (owner.Signal == Signal.None)
            return SignalInfo.FromKernel(Signal.SIGIO);
        return new SignalInfo(owner.Signal, file.CanRead ? POLL_IN : POLL_OUT) { Band = (long)(file.CanRead ? InBand : OutBand), Fd = fd };
    }

    /// <summary>sigio_perm: by the ids that whoever set the owner had then.</summary>
    private static bool MaySignal(FileOwner owner, LinuxTask target)
    {
        var other = target.Credentials;
        return owner.Euid == 0 || owner.Euid == other.Suid || owner.Euid == other.Uid || owner.Uid == other.Suid || owner.Uid == other.Uid;
    }
}
