namespace LinuxWasm.Engine;

/// <summary>A WebAssembly value type, numbered as in the binary format (section 5.3 of the specification).</summary>
public enum ValType : byte
{
    I32 = 0x7F,
    I64 = 0x7E,
    F32 = 0x7D,
    F64 = 0x7C,
    V128 = 0x7B,
    FuncRef = 0x70,
    ExternRef = 0x6F,
    ExnRef = 0x69,
}

internal static class ValTypes
{
    /// <summary>The type of an operand that unreachable code may take for anything; never part of a module.</summary>
    public const ValType Unknown = 0;

    public static bool IsReference(this ValType type) => type is ValType.FuncRef or ValType.ExternRef or ValType.ExnRef;

    public static bool IsNumeric(this ValType type) => type is ValType.I32 or ValType.I64 or ValType.F32 or ValType.F64;

    public static string Name(this ValType type) => type switch
    {
        ValType.I32 => "i32",
        ValType.I64 => "i64",
        ValType.F32 => "f32",
        ValType.F64 => "f64",
        ValType.V128 => "v128",
        ValType.FuncRef => "funcref",
        ValType.ExternRef => "externref",
        ValType.ExnRef => "exnref",
        _ => "any",
    };
}
