using LinuxWasm.Abi;
using LinuxWasm.Engine;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Machine.Processes;

/// <summary>Which signal a guest's fault is: what the same C program gets on a native machine.</summary>
internal static class TrapSignals
{
    /// <summary>Its siginfo does not say where: a trap has no address.</summary>
    public static SignalInfo Of(TrapKind kind, LinuxTask task) => kind switch
    {
        // __builtin_trap and abort of a freestanding program: ud2 on x86.
        TrapKind.Unreachable or TrapKind.IndirectCallTypeMismatch => SignalInfo.Fault(Signal.SIGILL, SignalCode.ILL_ILLOPN, 0),
        // x86 has one exception for both.
        TrapKind.IntegerDivideByZero or TrapKind.IntegerOverflow or TrapKind.InvalidConversionToInteger => SignalInfo.Fault(Signal.SIGFPE, SignalCode.FPE_INTDIV, 0),
        TrapKind.UnalignedAtomic => SignalInfo.Fault(Signal.SIGBUS, SignalCode.BUS_ADRALN, 0),
        TrapKind.UncaughtException or TrapKind.InvalidLongJump => SignalInfo.FromUser(Signal.SIGABRT, task, SignalCode.SI_TKILL),
        _ => SignalInfo.Fault(Signal.SIGSEGV, SignalCode.SEGV_MAPERR, 0),
    };
}
