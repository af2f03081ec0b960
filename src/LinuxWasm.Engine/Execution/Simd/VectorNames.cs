namespace LinuxWasm.Engine;

/// <summary>Which helper carries out which SIMD instruction, by the code behind 0xFD. Empty: there is none, or the compiler does it itself.</summary>
internal static class VectorNames
{
    public static readonly string[] Names =
    [
        "", "", "", "", "", "", // 0
        "", "", "", "", "", "", // 6
        "", "", "I8x16Swizzle", "I8x16Splat", "I16x8Splat", "I32x4Splat", // 12
        "I64x2Splat", "F32x4Splat", "F64x2Splat", "I8x16ExtractLaneS", "I8x16ExtractLaneU", "I8x16ReplaceLane", // 18
        "I16x8ExtractLaneS", "I16x8ExtractLaneU", "I16x8ReplaceLane", "I32x4ExtractLane", "I32x4ReplaceLane", "I64x2ExtractLane", // 24
        "I64x2ReplaceLane", "F32x4ExtractLane", "F32x4ReplaceLane", "F64x2ExtractLane", "F64x2ReplaceLane", "I8x16Eq", // 30
        "I8x16Ne", "I8x16LtS", "I8x16LtU", "I8x16GtS", "I8x16GtU", "I8x16LeS", // 36
        "I8x16LeU", "I8x16GeS", "I8x16GeU", "I16x8Eq", "I16x8Ne", "I16x8LtS", // 42
        "I16x8LtU", "I16x8GtS", "I16x8GtU", "I16x8LeS", "I16x8LeU", "I16x8GeS", // 48
        "I16x8GeU", "I32x4Eq", "I32x4Ne", "I32x4LtS", "I32x4LtU", "I32x4GtS", // 54
        "I32x4GtU", "I32x4LeS", "I32x4LeU", "I32x4GeS", "I32x4GeU", "F32x4Eq", // 60
        "F32x4Ne", "F32x4Lt", "F32x4Gt", "F32x4Le", "F32x4Ge", "F64x2Eq", // 66
        "F64x2Ne", "F64x2Lt", "F64x2Gt", "F64x2Le", "F64x2Ge", "Not", // 72
        "And", "AndNot", "Or", "Xor", "BitSelect", "AnyTrue", // 78
        "", "", "", "", "", "", // 84
        "", "", "", "", "F32x4DemoteF64x2Zero", "F64x2PromoteLowF32x4", // 90
        "I8x16Abs", "I8x16Neg", "I8x16Popcnt", "I8x16AllTrue", "I8x16Bitmask", "I8x16NarrowS", // 96
        "I8x16NarrowU", "F32x4Ceil", "F32x4Floor", "F32x4Trunc", "F32x4Nearest", "I8x16Shl", // 102
        "I8x16ShrS", "I8x16ShrU", "I8x16Add", "I8x16AddSatS", "I8x16AddSatU", "I8x16Sub", // 108
        "I8x16SubSatS", "I8x16SubSatU", "F64x2Ceil", "F64x2Floor", "I8x16MinS", "I8x16MinU", // 114
        "I8x16MaxS", "I8x16MaxU", "F64x2Trunc", "I8x16AvgrU", "I16x8ExtAddPairwiseS", "I16x8ExtAddPairwiseU", // 120
        "I32x4ExtAddPairwiseS", "I32x4ExtAddPairwiseU", "I16x8Abs", "I16x8Neg", "I16x8Q15MulrSatS", "I16x8AllTrue", // 126
        "I16x8Bitmask", "I16x8NarrowS", "I16x8NarrowU", "I16x8ExtendLowS", "I16x8ExtendHighS", "I16x8ExtendLowU", // 132
        "I16x8ExtendHighU", "I16x8Shl", "I16x8ShrS", "I16x8ShrU", "I16x8Add", "I16x8AddSatS", // 138
        "I16x8AddSatU", "I16x8Sub", "I16x8SubSatS", "I16x8SubSatU", "F64x2Nearest", "I16x8Mul", // 144
        "I16x8MinS", "I16x8MinU", "I16x8MaxS", "I16x8MaxU", "", "I16x8AvgrU", // 150
        "I16x8ExtMulLowS", "I16x8ExtMulHighS", "I16x8ExtMulLowU", "I16x8ExtMulHighU", "I32x4Abs", "I32x4Neg", // 156
        "", "I32x4AllTrue", "I32x4Bitmask", "", "", "I32x4ExtendLowS", // 162
        "I32x4ExtendHighS", "I32x4ExtendLowU", "I32x4ExtendHighU", "I32x4Shl", "I32x4ShrS", "I32x4ShrU", // 168
        "I32x4Add", "", "", "I32x4Sub", "", "", // 174
        "", "I32x4Mul", "I32x4MinS", "I32x4MinU", "I32x4MaxS", "I32x4MaxU", // 180
        "I32x4DotI16x8S", "", "I32x4ExtMulLowS", "I32x4ExtMulHighS", "I32x4ExtMulLowU", "I32x4ExtMulHighU", // 186
        "I64x2Abs", "I64x2Neg", "", "I64x2AllTrue", "I64x2Bitmask", "", // 192
        "", "I64x2ExtendLowS", "I64x2ExtendHighS", "I64x2ExtendLowU", "I64x2ExtendHighU", "I64x2Shl", // 198
        "I64x2ShrS", "I64x2ShrU", "I64x2Add", "", "", "I64x2Sub", // 204
        "", "", "", "I64x2Mul", "I64x2Eq", "I64x2Ne", // 210
        "I64x2LtS", "I64x2GtS", "I64x2LeS", "I64x2GeS", "I64x2ExtMulLowS", "I64x2ExtMulHighS", // 216
        "I64x2ExtMulLowU", "I64x2ExtMulHighU", "F32x4Abs", "F32x4Neg", "", "F32x4Sqrt", // 222
        "F32x4Add", "F32x4Sub", "F32x4Mul", "F32x4Div", "F32x4Min", "F32x4Max", // 228
        "F32x4PMin", "F32x4PMax", "F64x2Abs", "F64x2Neg", "", "F64x2Sqrt", // 234
        "F64x2Add", "F64x2Sub", "F64x2Mul", "F64x2Div", "F64x2Min", "F64x2Max", // 240
        "F64x2PMin", "F64x2PMax", "I32x4TruncSatF32x4S", "I32x4TruncSatF32x4U", "F32x4ConvertI32x4S", "F32x4ConvertI32x4U", // 246
        "I32x4TruncSatF64x2SZero", "I32x4TruncSatF64x2UZero", "F64x2ConvertLowI32x4S", "F64x2ConvertLowI32x4U", "I8x16Swizzle", "I32x4TruncSatF32x4S", // 252
        "I32x4TruncSatF32x4U", "I32x4TruncSatF64x2SZero", "I32x4TruncSatF64x2UZero", "F32x4RelaxedMadd", "F32x4RelaxedNmadd", "F64x2RelaxedMadd", // 258
        "F64x2RelaxedNmadd", "BitSelect", "BitSelect", "BitSelect", "BitSelect", "F32x4Min", // 264
        "F32x4Max", "F64x2Min", "F64x2Max", "I16x8Q15MulrSatS", "I16x8RelaxedDot", "I32x4RelaxedDotAdd", // 270
    ];
}
