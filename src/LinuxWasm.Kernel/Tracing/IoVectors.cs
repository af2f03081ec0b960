using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Syscalls;

namespace LinuxWasm.Kernel.Tracing;

/// <summary>An array of struct iovec, with what it points to.</summary>
internal static class IoVectors
{
    private const int Shown = 16;

    /// <param name="call">The call whose argument it is.</param>
    /// <param name="pointer">The array.</param>
    /// <param name="count">Its elements.</param>
    /// <param name="result">Bytes that a call which reads has put there; null where the call writes them.</param>
    public static string Format(SyscallRecord call, GuestPtr pointer, long count, long? result)
    {
        var memory = call.Task.Memory;
        var abi = call.Abi;
        var texts = new List<string>();
        var left = result ?? long.MaxValue;
        for (long i = 0; i < count; i++)
        {
            if (i == Shown)
            {
                texts.Add("...");
                break;
            }

            var element = pointer + (uint)(i * 2 * abi.PointerSize);
            if (!TryReadWord(memory, element, abi, out var start) || !TryReadWord(memory, element + (uint)abi.PointerSize, abi, out var length))
                return pointer.ToString();
            var filled = Math.Min(left, (long)length);
            left -= filled;
            texts.Add($"{{iov_base={ArgumentFormatter.Bytes(call, GuestPtr.FromRegister(start), filled)}, iov_len={length}}}");
        }

        return $"[{string.Join(", ", texts)}]";
    }

    private static bool TryReadWord(GuestMemory memory, GuestPtr pointer, GuestAbi abi, out ulong value)
    {
        if (abi.PointerSize == 8)
            return memory.TryRead(pointer, out value);
        var read = memory.TryRead(pointer, out uint narrow);
        value = narrow;
        return read;
    }
}
