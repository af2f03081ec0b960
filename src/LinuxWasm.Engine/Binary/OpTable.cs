namespace LinuxWasm.Engine.Binary;

/// <summary>What follows an instruction's code.</summary>
internal enum Immediate : byte
{
    /// <summary>Not a plain instruction: the validator knows it by name, or there is no such code.</summary>
    Special,
    None,

    /// <summary>Alignment, memory, offset.</summary>
    Memory,

    /// <summary>A lane number below <see cref="OpInfo.Width"/>.</summary>
    Lane,

    /// <summary>Memory and then a lane number below 16 / <see cref="OpInfo.Width"/>.</summary>
    MemoryLane,
}

/// <summary>An instruction that takes operands of fixed types and leaves at most one value.</summary>
/// <param name="Width">Bytes that a memory access touches; or lanes.</param>
internal readonly record struct OpInfo(Immediate Immediate, byte Width, byte Inputs, ValType In0, ValType In1, ValType In2, ValType Out);

/// <summary>The types of all plain instructions, from strings that read like the specification: inputs, <c>&gt;</c>, output.</summary>
internal static class OpTable
{
    /// <summary>Codes without a prefix.</summary>
    public static readonly OpInfo[] Plain = BuildPlain();

    /// <summary>Behind 0xFC: the saturating truncations.</summary>
    public static readonly OpInfo[] Misc = BuildMisc();

    /// <summary>Behind 0xFD.</summary>
    public static readonly OpInfo[] Simd = BuildSimd();

    /// <summary>Behind 0xFE.</summary>
    public static readonly OpInfo[] Atomic = BuildAtomic();

    private static OpInfo Parse(string signature, Immediate immediate = Immediate.None, int width = 0)
    {
        int arrow = signature.IndexOf('>');
        var types = new ValType[4];
        for (int i = 0; i < arrow; i++)
            types[i] = Letter(signature[i]);
        var result = arrow + 1 < signature.Length ? Letter(signature[arrow + 1]) : ValTypes.Unknown;
        return new OpInfo(immediate, (byte)width, (byte)arrow, types[0], types[1], types[2], result);
    }

    private static ValType Letter(char letter) => letter switch
    {
        'i' => ValType.I32,
        'l' => ValType.I64,
        'f' => ValType.F32,
        'd' => ValType.F64,
        'v' => ValType.V128,
        _ => throw new ArgumentOutOfRangeException(nameof(letter)),
    };

    private static void Fill(OpInfo[] table, int from, int to, string signature, Immediate immediate = Immediate.None, int width = 0)
    {
        var info = Parse(signature, immediate, width);
        for (int code = from; code <= to; code++)
            table[code] = info;
    }

    private static OpInfo[] BuildPlain()
    {
        var t = new OpInfo[256];
        const Immediate M = Immediate.Memory;
        string[] loads = ["i>i4", "i>l8", "i>f4", "i>d8", "i>i1", "i>i1", "i>i2", "i>i2", "i>l1", "i>l1", "i>l2", "i>l2", "i>l4", "i>l4"];
        for (int k = 0; k < loads.Length; k++)
            t[0x28 + k] = Parse(loads[k][..3], M, loads[k][3] - '0');
        string[] stores = ["ii>4", "il>8", "if>4", "id>8", "ii>1", "ii>2", "il>1", "il>2", "il>4"];
        for (int k = 0; k < stores.Length; k++)
            t[0x36 + k] = Parse(stores[k][..3], M, stores[k][3] - '0');
        Fill(t, 0x45, 0x45, "i>i");
        Fill(t, 0x46, 0x4F, "ii>i");
        Fill(t, 0x50, 0x50, "l>i");
        Fill(t, 0x51, 0x5A, "ll>i");
        Fill(t, 0x5B, 0x60, "ff>i");
        Fill(t, 0x61, 0x66, "dd>i");
        Fill(t, 0x67, 0x69, "i>i");
        Fill(t, 0x6A, 0x78, "ii>i");
        Fill(t, 0x79, 0x7B, "l>l");
        Fill(t, 0x7C, 0x8A, "ll>l");
        Fill(t, 0x8B, 0x91, "f>f");
        Fill(t, 0x92, 0x98, "ff>f");
        Fill(t, 0x99, 0x9F, "d>d");
        Fill(t, 0xA0, 0xA6, "dd>d");
        string[] conversions =
        [
            "l>i", "f>i", "f>i", "d>i", "d>i", "i>l", "i>l", "f>l", "f>l", "d>l", "d>l",
            "i>f", "i>f", "l>f", "l>f", "d>f", "i>d", "i>d", "l>d", "l>d", "f>d",
            "f>i", "d>l", "i>f", "l>d", "i>i", "i>i", "l>l", "l>l", "l>l",
        ];
        for (int k = 0; k < conversions.Length; k++)
            t[0xA7 + k] = Parse(conversions[k]);
        return t;
    }

    private static OpInfo[] BuildMisc()
    {
        var t = new OpInfo[18];
        string[] truncations = ["f>i", "f>i", "d>i", "d>i", "f>l", "f>l", "d>l", "d>l"];
        for (int k = 0; k < truncations.Length; k++)
            t[k] = Parse(truncations[k]);
        return t;
    }

    private static OpInfo[] BuildSimd()
    {
        var t = new OpInfo[Op.SimdEnd - Op.Simd];
        const Immediate M = Immediate.Memory;
        Fill(t, 0, 0, "i>v", M, 16);
        Fill(t, 1, 6, "i>v", M, 8);
        Fill(t, 7, 7, "i>v", M, 1);
        Fill(t, 8, 8, "i>v", M, 2);
        Fill(t, 9, 9, "i>v", M, 4);
        Fill(t, 10, 10, "i>v", M, 8);
        Fill(t, 11, 11, "iv>", M, 16);
        Fill(t, 14, 14, "vv>v");
        string[] splats = ["i>v", "i>v", "i>v", "l>v", "f>v", "d>v"];
        for (int k = 0; k < splats.Length; k++)
            t[15 + k] = Parse(splats[k]);
        (string Type, int Lanes)[] lanes =
        [
            ("v>i", 16), ("v>i", 16), ("vi>v", 16), ("v>i", 8), ("v>i", 8), ("vi>v", 8), ("v>i", 4), ("vi>v", 4),
            ("v>l", 2), ("vl>v", 2), ("v>f", 4), ("vf>v", 4), ("v>d", 2), ("vd>v", 2),
        ];
        for (int k = 0; k < lanes.Length; k++)
            t[21 + k] = Parse(lanes[k].Type, Immediate.Lane, lanes[k].Lanes);
        Fill(t, 35, 76, "vv>v");
        Fill(t, 77, 77, "v>v");
        Fill(t, 78, 81, "vv>v");
        Fill(t, 82, 82, "vvv>v");
        Fill(t, 83, 83, "v>i");
        for (int k = 0; k < 4; k++)
        {
            t[84 + k] = Parse("iv>v", Immediate.MemoryLane, 1 << k);
            t[88 + k] = Parse("iv>", Immediate.MemoryLane, 1 << k);
        }

        Fill(t, 92, 92, "i>v", M, 4);
        Fill(t, 93, 93, "i>v", M, 8);
        Fill(t, 94, 95, "v>v");
        Fill(t, 96, 98, "v>v");
        Fill(t, 99, 100, "v>i");
        Fill(t, 101, 102, "vv>v");
        Fill(t, 103, 106, "v>v");
        Fill(t, 107, 109, "vi>v");
        Fill(t, 110, 115, "vv>v");
        Fill(t, 116, 117, "v>v");
        Fill(t, 118, 121, "vv>v");
        Fill(t, 122, 122, "v>v");
        Fill(t, 123, 123, "vv>v");
        Fill(t, 124, 129, "v>v");
        Fill(t, 130, 130, "vv>v");
        Fill(t, 131, 132, "v>i");
        Fill(t, 133, 134, "vv>v");
        Fill(t, 135, 138, "v>v");
        Fill(t, 139, 141, "vi>v");
        Fill(t, 142, 147, "vv>v");
        Fill(t, 148, 148, "v>v");
        Fill(t, 149, 153, "vv>v");
        Fill(t, 155, 159, "vv>v");
        Fill(t, 160, 161, "v>v");
        Fill(t, 163, 164, "v>i");
        Fill(t, 167, 170, "v>v");
        Fill(t, 171, 173, "vi>v");
        Fill(t, 174, 174, "vv>v");
        Fill(t, 177, 177, "vv>v");
        Fill(t, 181, 186, "vv>v");
        Fill(t, 188, 191, "vv>v");
        Fill(t, 192, 193, "v>v");
        Fill(t, 195, 196, "v>i");
        Fill(t, 199, 202, "v>v");
        Fill(t, 203, 205, "vi>v");
        Fill(t, 206, 206, "vv>v");
        Fill(t, 209, 209, "vv>v");
        Fill(t, 213, 223, "vv>v");
        Fill(t, 224, 225, "v>v");
        Fill(t, 227, 227, "v>v");
        Fill(t, 228, 235, "vv>v");
        Fill(t, 236, 237, "v>v");
        Fill(t, 239, 239, "v>v");
        Fill(t, 240, 247, "vv>v");
        Fill(t, 248, 255, "v>v");
        Fill(t, 256, 256, "vv>v");
        Fill(t, 257, 260, "v>v");
        Fill(t, 261, 268, "vvv>v");
        Fill(t, 269, 274, "vv>v");
        Fill(t, 275, 275, "vvv>v");
        return t;
    }

    private static OpInfo[] BuildAtomic()
    {
        var t = new OpInfo[0x4F];
        const Immediate M = Immediate.Memory;
        t[0] = Parse("ii>i", M, 4);
        t[1] = Parse("iil>i", M, 4);
        t[2] = Parse("ill>i", M, 8);
        string[] widths = ["i4", "l8", "i1", "i2", "l1", "l2", "l4"];
        for (int k = 0; k < widths.Length; k++)
        {
            char type = widths[k][0];
            int width = widths[k][1] - '0';
            t[0x10 + k] = Parse($"i>{type}", M, width);
            t[0x17 + k] = Parse($"i{type}>", M, width);
            for (int operation = 0; operation < 6; operation++)
                t[0x1E + operation * 7 + k] = Parse($"i{type}>{type}", M, width);
            t[0x48 + k] = Parse($"i{type}{type}>{type}", M, width);
        }

        return t;
    }
}
