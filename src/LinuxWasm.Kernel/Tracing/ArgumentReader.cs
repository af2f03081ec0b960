using LinuxWasm.Kernel.Syscalls;

namespace LinuxWasm.Kernel.Tracing;

/// <summary>Reads a call's registers one parameter after the other, as the generated dispatch does.</summary>
internal ref struct ArgumentReader(SyscallRecord call)
{
    private readonly bool _narrow = call.Abi.Is32Bit;
    private int _register;

    /// <summary>The next parameter's value, extended to 64 bits as its kind says.</summary>
    public long Next(ParameterKind kind)
    {
        var low = Register(_register++);
        switch (kind)
        {
            case ParameterKind.Int or ParameterKind.Fd:
                return (int)low;
            case ParameterKind.UInt or ParameterKind.Pointer or ParameterKind.Path:
                return (uint)low;
            case ParameterKind.Long:
                return _narrow ? (int)low : (long)low;
            case ParameterKind.Size:
                return _narrow ? (uint)low : (long)low;
            case ParameterKind.Split:
                var high = Register(_register++);
                return _narrow ? (long)((uint)low | high << 32) : (long)low;
            case ParameterKind.Int64:
                return _narrow ? (long)((uint)low | Register(_register++) << 32) : (long)low;
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "a kind of parameter is expected");
        }
    }

    private readonly ulong Register(int index) => call.Registers[index];
}
