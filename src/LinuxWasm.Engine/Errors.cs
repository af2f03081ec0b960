namespace LinuxWasm.Engine;

/// <summary>A module that is not WebAssembly, or not valid: where, and why. The only exception that bad bytes cause.</summary>
public sealed class WasmFormatException : Exception
{
    public WasmFormatException(long offset, string reason)
        : base($"byte {offset} (0x{offset:x}): {reason}")
    {
        Offset = offset;
        Reason = reason;
    }

    private WasmFormatException(long offset, string feature, string what)
        : this(offset, $"{what} is of {feature}, which this engine does not have") => Feature = feature;

    /// <summary>What the module uses of WebAssembly that the engine does not have; null if the module is no good for any engine.</summary>
    public string? Feature { get; }

    /// <summary>Bytes from the module's start.</summary>
    public long Offset { get; }

    public string Reason { get; }

    internal static WasmFormatException Unsupported(long offset, string feature, string what) => new(offset, feature, what);
}

/// <summary>An import that nothing answers, or that something of another type answers.</summary>
public sealed class LinkException : Exception
{
    public LinkException(ImportDescriptor import, string reason)
        : base($"import {import}: {reason}")
    {
        Import = import;
        Reason = reason;
    }

    public ImportDescriptor Import { get; }

    public string Reason { get; }
}

/// <summary>Why a guest can't go on.</summary>
public enum TrapKind
{
    Unreachable,
    MemoryOutOfBounds,
    TableOutOfBounds,
    UndefinedElement,
    UninitializedElement,
    IndirectCallTypeMismatch,
    IntegerDivideByZero,
    IntegerOverflow,
    InvalidConversionToInteger,
    StackOverflow,
    NullReference,
    NullFunction,
    UnalignedAtomic,
    ExpectedSharedMemory,
    UncaughtException,
    InvalidLongJump,
}

/// <summary>A guest's fault, as the specification defines it. The instance's memory stays as it was at that moment.</summary>
public sealed class TrapException : Exception
{
    private readonly Func<IReadOnlyList<string>>? trace;
    private IReadOnlyList<string>? frames;

    public TrapException(TrapKind kind, string? detail = null)
        : base(detail is null ? Describe(kind) : $"{Describe(kind)}: {detail}") => Kind = kind;

    internal TrapException(TrapException cause, Func<IReadOnlyList<string>> trace)
        : base(cause.Message)
    {
        Kind = cause.Kind;
        this.trace = trace;
    }

    public TrapKind Kind { get; }

    internal bool HasTrace => trace is not null;

    /// <summary>The guest's functions, innermost first; by name where the module has a name section. Deep stacks are cut.</summary>
    public IReadOnlyList<string> GuestFrames => frames ??= trace?.Invoke() ?? [];

    private static string Describe(TrapKind kind) => kind switch
    {
        // The wording is that of the specification's test suite.
        TrapKind.Unreachable => "unreachable",
        TrapKind.MemoryOutOfBounds => "out of bounds memory access",
        TrapKind.TableOutOfBounds => "out of bounds table access",
        TrapKind.UndefinedElement => "undefined element",
        TrapKind.UninitializedElement => "uninitialized element",
        TrapKind.IndirectCallTypeMismatch => "indirect call type mismatch",
        TrapKind.IntegerDivideByZero => "integer divide by zero",
        TrapKind.IntegerOverflow => "integer overflow",
        TrapKind.InvalidConversionToInteger => "invalid conversion to integer",
        TrapKind.StackOverflow => "call stack exhausted",
        TrapKind.NullReference => "null reference",
        TrapKind.NullFunction => "null function reference",
        TrapKind.UnalignedAtomic => "unaligned atomic",
        TrapKind.ExpectedSharedMemory => "expected shared memory",
        TrapKind.UncaughtException => "unhandled exception",
        TrapKind.InvalidLongJump => "longjmp to a frame that has returned",
        _ => kind.ToString(),
    };
}
