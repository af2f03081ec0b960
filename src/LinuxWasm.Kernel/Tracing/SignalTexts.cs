using System.Buffers.Binary;
using System.Globalization;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Tracing;

/// <summary>Signals, sets of them, their actions and what comes with them, as strace prints them.</summary>
internal static class SignalTexts
{
    private const int ShownSignals = 64;
    private const int FirstRealtime = 32;

    /// <summary><c>SIGUSR1</c>, <c>SIGRT_3</c>.</summary>
    public static string Name(Signal signal) => $"SIG{ShortName((int)signal)}";

    /// <summary><c>[INT CHLD]</c>, and <c>~[KILL STOP]</c> where more are in it than are not.</summary>
    public static string Set(ulong set)
    {
        var negated = long.PopCount((long)set) > ShownSignals / 2;
        var names = new List<string>();
        for (var signal = 1; signal <= ShownSignals; signal++)
        {
            if (((negated ? ~set : set) >> (signal - 1) & 1) != 0)
                names.Add(ShortName(signal));
        }

        return $"{(negated ? "~" : "")}[{string.Join(' ', names)}]";
    }

    /// <summary>struct sigaction of the kernel; null where it can't be read.</summary>
    public static string? Action(SyscallRecord call, GuestPtr pointer)
    {
        var layout = ActionLayout.Of(call.Abi);
        if (!call.Task.Memory.TryGetReadable(pointer, layout.Size, out var bytes))
            return null;
        var handler = Word(bytes, layout.Handler);
        var flags = Word(bytes, layout.Flags);
        var restorer = Word(bytes, layout.Restorer);
        var mask = BinaryPrimitives.ReadUInt64LittleEndian(bytes[layout.Mask..]);
        var shown = handler == 0 ? "SIG_DFL" : handler == layout.Ignore ? "SIG_IGN" : $"0x{handler:x}";
        var behind = (flags & (uint)SignalFlags.SA_RESTORER) != 0 ? $", sa_restorer=0x{restorer:x}" : "";
        return $"{{sa_handler={shown}, sa_mask={Set(mask)}, sa_flags={ConstantNames.FormatEnum(typeof(SignalFlags), (long)flags)}{behind}}}";
    }

    /// <summary>A siginfo: the fields that its kind has.</summary>
    public static string Describe(SignalInfo info) => $"{{{string.Join(", ", Fields(info))}}}";

    private static IEnumerable<string> Fields(SignalInfo info)
    {
        yield return $"si_signo={Name(info.Signal)}";
        yield return "si_code=" + Code(info);
        if (info.Errno != 0)
            yield return $"si_errno={(Errno)info.Errno}";
        switch (info.Layout)
        {
            case SignalInfoLayout.Child:
                yield return Sender(info);
                yield return info.Code == SignalCode.CLD_EXITED ? $"si_status={info.Status}" : $"si_status={Name((Signal)info.Status)}";
                yield return string.Create(CultureInfo.InvariantCulture, $"si_utime={info.UserTicks}, si_stime={info.SystemTicks}");
                break;
            case SignalInfoLayout.Timer:
                yield return string.Create(CultureInfo.InvariantCulture, $"si_timerid={info.TimerId}, si_overrun={info.Overrun}, {Value(info)}");
                break;
            case SignalInfoLayout.Poll:
                yield return string.Create(CultureInfo.InvariantCulture, $"si_band={info.Band}, si_fd={info.Fd}");
                break;
            case SignalInfoLayout.Queued:
                yield return $"{Sender(info)}, {Value(info)}";
                break;
            case SignalInfoLayout.Fault:
                yield return info.Address == 0 ? "si_addr=NULL" : $"si_addr=0x{info.Address:x}";
                break;
            case SignalInfoLayout.Kill when info.Code != SignalCode.SI_KERNEL:
                yield return Sender(info);
                break;
        }
    }

    private static string Sender(SignalInfo info) => string.Create(CultureInfo.InvariantCulture, $"si_pid={info.Pid}, si_uid={info.Uid}");

    private static string Value(SignalInfo info) =>
        string.Create(CultureInfo.InvariantCulture, $"si_int={(int)info.Value}, si_ptr={(info.Value == 0 ? "NULL" : $"0x{info.Value:x}")}");

    private static string Code(SignalInfo info)
    {
        var prefix = (info.Signal, info.Layout) switch
        {
            (_, SignalInfoLayout.Child) => "CLD_",
            (Signal.SIGSEGV, SignalInfoLayout.Fault) => "SEGV_",
            (Signal.SIGILL, SignalInfoLayout.Fault) => "ILL_",
            (Signal.SIGFPE, SignalInfoLayout.Fault) => "FPE_",
            (Signal.SIGBUS, SignalInfoLayout.Fault) => "BUS_",
            _ => "SI_",
        };
        return typeof(SignalCode).GetFields().FirstOrDefault(field => field.Name.StartsWith(prefix, StringComparison.Ordinal) && Equals(field.GetRawConstantValue(), info.Code))?.Name
            ?? $"{(info.Code < 0 ? "-" : "")}0x{Math.Abs((long)info.Code):x}";
    }

    private static string ShortName(int signal) => signal switch
    {
        FirstRealtime => "RTMIN",
        > FirstRealtime => string.Create(CultureInfo.InvariantCulture, $"RT_{signal - FirstRealtime}"),
        _ => ((Signal)signal).ToString()[3..],
    };

    private static ulong Word(ReadOnlySpan<byte> bytes, (int Offset, int Size) field) => field.Size == 8
        ? BinaryPrimitives.ReadUInt64LittleEndian(bytes[field.Offset..])
        : BinaryPrimitives.ReadUInt32LittleEndian(bytes[field.Offset..]);

    /// <summary>Where an ABI's struct sigaction has its fields, and which handler ignores.</summary>
    private sealed record ActionLayout((int Offset, int Size) Handler, (int Offset, int Size) Flags, (int Offset, int Size) Restorer, int Mask, uint Ignore)
    {
        public uint Size => (uint)Mask + 8;

        public static ActionLayout Of(GuestAbi abi) => abi.PointerSize == 8
            ? new((0, 8), (8, 8), (16, 8), 24, 1)
            : abi.Is32Bit
                ? new((0, 4), (4, 4), (8, 4), 12, 1)
                // WALI's.
                : new((0, 4), (4, 8), (12, 4), 16, uint.MaxValue - 1);
    }
}
