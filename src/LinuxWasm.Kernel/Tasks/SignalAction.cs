using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Tasks;

/// <summary>sigaction(2)'s sa_flags, x86 values.</summary>
[Flags]
public enum SignalFlags : uint
{
    None = 0,
    SA_NOCLDSTOP = 0x1,
    SA_NOCLDWAIT = 0x2,
    SA_SIGINFO = 0x4,
    SA_UNSUPPORTED = 0x400,
    SA_EXPOSE_TAGBITS = 0x800,
    SA_RESTORER = 0x04000000,
    SA_ONSTACK = 0x08000000,
    SA_RESTART = 0x10000000,
    SA_NODEFER = 0x40000000,
    SA_RESETHAND = 0x80000000,

    /// <summary>UAPI_SA_FLAGS: others are cleared, so that a program can find out what is not supported.</summary>
    Known = SA_NOCLDSTOP | SA_NOCLDWAIT | SA_SIGINFO | SA_EXPOSE_TAGBITS | SA_RESTORER | SA_ONSTACK | SA_RESTART | SA_NODEFER | SA_RESETHAND,
}

/// <summary>Whether a signal is left to its default, ignored, or caught.</summary>
public enum Disposition
{
    Default,
    Ignore,
    Handler,
}

/// <summary>What a process does with a signal. Immutable: replaced as a whole, so that it is read without a lock.</summary>
/// <param name="Disposition">Default, ignored or caught.</param>
/// <param name="Handler">sa_handler as the guest gave it: for a caught signal, a function's index in the guest's table 0.</param>
/// <param name="Flags">sa_flags, known ones only.</param>
/// <param name="Restorer">Kept to be given back; nothing calls it.</param>
/// <param name="Mask">Blocked while the handler runs, beside the signal itself.</param>
public sealed record SignalAction(Disposition Disposition, ulong Handler, SignalFlags Flags, ulong Restorer, SignalSet Mask)
{
    public static readonly SignalAction Default = new(Disposition.Default, 0, SignalFlags.None, 0, default);

    public bool Has(SignalFlags flag) => (Flags & flag) != 0;

    /// <summary>True where the signal would do nothing, caught or not.</summary>
    public bool Ignores(Signal signal) =>
        Disposition == Disposition.Ignore
        || (Disposition == Disposition.Default && SignalSet.DefaultActionOf(signal) == DefaultAction.Ignore);
}

/// <summary>The 64 actions of a process (Linux's sighand_struct), shared by what was cloned with CLONE_SIGHAND.</summary>
public sealed class SignalActions
{
    private readonly SignalAction[] _actions = new SignalAction[(int)Signal.SIGRTMAX];

    public SignalActions() => Array.Fill(_actions, SignalAction.Default);

    /// <summary>The action of a signal, 1 to 64. From any thread.</summary>
    public SignalAction this[Signal signal]
    {
        get => Volatile.Read(ref _actions[(int)signal - 1]);
        internal set => Volatile.Write(ref _actions[(int)signal - 1], value);
    }

    /// <summary>A copy, as fork(2) makes one.</summary>
    public SignalActions Clone()
    {
        var copy = new SignalActions();
        for (var signal = (Signal)1; signal <= Signal.SIGRTMAX; signal++)
            copy[signal] = this[signal];
        return copy;
    }

    /// <summary>execve(2): what was caught is left to its default, what was ignored stays ignored.</summary>
    internal void ResetForExec()
    {
        for (var signal = (Signal)1; signal <= Signal.SIGRTMAX; signal++)
        {
            if (this[signal].Disposition == Disposition.Handler)
                this[signal] = SignalAction.Default;
            else
                this[signal] = this[signal] with { Flags = SignalFlags.None, Mask = default };
        }
    }

    /// <summary>SA_RESETHAND: back to the default, unless another thread has set something else meanwhile.</summary>
    internal void Reset(Signal signal, SignalAction expected) => Interlocked.CompareExchange(
        ref _actions[(int)signal - 1], expected with { Disposition = Disposition.Default, Handler = 0 }, expected);
}
