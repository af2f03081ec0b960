using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Tasks;

/// <summary>si_code: where a signal came from (sigaction(2)).</summary>
public static class SignalCode
{
    public const int SI_USER = 0;
    public const int SI_KERNEL = 0x80;
    public const int SI_QUEUE = -1;
    public const int SI_TIMER = -2;
    public const int SI_MESGQ = -3;
    public const int SI_ASYNCIO = -4;
    public const int SI_SIGIO = -5;
    public const int SI_TKILL = -6;

    public const int CLD_EXITED = 1;
    public const int CLD_KILLED = 2;
    public const int CLD_DUMPED = 3;
    public const int CLD_TRAPPED = 4;
    public const int CLD_STOPPED = 5;
    public const int CLD_CONTINUED = 6;

    public const int SEGV_MAPERR = 1;
    public const int SEGV_ACCERR = 2;
    public const int ILL_ILLOPC = 1;
    public const int ILL_ILLOPN = 2;
    public const int BUS_ADRALN = 1;
    public const int FPE_INTDIV = 1;
    public const int FPE_INTOVF = 2;
}

/// <summary>Which fields of a siginfo are meant (siginfo_layout).</summary>
public enum SignalInfoLayout
{
    /// <summary>si_pid, si_uid.</summary>
    Kill,

    /// <summary>si_timerid, si_overrun, si_value.</summary>
    Timer,

    /// <summary>si_band, si_fd.</summary>
    Poll,

    /// <summary>si_addr.</summary>
    Fault,

    /// <summary>si_pid, si_uid, si_status, si_utime, si_stime.</summary>
    Child,

    /// <summary>si_pid, si_uid, si_value.</summary>
    Queued,
}

/// <summary>What goes with a signal (struct siginfo), free of any ABI's layout.</summary>
public sealed record SignalInfo(Signal Signal, int Code)
{
    public int Errno { get; init; }

    public int Pid { get; init; }

    public uint Uid { get; init; }

    /// <summary>si_value: a pointer or an int of the sender's.</summary>
    public ulong Value { get; init; }

    /// <summary>si_status: an exit code or a signal's number.</summary>
    public int Status { get; init; }

    /// <summary>si_utime and si_stime, in clock ticks of 10 ms.</summary>
    public long UserTicks { get; init; }

    public long SystemTicks { get; init; }

    public int TimerId { get; init; }

    public int Overrun { get; init; }

    /// <summary>si_addr.</summary>
    public uint Address { get; init; }

    public long Band { get; init; }

    public int Fd { get; init; }

    /// <summary>The timer that it came from; its overruns are counted up to when the signal is taken.</summary>
    internal Time.PosixTimer? Timer { get; init; }

    /// <summary>True for kill(2) and the like, where only the kernel's word is not asked for.</summary>
    public bool IsFromUser => Code <= 0;

    /// <summary>Layout by code and signal, as the kernel tells them apart.</summary>
    public SignalInfoLayout Layout => Code switch
    {
        SignalCode.SI_USER or SignalCode.SI_TKILL or SignalCode.SI_KERNEL => SignalInfoLayout.Kill,
        SignalCode.SI_TIMER => SignalInfoLayout.Timer,
        SignalCode.SI_SIGIO => SignalInfoLayout.Poll,
        < 0 => SignalInfoLayout.Queued,
        _ => Signal switch
        {
            Signal.SIGILL or Signal.SIGFPE or Signal.SIGSEGV or Signal.SIGBUS or Signal.SIGTRAP => SignalInfoLayout.Fault,
            Signal.SIGCHLD => SignalInfoLayout.Child,
            Signal.SIGIO => SignalInfoLayout.Poll,
            _ => SignalInfoLayout.Kill,
        },
    };

    /// <summary>From a task's own call: kill(2), or a pipe without readers.</summary>
    public static SignalInfo FromUser(Signal signal, LinuxTask sender, int code = SignalCode.SI_USER) =>
        new(signal, code) { Pid = sender.Group.Pid, Uid = sender.Credentials.Uid };

    /// <summary>From the kernel itself.</summary>
    public static SignalInfo FromKernel(Signal signal) => new(signal, SignalCode.SI_KERNEL);

    /// <summary>A fault at a guest address.</summary>
    public static SignalInfo Fault(Signal signal, int code, uint address) => new(signal, code) { Address = address };
}
