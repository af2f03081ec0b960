using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>syslog(2): the kernel's messages.</summary>
public static class KernelMessages
{
    private const int Close = 0;
    private const int Open = 1;
    private const int Read = 2;
    private const int ReadAll = 3;
    private const int ReadClear = 4;
    private const int ClearLog = 5;
    private const int ConsoleOff = 6;
    private const int ConsoleOn = 7;
    private const int ConsoleLevel = 8;
    private const int SizeUnread = 9;
    private const int SizeBuffer = 10;

    /// <summary>log_buf_len: a quarter of a mebibyte.</summary>
    private const int BufferSize = 256 * 1024;

    [Syscall("syslog")]
    public static SysResult Syslog(LinuxTask task, int type, [Out("len")] GuestPtr bufp, int len)
    {
        // kernel.dmesg_restrict is 0: reading it all is anybody's.
        if (type is not (ReadAll or SizeBuffer) && !task.Credentials.Has(Capability.CAP_SYSLOG) && !task.Credentials.Has(Capability.CAP_SYS_ADMIN))
            return Errno.EPERM;
        var log = task.Kernel.Log;
        switch (type)
        {
            case Close or Open or ConsoleOff or ConsoleOn:
                return 0;
            case Read or ReadAll or ReadClear:
                if (bufp.IsNull || len < 0)
                    return Errno.EINVAL;
                if (len == 0)
                    return 0;
                if (type == Read)
                    return ReadWaiting(task, bufp, len);
                var text = log.ReadSinceCleared(len, clear: type == ReadClear);
                return task.Memory.TryWrite(bufp, text) ? text.Length : Errno.EFAULT;
            case ClearLog:
                log.Clear();
                return 0;
            case ConsoleLevel:
                return len is < 1 or > 8 ? Errno.EINVAL : 0;
            case SizeUnread:
                return log.UnreadLength;
            case SizeBuffer:
                return BufferSize;
            default:
                return Errno.EINVAL;
        }
    }

    private static SysResult ReadWaiting(LinuxTask task, GuestPtr bufp, int length)
    {
        var log = task.Kernel.Log;
        using var wait = task.BeginWait(log.Arrivals);
        while (true)
        {
            if (log.UnreadLength > 0)
            {
                var text = log.ReadNext(length);
                return task.Memory.TryWrite(bufp, text) ? text.Length : Errno.EFAULT;
            }

            if (wait.Sleep() == WaitOutcome.Interrupted)
                return Restart.ERESTARTSYS;
        }
    }
}
