using System.Globalization;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Syscalls;

namespace LinuxWasm.Kernel.Tracing;

/// <summary>futex(2)'s arguments, of which each operation has its own.</summary>
internal static class FutexTexts
{
    private const int OperatorShift = 28;
    private const int ComparisonShift = 24;
    private const int OperandShift = 12;
    private const uint OperandMask = 0xfff;
    private const uint ShiftOperand = 8;

    private static readonly string[] Operators = ["SET", "ADD", "OR", "ANDN", "XOR"];
    private static readonly string[] Comparisons = ["EQ", "NE", "LT", "LE", "GT", "GE"];

    /// <summary>The argument's text; null where it is printed as its type is.</summary>
    public static string? Argument(SyscallRecord call, string parameter, GuestPtr pointer, long value)
    {
        var operation = (FutexOperation)(uint)call.Registers[1];
        var command = operation & FutexOperation.FUTEX_CMD_MASK;
        return parameter switch
        {
            "futex_op" => Name(operation),
            "val" => IsOwned(command) ? CallTexts.Nothing : Number(value),
            "timeout" => Fourth(command, pointer),
            "uaddr2" => !IsKnown(command) ? Hexadecimal(value) : HasSecond(command) ? null : CallTexts.Nothing,
            "val3" => Last(command, (uint)value),
            _ => null,
        };
    }

    /// <summary><c>FUTEX_WAIT_BITSET_PRIVATE|FUTEX_CLOCK_REALTIME</c>.</summary>
    private static string Name(FutexOperation operation)
    {
        var command = operation & FutexOperation.FUTEX_CMD_MASK;
        if (!IsKnown(command) || (operation & ~(FutexOperation.FUTEX_CMD_MASK | FutexOperation.FUTEX_PRIVATE_FLAG | FutexOperation.FUTEX_CLOCK_REALTIME)) != 0)
            return $"0x{(uint)operation:x} /* FUTEX_??? */";
        var privately = (operation & FutexOperation.FUTEX_PRIVATE_FLAG) != 0 ? "_PRIVATE" : "";
        return $"{command}{privately}{((operation & FutexOperation.FUTEX_CLOCK_REALTIME) != 0 ? "|FUTEX_CLOCK_REALTIME" : "")}";
    }

    private static string? Fourth(FutexOperation command, GuestPtr pointer) => command switch
    {
        FutexOperation.FUTEX_WAIT or FutexOperation.FUTEX_WAIT_BITSET or FutexOperation.FUTEX_WAIT_REQUEUE_PI
            or FutexOperation.FUTEX_LOCK_PI or FutexOperation.FUTEX_LOCK_PI2 => null,
        FutexOperation.FUTEX_REQUEUE or FutexOperation.FUTEX_CMP_REQUEUE or FutexOperation.FUTEX_CMP_REQUEUE_PI or FutexOperation.FUTEX_WAKE_OP =>
            Number(pointer.Address),
        _ => IsKnown(command) ? CallTexts.Nothing : Hexadecimal(pointer.Address),
    };

    private static string Last(FutexOperation command, uint value) => command switch
    {
        FutexOperation.FUTEX_WAIT_BITSET or FutexOperation.FUTEX_WAKE_BITSET => value == uint.MaxValue ? "FUTEX_BITSET_MATCH_ANY" : Hexadecimal(value),
        FutexOperation.FUTEX_CMP_REQUEUE or FutexOperation.FUTEX_CMP_REQUEUE_PI => Number(value),
        FutexOperation.FUTEX_WAKE_OP => Change(value),
        _ => IsKnown(command) ? CallTexts.Nothing : Hexadecimal(value),
    };

    /// <summary><c>FUTEX_OP_ADD&lt;&lt;28|0x1&lt;&lt;12|FUTEX_OP_CMP_GT&lt;&lt;24|0</c>.</summary>
    private static string Change(uint value)
    {
        var by = value >> OperatorShift & (ShiftOperand - 1);
        var shifted = (value >> OperatorShift & ShiftOperand) != 0 ? "FUTEX_OP_OPARG_SHIFT<<28|" : "";
        var comparison = value >> ComparisonShift & 0xf;
        var operation = by < Operators.Length ? $"FUTEX_OP_{Operators[by]}" : $"0x{by:x} /* FUTEX_OP_??? */";
        var compared = comparison < Comparisons.Length ? $"FUTEX_OP_CMP_{Comparisons[comparison]}" : $"0x{comparison:x} /* FUTEX_OP_CMP_??? */";
        return $"{shifted}{operation}<<28|{Hexadecimal(value >> OperandShift & OperandMask)}<<12|{compared}<<24|{Hexadecimal(value & OperandMask)}";
    }

    private static bool IsKnown(FutexOperation command) => command <= FutexOperation.FUTEX_LOCK_PI2;

    /// <summary>Locks that know their owner are given no value.</summary>
    private static bool IsOwned(FutexOperation command) => command
        is FutexOperation.FUTEX_LOCK_PI or FutexOperation.FUTEX_LOCK_PI2 or FutexOperation.FUTEX_UNLOCK_PI or FutexOperation.FUTEX_TRYLOCK_PI;

    private static bool HasSecond(FutexOperation command) => command
        is FutexOperation.FUTEX_REQUEUE or FutexOperation.FUTEX_CMP_REQUEUE or FutexOperation.FUTEX_CMP_REQUEUE_PI or FutexOperation.FUTEX_WAKE_OP
        or FutexOperation.FUTEX_WAIT_REQUEUE_PI;

    private static string Number(long value) => ((uint)value).ToString(CultureInfo.InvariantCulture);

    private static string Hexadecimal(long value) => value == 0 ? "0" : $"0x{(uint)value:x}";
}
