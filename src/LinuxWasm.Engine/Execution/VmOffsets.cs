namespace LinuxWasm.Engine;

/// <summary>Where <see cref="VmContext"/>'s and <see cref="FuncRef"/>'s fields stand, for code that reads them.</summary>
internal static class VmOffsets
{
    public const int StackLimit = 0;
    public const int Poll = 8;
    public const int Unwind = 12;
    public const int Results = 16;

    public const int FuncCode = 0;
    public const int FuncTypeId = 8;
    public const int FuncTarget = 16;
    public const int FuncCountdown = FuncTarget;
}
