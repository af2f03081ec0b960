using System.Numerics;
using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Tasks;

/// <summary>A set of signals 1 to 64: the kernel's sigset_t, signal n in bit n - 1.</summary>
public readonly record struct SignalSet(ulong Bits)
{
    /// <summary>SIGKILL and SIGSTOP: can't be blocked, ignored or caught.</summary>
    public static readonly SignalSet Unblockable = Of(Signal.SIGKILL, Signal.SIGSTOP);

    /// <summary>What a stop of the process comes from: undone by SIGCONT.</summary>
    public static readonly SignalSet Stops = Of(Signal.SIGSTOP, Signal.SIGTSTP, Signal.SIGTTIN, Signal.SIGTTOU);

    /// <summary>Raised by what the task itself just did: taken before all others.</summary>
    public static readonly SignalSet Synchronous = Of(
        Signal.SIGSEGV, Signal.SIGBUS, Signal.SIGILL, Signal.SIGTRAP, Signal.SIGFPE, Signal.SIGSYS);

    private static readonly SignalSet IgnoredByDefault = Of(Signal.SIGCONT, Signal.SIGCHLD, Signal.SIGWINCH, Signal.SIGURG);

    private static readonly SignalSet DumpingCore = Of(
        Signal.SIGQUIT, Signal.SIGILL, Signal.SIGTRAP, Signal.SIGABRT, Signal.SIGFPE, Signal.SIGSEGV, Signal.SIGBUS, Signal.SIGSYS,
        Signal.SIGXCPU, Signal.SIGXFSZ);

    public bool IsEmpty => Bits == 0;

    /// <summary>The signal with the lowest number, or <see cref="Signal.None"/>.</summary>
    public Signal Lowest => Bits == 0 ? Signal.None : (Signal)(BitOperations.TrailingZeroCount(Bits) + 1);

    public static SignalSet Of(params ReadOnlySpan<Signal> signals)
    {
        ulong bits = 0;
        foreach (var signal in signals)
            bits |= Bit(signal);
        return new SignalSet(bits);
    }

    public static SignalSet operator |(SignalSet a, SignalSet b) => new(a.Bits | b.Bits);

    public static SignalSet operator &(SignalSet a, SignalSet b) => new(a.Bits & b.Bits);

    public static SignalSet operator ~(SignalSet a) => new(~a.Bits);

    public bool Contains(Signal signal) => (Bits & Bit(signal)) != 0;

    public SignalSet With(Signal signal) => new(Bits | Bit(signal));

    public SignalSet Without(Signal signal) => new(Bits & ~Bit(signal));

    /// <summary>1 to 64: what exists. 0 is asked with to look whether a process exists.</summary>
    public static bool IsSignal(Signal signal) => signal is >= (Signal)1 and <= Signal.SIGRTMAX;

    /// <summary>What a signal does that nobody has said anything of (signal(7)).</summary>
    public static DefaultAction DefaultActionOf(Signal signal) => signal switch
    {
        _ when IgnoredByDefault.Contains(signal) => DefaultAction.Ignore,
        _ when Stops.Contains(signal) => DefaultAction.Stop,
        _ when DumpingCore.Contains(signal) => DefaultAction.DumpCore,
        _ => DefaultAction.Terminate,
    };

    private static ulong Bit(Signal signal) => 1UL << ((int)signal - 1);
}

/// <summary>What SIG_DFL means for a signal. Continuing is not an action: SIGCONT continues even where it is caught or blocked.</summary>
public enum DefaultAction
{
    Terminate,
    Ignore,
    DumpCore,
    Stop,
}
