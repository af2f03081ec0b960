using System.Globalization;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Syscalls;

namespace LinuxWasm.Kernel.Tracing;

/// <summary>One argument as strace prints it, by what its declaration says of it.</summary>
internal static class ArgumentFormatter
{
    /// <summary>Elements of an array that are shown.</summary>
    private const int ShownElements = 32;

    private const int LongestPath = 4096;

    /// <param name="call">The call.</param>
    /// <param name="name">The call's name.</param>
    /// <param name="parameters">All its parameters, for those that hold another's length.</param>
    /// <param name="index">Which one.</param>
    /// <param name="value">Its value.</param>
    /// <param name="result">The call's result once it has returned; null on entry.</param>
    public static string Format(SyscallRecord call, string name, SyscallParameter[] parameters, int index, long value, long? result)
    {
        var parameter = parameters[index];
        var pointer = new GuestPtr((uint)value);
        if ((CallTexts.Argument(call, name, parameter.Name, pointer, value, result) ?? SocketTexts.Argument(call, name, parameter.Name, pointer, value, result)) is { } special)
            return special;
        switch (parameter.Kind)
        {
            case ParameterKind.Fd:
                return value == Fd.WorkingDirectory.Value && IsDirectory(parameter.Name) ? "AT_FDCWD" : Number(value);
            case ParameterKind.Path:
                return Path(call.Task.Memory, new GuestPtr((uint)value));
            case ParameterKind.Pointer:
                return Pointer(call, parameters, parameter, new GuestPtr((uint)value), result);
            default:
                return Constant(parameter, value);
        }
    }

    private static bool IsDirectory(string name) => name.Contains("dir", StringComparison.Ordinal) || name.Contains("dfd", StringComparison.Ordinal);

    private static string Constant(SyscallParameter parameter, long value) => parameter.Style switch
    {
        "octal" => Octal(value),
        "hex" => value == 0 ? "0" : $"0x{(uint)value:x}",
        _ => ConstantNames.Format(parameter.Type, value) ?? (parameter.Name is "mode" ? Octal(value) : Number(value)),
    };

    private static string Octal(long value) => "0" + Convert.ToString(value & 0xffffffff, 8).TrimStart('0');

    private static string Pointer(SyscallRecord call, SyscallParameter[] parameters, SyscallParameter parameter, GuestPtr pointer, long? result)
    {
        if (pointer.IsNull)
            return "NULL";
        // What a failing call was to write, it did not write; a sleep that is interrupted has written what is left of it.
        var failed = result is { } value && new SysResult(value) is { IsError: true } error && error.Errno != Restart.ERESTART_RESTARTBLOCK;
        if (parameter.Direction == ParameterDirection.None || (failed && parameter.Direction != ParameterDirection.In))
            return pointer.ToString();
        var memory = call.Task.Memory;
        var count = Count(call, parameters, parameter, result);
        if (parameter.Name is "iov" or "vec" or "iovec" && count is { } vectors)
            return IoVectors.Format(call, pointer, vectors, result);
        var layout = StructFormatter.Find(parameter.Type);
        if (layout is null || layout.Size == 1)
            return count is { } length ? Bytes(call, pointer, length) : pointer.ToString();
        if (count is not { } elements)
            return layout.Format(memory, pointer) is { } text ? layout.IsPrimitive ? $"[{text}]" : text : pointer.ToString();
        return Array(memory, pointer, layout, elements);
    }

    private static string Array(GuestMemory memory, GuestPtr pointer, StructFormatter layout, long elements)
    {
        var texts = new List<string>();
        for (long i = 0; i < elements; i++)
        {
            if (i == ShownElements)
            {
                texts.Add("...");
                break;
            }

            if (layout.Format(memory, pointer + (uint)(i * layout.Size)) is not { } text)
                return pointer.ToString();
            texts.Add(text);
        }

        return $"[{string.Join(", ", texts)}]";
    }

    /// <summary>How many bytes or elements a pointer's declaration says there are; null where it says nothing.</summary>
    private static long? Count(SyscallRecord call, SyscallParameter[] parameters, SyscallParameter parameter, long? result)
    {
        if (parameter.Length is null)
            return null;
        if (parameter.Length == "return")
            return Math.Max(result ?? 0, 0);
        if (long.TryParse(parameter.Length, NumberStyles.None, CultureInfo.InvariantCulture, out var constant))
            return constant;
        var arguments = new ArgumentReader(call);
        foreach (var other in parameters)
        {
            var value = arguments.Next(other.Kind);
            if (other.Name == parameter.Length)
                return Math.Max(value, 0);
        }

        return null;
    }

    private static string Path(GuestMemory memory, GuestPtr pointer)
    {
        if (pointer.IsNull)
            return "NULL";
        var bytes = new byte[LongestPath];
        return memory.ReadString(pointer, bytes, out var length) switch
        {
            Abi.Errno.None => StraceText.Quote(bytes.AsSpan(0, length)),
            Abi.Errno.ENAMETOOLONG => StraceText.Quote(bytes.AsSpan(0, length)) + "...",
            _ => pointer.ToString(),
        };
    }

    internal static string Bytes(SyscallRecord call, GuestPtr pointer, long length)
    {
        var shown = (uint)Math.Min(length, call.ShownBytes);
        if (!call.Task.Memory.TryGetReadable(pointer, shown, out var bytes))
            return pointer.ToString();
        return StraceText.Quote(bytes) + (length > shown ? "..." : "");
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
