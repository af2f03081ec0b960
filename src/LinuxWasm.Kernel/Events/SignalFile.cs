using System.Runtime.InteropServices;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Events;

/// <summary>
/// Takes signals by reading (signalfd(2)): those of whoever reads, not of who made it. An epoll sees those of who made it.
/// </summary>
internal sealed class SignalFile(in OpenRequest request, LinuxTask maker, SignalSet wanted) : OpenFile(request, OpenModes.Seek)
{
    private const int InfoSize = 128;

    private ulong _wanted = wanted.Bits;

    public override bool HasWrite => false;

    public override WaitQueue Readiness => maker.Group.SignalsArrived;

    /// <summary>What is read for. A new set holds from the next look on.</summary>
    public SignalSet Wanted
    {
        get => new(Volatile.Read(ref _wanted));
        set
        {
            Volatile.Write(ref _wanted, value.Bits);
            Readiness.WakeAll();
        }
    }

    public override SysResult Seek(long offset, SeekWhence whence) => Position;

    public override WaitQueue? ReadinessFor(LinuxTask task) => task.Group.SignalsArrived;

    public override PollEvents Poll() => PollAs(maker);

    public override PollEvents PollAs(LinuxTask task) => (task.PendingSet & Wanted).IsEmpty ? PollEvents.None : PollEvents.POLLIN;

    public override SysResult ReadAs(LinuxTask task, ref IoTarget target, ref long position)
    {
        if (target.Remaining < InfoSize)
            return Errno.EINVAL;
        long total = 0;
        while (target.Remaining >= InfoSize && task.TakeSignal(Wanted) is { } info)
        {
            var packed = Pack(info);
            // Taken is taken, even if it can't be handed over.
            if (target.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<SignalfdSiginfo>(in packed))) < InfoSize)
                return total > 0 ? total : Errno.EFAULT;
            total += InfoSize;
        }

        return total > 0 ? total : Errno.EAGAIN;
    }

    private static SignalfdSiginfo Pack(SignalInfo info)
    {
        var packed = new SignalfdSiginfo { ssi_signo = (uint)info.Signal, ssi_errno = info.Errno, ssi_code = info.Code };
        switch (info.Layout)
        {
            case SignalInfoLayout.Kill:
                packed.ssi_pid = (uint)info.Pid;
                packed.ssi_uid = info.Uid;
                break;
            case SignalInfoLayout.Timer:
                packed.ssi_tid = (uint)info.TimerId;
                packed.ssi_overrun = (uint)info.Overrun;
                packed.ssi_ptr = info.Value;
                packed.ssi_int = (int)info.Value;
                break;
            case SignalInfoLayout.Poll:
                packed.ssi_band = (uint)info.Band;
                packed.ssi_fd = info.Fd;
                break;
            case SignalInfoLayout.Fault:
                packed.ssi_addr = info.Address;
                break;
            case SignalInfoLayout.Child:
                packed.ssi_pid = (uint)info.Pid;
                packed.ssi_uid = info.Uid;
                packed.ssi_status = info.Status;
                packed.ssi_utime = (ulong)info.UserTicks;
                packed.ssi_stime = (ulong)info.SystemTicks;
                break;
            case SignalInfoLayout.Queued:
                packed.ssi_pid = (uint)info.Pid;
                packed.ssi_uid = info.Uid;
                packed.ssi_ptr = info.Value;
                packed.ssi_int = (int)info.Value;
                break;
        }

        return packed;
    }
}
