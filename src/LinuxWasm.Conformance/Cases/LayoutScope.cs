using LinuxWasm.Conformance.Expressions;
using LinuxWasm.Conformance.Layouts;

namespace LinuxWasm.Conformance.Cases;

/// <summary>A scope before the run: types of buffers are known, addresses and captures are not, and count as nought.</summary>
internal sealed class LayoutScope(GuestAbi abi, IReadOnlyDictionary<string, TypeLayout> buffers) : IEvaluationScope
{
    public GuestAbi Abi => abi;

    public Value? Variable(string name) => (Int128)0;

    public GuestPlace? Buffer(string name) => buffers.TryGetValue(name, out var type) ? new GuestPlace(type, 0) : null;

    public ulong? Symbol(string name) => ConstantTable.TargetSymbols.Contains(name) ? 0 : null;

    public byte[]? Read(ulong address, int length) => length < 0 ? null : new byte[length];

    public ulong Place(byte[] bytes, int alignment) => 0;
}
