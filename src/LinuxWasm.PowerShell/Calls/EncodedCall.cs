namespace LinuxWasm.PowerShell.Calls;

/// <summary>A call's registers, and where to look for what it writes.</summary>
internal sealed record EncodedCall(ulong[] Registers, IReadOnlyList<OutBuffer> Outputs, IReadOnlyList<string> Warnings);

/// <summary>Room in the guest's memory that a call may write to.</summary>
/// <param name="Parameter">The parameter's name.</param>
/// <param name="Address">Where it lies.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Type">What stands in it; null for bytes.</param>
/// <param name="FilledByResult">The call's result says how many bytes are valid.</param>
internal sealed record OutBuffer(string Parameter, ulong Address, int Length, GuestType? Type, bool FilledByResult);
