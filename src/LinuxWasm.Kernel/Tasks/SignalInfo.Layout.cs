using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;

namespace LinuxWasm.Kernel.Tasks;

/// <summary>A siginfo into and out of guest memory.</summary>
internal static class SignalInfoLayoutExtensions
{
    /// <summary>sizeof(siginfo_t) in every ABI.</summary>
    public const uint Size = 128;

    /// <summary>copy_siginfo_to_user: false where the memory is not writable.</summary>
    public static bool TryWrite(this SignalInfo info, LinuxTask task, GuestPtr pointer) => task.Abi.Is32Bit
        ? task.Memory.TryWrite(pointer, Narrow(info))
        : task.Memory.TryWrite(pointer, Wide(info));

    /// <summary>The siginfo of rt_sigqueueinfo(2): of what a process makes up itself, pid, uid and value get through.</summary>
    public static bool TryRead(LinuxTask task, GuestPtr pointer, Signal signal, out SignalInfo info)
    {
        if (task.Abi.Is32Bit)
        {
            var read = task.Memory.TryRead<SigInfo32>(pointer, out var narrow);
            info = new SignalInfo(signal, narrow.si_code)
            {
                Errno = narrow.si_errno,
                Pid = narrow.si_pid,
                Uid = narrow.si_uid,
                Value = narrow.si_value,
                Status = narrow.si_status,
                TimerId = narrow.si_timerid,
                Overrun = narrow.si_overrun,
                UserTicks = narrow.si_utime,
                SystemTicks = narrow.si_stime,
                Address = narrow.si_addr,
                Band = narrow.si_band,
                Fd = narrow.si_fd,
            };
            return read;
        }

        var readWide = task.Memory.TryRead<SigInfo64>(pointer, out var wide);
        info = new SignalInfo(signal, wide.si_code)
        {
            Errno = wide.si_errno,
            Pid = wide.si_pid,
            Uid = wide.si_uid,
            Value = wide.si_value,
            Status = wide.si_status,
            TimerId = wide.si_timerid,
            Overrun = wide.si_overrun,
            UserTicks = wide.si_utime,
            SystemTicks = wide.si_stime,
            Address = (uint)wide.si_addr,
            Band = wide.si_band,
            Fd = wide.si_fd,
        };
        return readWide;
    }

    private static SigInfo64 Wide(SignalInfo info)
    {
        var wide = new SigInfo64 { si_signo = (int)info.Signal, si_errno = info.Errno, si_code = info.Code };
        switch (info.Layout)
        {
            case SignalInfoLayout.Timer:
                wide.si_timerid = info.TimerId;
                wide.si_overrun = info.Overrun;
                wide.si_value = info.Value;
                break;
            case SignalInfoLayout.Poll:
                wide.si_band = info.Band;
                wide.si_fd = info.Fd;
                break;
            case SignalInfoLayout.Fault:
                wide.si_addr = info.Address;
                break;
            case SignalInfoLayout.Child:
                wide.si_pid = info.Pid;
                wide.si_uid = info.Uid;
                wide.si_status = info.Status;
                wide.si_utime = info.UserTicks;
                wide.si_stime = info.SystemTicks;
                break;
            case SignalInfoLayout.Queued:
                wide.si_pid = info.Pid;
                wide.si_uid = info.Uid;
                wide.si_value = info.Value;
                break;
            default:
                wide.si_pid = info.Pid;
                wide.si_uid = info.Uid;
                break;
        }

        return wide;
    }

    private static SigInfo32 Narrow(SignalInfo info)
    {
        var narrow = new SigInfo32 { si_signo = (int)info.Signal, si_errno = info.Errno, si_code = info.Code };
        switch (info.Layout)
        {
            case SignalInfoLayout.Timer:
                narrow.si_timerid = info.TimerId;
                narrow.si_overrun = info.Overrun;
                narrow.si_value = (uint)info.Value;
                break;
            case SignalInfoLayout.Poll:
                narrow.si_band = (int)info.Band;
                narrow.si_fd = info.Fd;
                break;
            case SignalInfoLayout.Fault:
                narrow.si_addr = info.Address;
                break;
            case SignalInfoLayout.Child:
                narrow.si_pid = info.Pid;
                narrow.si_uid = info.Uid;
                narrow.si_status = info.Status;
                narrow.si_utime = (int)info.UserTicks;
                narrow.si_stime = (int)info.SystemTicks;
                break;
            case SignalInfoLayout.Queued:
                narrow.si_pid = info.Pid;
                narrow.si_uid = info.Uid;
                narrow.si_value = (uint)info.Value;
                break;
            default:
                narrow.si_pid = info.Pid;
                narrow.si_uid = info.Uid;
                break;
        }

        return narrow;
    }
}
