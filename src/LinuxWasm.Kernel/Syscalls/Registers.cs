namespace LinuxWasm.Kernel.Syscalls;

/// <summary>A call's six arguments as the guest's registers hold them: 32-bit ones zero-extended.</summary>
public readonly struct Registers(ulong a1, ulong a2 = 0, ulong a3 = 0, ulong a4 = 0, ulong a5 = 0, ulong a6 = 0)
{
    public readonly ulong A1 = a1;
    public readonly ulong A2 = a2;
    public readonly ulong A3 = a3;
    public readonly ulong A4 = a4;
    public readonly ulong A5 = a5;
    public readonly ulong A6 = a6;

    /// <summary>One of them by number, from 0.</summary>
    public ulong this[int index] => index switch
    {
        0 => A1,
        1 => A2,
        2 => A3,
        3 => A4,
        4 => A5,
        5 => A6,
        _ => throw new ArgumentOutOfRangeException(nameof(index), index, "0 to 5 is expected"),
    };
}
