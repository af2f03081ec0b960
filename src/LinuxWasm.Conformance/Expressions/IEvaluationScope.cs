using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Layouts;

namespace LinuxWasm.Conformance.Expressions;

/// <summary>A typed place in guest memory.</summary>
public readonly record struct GuestPlace(TypeLayout Type, ulong Address);

/// <summary>What an expression can see while it is evaluated.</summary>
public interface IEvaluationScope
{
    GuestAbi Abi { get; }

    /// <summary>The value of a captured <c>$name</c>; null when nothing has been captured.</summary>
    Value? Variable(string name);

    /// <summary>The buffer of that name; null when the case has none.</summary>
    GuestPlace? Buffer(string name);

    /// <summary>The address that the target has for HANDLER and its kin; null for other names.</summary>
    ulong? Symbol(string name);

    /// <summary>Memory of the task; null when it can't be read.</summary>
    byte[]? Read(ulong address, int length);

    /// <summary>Puts bytes where the call that is being prepared can point to them.</summary>
    ulong Place(byte[] bytes, int alignment);
}

/// <summary>An expression that can't be worth anything here: an unknown field, text where a number must be, memory that is gone.</summary>
public sealed class EvaluationException(int offset, string problem) : Exception(problem)
{
    public int Offset { get; } = offset;
}
