using System.Globalization;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Tracing;

/// <summary>Arguments and results that strace prints in a way of their own: not as their type, but as their call has it.</summary>
internal static class CallTexts
{
    /// <summary>strace leaves an argument out that the call does not look at.</summary>
    public const string Nothing = "";

    private const int ShownArguments = 32;
    private const int LongestArgument = 4096;

    /// <summary>The argument's text; <see cref="Nothing"/> where it is not shown; null where it is printed as its type is.</summary>
    public static string? Argument(SyscallRecord call, string name, string parameter, GuestPtr pointer, long value, long? result)
    {
        switch (name, parameter)
        {
            case ("open" or "openat", "mode"):
                var flags = (OpenFlags)(uint)call.Registers[name == "open" ? 1 : 2];
                return (flags & (OpenFlags.O_CREAT | OpenFlags.__O_TMPFILE)) == 0 ? Nothing : null;
            case ("pipe2" or "dup3", "flags"):
                return ConstantNames.FormatFlags((OpenFlags)value);
            case ("epoll_create1", "flags"):
                return ConstantNames.FormatFlags((OpenFlags)value).Replace("O_", "EPOLL_", StringComparison.Ordinal);
            case ("inotify_init1", "flags"):
                return ConstantNames.FormatFlags((OpenFlags)value).Replace("O_", "IN_", StringComparison.Ordinal);
            case ("signalfd4", "flags"):
                return ConstantNames.FormatFlags((OpenFlags)value).Replace("O_", "SFD_", StringComparison.Ordinal);
            case ("timerfd_create", "flags"):
                return ConstantNames.FormatFlags((OpenFlags)value).Replace("O_", "TFD_", StringComparison.Ordinal);
            case ("fcntl" or "fcntl64", "arg"):
                return ControlArgument((FcntlCommand)(uint)call.Registers[1], value);
            case ("ioctl", "request"):
                return ConstantNames.IoctlName((uint)value) ?? $"0x{(uint)value:x}";
            case ("ioctl", "arg"):
                return value == 0 ? "0" : $"0x{value:x}";
            case ("_llseek", "offset_high"):
                return Nothing;
            case ("_llseek", "offset_low"):
                return ((long)((ulong)(uint)call.Registers[1] << 32 | (uint)call.Registers[2])).ToString(CultureInfo.InvariantCulture);
            case ("getdents64" or "getdents", "dirp"):
                return result is { } filled && filled >= 0 ? $"{pointer} /* {Entries(call, pointer, filled, name)} entries */" : null;
            case ("rt_sigaction", "act" or "oldact"):
                return pointer.IsNull || (parameter == "oldact" && result is < 0) ? null : SignalTexts.Action(call, pointer);
            case ("rt_sigprocmask" or "rt_sigpending" or "rt_sigsuspend", "set" or "oldset" or "mask"):
                return pointer.IsNull || result is < 0 || !call.Task.Memory.TryRead<ulong>(pointer, out var set) ? null : SignalTexts.Set(set);
            case ("wait4" or "waitpid", "wstatus"):
                if (pointer.IsNull || result is not > 0)
                    return pointer.IsNull ? null : pointer.ToString();
                return call.Task.Memory.TryRead<int>(pointer, out var status) ? $"[{Status(status)}]" : null;
            case ("wait4" or "waitpid" or "waitid", "options"):
                return ConstantNames.Format(nameof(WaitOptions), value)?.Replace(nameof(WaitOptions.WUNTRACED), "WSTOPPED", StringComparison.Ordinal);
            case ("futex" or "futex_time64", _):
                return FutexTexts.Argument(call, parameter, pointer, value);
            case ("clone", _):
                return CloneTexts.Argument(call, parameter, result);
            case ("clone3", _):
                return CloneTexts.Clone3Argument(call, parameter, pointer, value, result);
            case ("nanosleep" or "clock_nanosleep" or "clock_nanosleep_time64", "remain" or "rem"):
                return result == -(long)Restart.ERESTART_RESTARTBLOCK || pointer.IsNull ? null : pointer.ToString();
            case ("rt_sigqueueinfo" or "rt_tgsigqueueinfo", "info"):
                return SignalInfoLayoutExtensions.TryRead(call.Task, pointer, (Signal)(int)call.Registers[name == "rt_sigqueueinfo" ? 1 : 2], out var info)
                    ? SignalTexts.Describe(info) : null;
            case ("execve" or "execveat", "argv"):
                return Strings(call, pointer);
            case ("execve" or "execveat", "envp"):
                return Count(call, pointer) is { } variables ? $"{pointer} /* {variables} vars */" : null;
            default:
                return null;
        }
    }

    /// <summary>True for an argument that a call reads, but that strace shows with what the call has made of it.</summary>
    public static bool IsLate(SyscallRecord call, string name, string parameter) => (name, parameter) switch
    {
        ("clone", "parent_tid") => true,
        ("clone3", "size") => CloneTexts.TellsParent(call),
        _ => false,
    };

    /// <summary>A result that is no plain number; null for all others.</summary>
    public static string? Result(SyscallRecord call, string name, long value)
    {
        switch (name)
        {
            case "umask":
                return value == 0 ? "000" : "0" + Convert.ToString(value, 8).PadLeft(2, '0');
            case "fcntl" or "fcntl64":
                return (FcntlCommand)(uint)call.Registers[1] switch
                {
                    FcntlCommand.F_GETFL => $"{(value == 0 ? "0" : $"0x{value:x}")} (flags {ConstantNames.Format(nameof(OpenFlags), value)})",
                    FcntlCommand.F_GETFD when value != 0 => $"0x{value:x} (flags FD_CLOEXEC)",
                    _ => null,
                };
            default:
                return null;
        }
    }

    private static string? ControlArgument(FcntlCommand command, long value) => command switch
    {
        FcntlCommand.F_GETFD or FcntlCommand.F_GETFL or FcntlCommand.F_GETOWN or FcntlCommand.F_GETPIPE_SZ => Nothing,
        FcntlCommand.F_SETFD => value == 1 ? "FD_CLOEXEC" : null,
        FcntlCommand.F_SETFL => ConstantNames.Format(nameof(OpenFlags), value),
        _ => null,
    };

    private static int Entries(SyscallRecord call, GuestPtr pointer, long length, string name)
    {
        // d_reclen lies behind inode number and offset, which are as wide as the call has them.
        var at = name == "getdents64" ? 16 : 2 * call.Abi.PointerSize;
        var entries = 0;
        for (long offset = 0; offset < length; entries++)
        {
            if (!call.Task.Memory.TryRead<ushort>(pointer + (uint)(offset + at), out var size) || size == 0)
                break;
            offset += size;
        }

        return entries;
    }

    private static string Status(int status)
    {
        var signal = status & 0x7f;
        if (status == 0xffff)
            return "{WIFCONTINUED(s)}";
        if (signal == 0)
            return $"{{WIFEXITED(s) && WEXITSTATUS(s) == {status >> 8 & 0xff}}}";
        if (signal == 0x7f)
            return $"{{WIFSTOPPED(s) && WSTOPSIG(s) == {(Signal)(status >> 8 & 0xff)}}}";
        return $"{{WIFSIGNALED(s) && WTERMSIG(s) == {(Signal)signal}{((status & 0x80) != 0 ? " && WCOREDUMP(s)" : "")}}}";
    }

    private static string? Strings(SyscallRecord call, GuestPtr pointer)
    {
        if (pointer.IsNull)
            return null;
        var texts = new List<string>();
        var bytes = new byte[LongestArgument];
        for (var i = 0; i <= ShownArguments; i++)
        {
            if (!TryReadWord(call, pointer, i, out var address))
                return null;
            if (address == 0)
                return $"[{string.Join(", ", texts)}]";
            // One that is too long for any use is shown like any other: by its beginning.
            var read = call.Task.Memory.ReadString(new GuestPtr(address), bytes, out var length);
            if (read is not Errno.None and not Errno.ENAMETOOLONG)
                return null;
            var shown = Math.Min(length, call.ShownBytes);
            texts.Add(i == ShownArguments ? "..." : StraceText.Quote(bytes.AsSpan(0, shown)) + (length > shown || read != Errno.None ? "..." : ""));
        }

        return $"[{string.Join(", ", texts)}]";
    }

    private static int? Count(SyscallRecord call, GuestPtr pointer)
    {
        const int Most = 100_000;
        for (var i = 0; !pointer.IsNull && i < Most; i++)
        {
            if (!TryReadWord(call, pointer, i, out var address))
                return null;
            if (address == 0)
                return i;
        }

        return null;
    }

    private static bool TryReadWord(SyscallRecord call, GuestPtr array, int index, out uint word)
    {
        if (!call.Abi.Is32Bit && call.Abi.PointerSize == 8)
        {
            var read = call.Task.Memory.TryRead<ulong>(array + (uint)(index * 8), out var wide);
            word = (uint)wide;
            return read;
        }

        return call.Task.Memory.TryRead(array + (uint)(index * 4), out word);
    }
}
