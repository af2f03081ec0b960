using System.Globalization;
using System.Runtime.InteropServices;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Syscalls;

namespace LinuxWasm.Kernel.Tracing;

/// <summary>clone(2) and clone3, whose arguments strace names, in one order for all architectures.</summary>
internal static class CloneTexts
{
    private const CloneFlags ChildWord = CloneFlags.CLONE_CHILD_SETTID | CloneFlags.CLONE_CHILD_CLEARTID;

    public const CloneFlags Thread = CloneFlags.CLONE_VM | CloneFlags.CLONE_FS | CloneFlags.CLONE_FILES | CloneFlags.CLONE_SIGHAND | CloneFlags.CLONE_THREAD
        | CloneFlags.CLONE_SYSVSEM | CloneFlags.CLONE_SETTLS;

    /// <summary>An argument of clone(2) by its parameter's name; null for none of them.</summary>
    public static string? Argument(SyscallRecord call, string parameter, long? result)
    {
        var flags = (CloneFlags)(uint)call.Registers[0];
        var isBackwards = call.Abi.Table != SyscallTable.X64;
        var tls = call.Registers[isBackwards ? 3 : 4];
        var childTid = call.Registers[isBackwards ? 4 : 3];
        return parameter switch
        {
            "flags" => $"{Stack(call.Registers[1])}, flags={Flags(flags)}",
            "parent_tid" when (flags & (CloneFlags.CLONE_PARENT_SETTID | CloneFlags.CLONE_PIDFD)) != 0 => $"parent_tid={Word(call, call.Registers[2], result)}",
            "child_tid" => Rest(flags, tls, childTid),
            _ => CallTexts.Nothing,
        };
    }

    /// <summary>A thread that was made without a call: the clone(2) that it stands for.</summary>
    public static string Spawned(GuestPtr stack, GuestPtr storage) => $"clone({Stack(stack.Address)}, flags={Flags(Thread)}, tls={Address(storage.Address)})";

    /// <summary>An argument of clone3; null where it is printed as its type is.</summary>
    public static string? Clone3Argument(SyscallRecord call, string parameter, GuestPtr pointer, long value, long? result) => parameter switch
    {
        "cl_args" => TryRead(call, pointer, out var given) ? Structure(given) : null,
        "size" when TellsParent(call) && result > 0 && TryRead(call, GuestPtr.FromRegister(call.Registers[0]), out var told) =>
            string.Create(CultureInfo.InvariantCulture, $" => {{parent_tid={Word(call, told.parent_tid, result)}}}, {value}"),
        _ => null,
    };

    /// <summary>True for a clone3 that writes the child's number to its parent's memory.</summary>
    public static bool TellsParent(SyscallRecord call) =>
        TryRead(call, GuestPtr.FromRegister(call.Registers[0]), out var given) && (given.flags & CloneFlags.CLONE_PARENT_SETTID) != 0;

    private static string Structure(CloneArguments given)
    {
        var texts = new List<string> { $"flags={Flags(given.flags)}" };
        if ((given.flags & CloneFlags.CLONE_PIDFD) != 0)
            texts.Add($"pidfd={Address(given.pidfd)}");
        if ((given.flags & ChildWord) != 0)
            texts.Add($"child_tid={Address(given.child_tid)}");
        if ((given.flags & CloneFlags.CLONE_PARENT_SETTID) != 0)
            texts.Add($"parent_tid={Address(given.parent_tid)}");
        texts.Add($"exit_signal={(given.exit_signal == 0 ? "0" : SignalTexts.Name((Signal)given.exit_signal))}");
        texts.Add($"stack={Address(given.stack)}");
        texts.Add($"stack_size={(given.stack_size == 0 ? "0" : $"0x{given.stack_size:x}")}");
        if ((given.flags & CloneFlags.CLONE_SETTLS) != 0)
            texts.Add($"tls={Address(given.tls)}");
        return $"{{{string.Join(", ", texts)}}}";
    }

    private static bool TryRead(SyscallRecord call, GuestPtr pointer, out CloneArguments given)
    {
        given = default;
        var bytes = MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref given, 1));
        var size = (uint)Math.Min(call.Registers[1], (ulong)bytes.Length);
        if (!call.Task.Memory.TryGetReadable(pointer, size, out var read))
            return false;
        read.CopyTo(bytes);
        return true;
    }

    private static string Rest(CloneFlags flags, ulong tls, ulong childTid)
    {
        var texts = new List<string>();
        if ((flags & CloneFlags.CLONE_SETTLS) != 0)
            texts.Add($"tls={Address(tls)}");
        if ((flags & ChildWord) != 0)
            texts.Add($"child_tidptr={Address(childTid)}");
        return texts.Count == 0 ? CallTexts.Nothing : string.Join(", ", texts);
    }

    private static string Flags(CloneFlags flags)
    {
        var signal = (Signal)(flags & CloneFlags.CSIGNAL);
        var names = (flags & ~CloneFlags.CSIGNAL) == 0 ? null : ConstantNames.Format(nameof(CloneFlags), (long)(flags & ~CloneFlags.CSIGNAL));
        return signal == Signal.None ? names ?? "0" : names is null ? SignalTexts.Name(signal) : $"{names}|{SignalTexts.Name(signal)}";
    }

    private static string Stack(ulong stack) => $"child_stack={Address(stack)}";

    private static string Word(SyscallRecord call, ulong address, long? result) =>
        result > 0 && call.Task.Memory.TryRead<int>(GuestPtr.FromRegister(address), out var word)
            ? string.Create(CultureInfo.InvariantCulture, $"[{word}]")
            : Address(address);

    private static string Address(ulong address) => address == 0 ? "NULL" : $"0x{address:x}";
}
