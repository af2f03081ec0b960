namespace LinuxWasm.Engine.Binary;

/// <summary>
/// Instructions that the compiler tells apart by name. One byte stands for itself; those behind a prefix are numbered
/// prefix * 256 + code (0xFC: 0xFC00, 0xFD: 0xFD00 with up to 0x1FF codes, 0xFE: 0xFF00 to keep clear of them).
/// </summary>
internal static class Op
{
    public const int Unreachable = 0x00;
    public const int Nop = 0x01;
    public const int Block = 0x02;
    public const int Loop = 0x03;
    public const int If = 0x04;
    public const int Else = 0x05;
    public const int Try = 0x06;
    public const int Catch = 0x07;
    public const int Throw = 0x08;
    public const int Rethrow = 0x09;
    public const int ThrowRef = 0x0A;
    public const int End = 0x0B;
    public const int Br = 0x0C;
    public const int BrIf = 0x0D;
    public const int BrTable = 0x0E;
    public const int Return = 0x0F;
    public const int Call = 0x10;
    public const int CallIndirect = 0x11;
    public const int ReturnCall = 0x12;
    public const int ReturnCallIndirect = 0x13;
    public const int CallRef = 0x14;
    public const int ReturnCallRef = 0x15;
    public const int Delegate = 0x18;
    public const int CatchAll = 0x19;
    public const int Drop = 0x1A;
    public const int Select = 0x1B;
    public const int SelectTyped = 0x1C;
    public const int TryTable = 0x1F;
    public const int LocalGet = 0x20;
    public const int LocalSet = 0x21;
    public const int LocalTee = 0x22;
    public const int GlobalGet = 0x23;
    public const int GlobalSet = 0x24;
    public const int TableGet = 0x25;
    public const int TableSet = 0x26;
    public const int I32Load = 0x28;
    public const int I64Load = 0x29;
    public const int F32Load = 0x2A;
    public const int F64Load = 0x2B;
    public const int I64Load32U = 0x35;
    public const int I32Store = 0x36;
    public const int I64Store32 = 0x3E;
    public const int MemorySize = 0x3F;
    public const int MemoryGrow = 0x40;
    public const int I32Const = 0x41;
    public const int I64Const = 0x42;
    public const int F32Const = 0x43;
    public const int F64Const = 0x44;
    public const int I32Eqz = 0x45;
    public const int I64Extend32S = 0xC4;
    public const int RefNull = 0xD0;
    public const int RefIsNull = 0xD1;
    public const int RefFunc = 0xD2;
    public const int RefEq = 0xD3;
    public const int RefAsNonNull = 0xD4;
    public const int BrOnNull = 0xD5;
    public const int BrOnNonNull = 0xD6;

    public const int PrefixGc = 0xFB;
    public const int PrefixMisc = 0xFC;
    public const int PrefixSimd = 0xFD;
    public const int PrefixAtomic = 0xFE;

    public const int Misc = 0xFC00;
    public const int MemoryInit = Misc + 8;
    public const int DataDrop = Misc + 9;
    public const int MemoryCopy = Misc + 10;
    public const int MemoryFill = Misc + 11;
    public const int TableInit = Misc + 12;
    public const int ElemDrop = Misc + 13;
    public const int TableCopy = Misc + 14;
    public const int TableGrow = Misc + 15;
    public const int TableSize = Misc + 16;
    public const int TableFill = Misc + 17;

    public const int I64Add128 = Misc + 19;
    public const int I64Sub128 = Misc + 20;
    public const int I64MulWideS = Misc + 21;
    public const int I64MulWideU = Misc + 22;

    public const int Simd = 0xFD00;
    public const int SimdEnd = Simd + 0x114;
    public const int V128Const = Simd + 12;
    public const int I8x16Shuffle = Simd + 13;

    public const int Atomic = 0xFF00;
    public const int AtomicNotify = Atomic + 0;
    public const int AtomicWait32 = Atomic + 1;
    public const int AtomicWait64 = Atomic + 2;
    public const int AtomicFence = Atomic + 3;
}
