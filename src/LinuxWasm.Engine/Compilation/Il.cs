namespace LinuxWasm.Engine.Compilation;

/// <summary>The instructions of the Common Intermediate Language that the compiler emits (ECMA-335, partition III).</summary>
internal static class Il
{
    public const int Ldnull = 0x14;
    public const int Dup = 0x25;
    public const int Pop = 0x26;
    public const int Ret = 0x2A;
    public const int Br = 0x38;
    public const int Brfalse = 0x39;
    public const int Brtrue = 0x3A;
    public const int Beq = 0x3B;
    public const int Bge = 0x3C;
    public const int Bgt = 0x3D;
    public const int Ble = 0x3E;
    public const int Blt = 0x3F;
    public const int BneUn = 0x40;
    public const int BgeUn = 0x41;
    public const int BgtUn = 0x42;
    public const int BleUn = 0x43;
    public const int BltUn = 0x44;
    public const int Switch = 0x45;
    public const int LdindI1 = 0x46;
    public const int LdindU1 = 0x47;
    public const int LdindI2 = 0x48;
    public const int LdindU2 = 0x49;
    public const int LdindI4 = 0x4A;
    public const int LdindU4 = 0x4B;
    public const int LdindI8 = 0x4C;
    public const int LdindI = 0x4D;
    public const int LdindR4 = 0x4E;
    public const int LdindR8 = 0x4F;
    public const int StindI1 = 0x52;
    public const int StindI2 = 0x53;
    public const int StindI4 = 0x54;
    public const int StindI8 = 0x55;
    public const int StindR4 = 0x56;
    public const int StindR8 = 0x57;
    public const int StindI = 0xDF;
    public const int Add = 0x58;
    public const int Sub = 0x59;
    public const int Mul = 0x5A;
    public const int Div = 0x5B;
    public const int DivUn = 0x5C;
    public const int Rem = 0x5D;
    public const int RemUn = 0x5E;
    public const int And = 0x5F;
    public const int Or = 0x60;
    public const int Xor = 0x61;
    public const int Shl = 0x62;
    public const int Shr = 0x63;
    public const int ShrUn = 0x64;
    public const int Neg = 0x65;
    public const int Not = 0x66;
    public const int ConvI1 = 0x67;
    public const int ConvI2 = 0x68;
    public const int ConvI4 = 0x69;
    public const int ConvI8 = 0x6A;
    public const int ConvR4 = 0x6B;
    public const int ConvR8 = 0x6C;
    public const int ConvU4 = 0x6D;
    public const int ConvU8 = 0x6E;
    public const int ConvU = 0xE0;
    public const int Ceq = 0xFE01;
    public const int Cgt = 0xFE02;
    public const int CgtUn = 0xFE03;
    public const int Clt = 0xFE04;
    public const int CltUn = 0xFE05;
    public const int Leave = 0xDD;
}

/// <summary>A type as it stands in locals and signatures.</summary>
internal enum IlType : byte
{
    Void,
    I32,
    I64,
    F32,
    F64,
    V128,

    /// <summary>A native integer: pointers and references.</summary>
    Native,

    /// <summary>An object of the host.</summary>
    Object,
}

internal static class IlTypes
{
    public static IlType Of(ValType type) => type switch
    {
        ValType.I32 => IlType.I32,
        ValType.I64 => IlType.I64,
        ValType.F32 => IlType.F32,
        ValType.F64 => IlType.F64,
        ValType.V128 => IlType.V128,
        _ => IlType.Native,
    };

    public static IlType ResultOf(FuncType type) => type.Results.Length == 0 ? IlType.Void : Of(type.Results[0]);

    public static Type ClrType(this IlType type) => type switch
    {
        IlType.Void => typeof(void),
        IlType.I32 => typeof(int),
        IlType.I64 => typeof(long),
        IlType.F32 => typeof(float),
        IlType.F64 => typeof(double),
        IlType.V128 => typeof(System.Runtime.Intrinsics.Vector128<byte>),
        IlType.Native => typeof(nint),
        _ => typeof(object),
    };
}
