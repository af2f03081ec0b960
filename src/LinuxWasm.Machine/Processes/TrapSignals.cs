using LinuxWasm.Abi;
using LinuxWasm.Engine;

namespace LinuxWasm.Machine.Processes;

/// <summary>Which signal a guest's fault is: what the same C program gets on a native machine.</summary>
internal static class TrapSignals
{
    public static Signal Of(TrapKind kind) => kind switch
    {
        // __builtin_trap and abort of a freestanding program: ud2 on x86.
        TrapKind.Unreachable => Signal.SIGILL,
        TrapKind.IndirectCallTypeMismatch => Signal.SIGILL,
        TrapKind.IntegerDivideByZero or TrapKind.IntegerOverflow or TrapKind.InvalidConversionToInteger => Signal.SIGFPE,
        TrapKind.UnalignedAtomic => Signal.SIGBUS,
        TrapKind.UncaughtException or TrapKind.InvalidLongJump => Signal.SIGABRT,
        _ => Signal.SIGSEGV,
    };
}
