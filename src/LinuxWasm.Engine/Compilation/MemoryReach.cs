using LinuxWasm.Engine.Binary;

namespace LinuxWasm.Engine.Compilation;

/// <summary>How far accesses to memory 0 reach behind their addresses, found by looking at the code around them.</summary>
internal static class MemoryReach
{
    /// <summary>Instructions that a look ahead goes over at most.</summary>
    private const int Farthest = 96;

    private const int DeepestWeight = 6;

    /// <summary>The extent, offset and width together, of the accesses that are likely made most often: those in inner loops count more.</summary>
    public static long MostFrequent(FunctionCode code)
    {
        var weights = new Dictionary<long, long>();
        var loops = new Stack<bool>();
        int depth = 0;
        foreach (var instr in code.Code)
        {
            switch (instr.Op)
            {
                case Op.Block or Op.Loop or Op.If or Op.Try or Op.TryTable:
                    loops.Push(instr.Op == Op.Loop);
                    depth += instr.Op == Op.Loop ? 1 : 0;
                    break;
                case Op.End or Op.Delegate when loops.Count > 0:
                    depth -= loops.Pop() ? 1 : 0;
                    break;
                default:
                    if (Extent(instr) is { } extent)
                        weights[extent] = weights.GetValueOrDefault(extent) + (1L << (3 * Math.Min(depth, DeepestWeight)));
                    break;
            }
        }

        long most = 0, found = 0;
        foreach (var (extent, weight) in weights)
        {
            if (weight > most || (weight == most && extent < found))
                (most, found) = (weight, extent);
        }

        return found;
    }

    /// <summary>
    /// The largest extent of this access and of loads from the same local that surely follow it, with nothing in between that could be seen if the
    /// first of them trapped in place of a later one. One check will then do for all.
    /// </summary>
    public static long Ahead(FunctionCode code, int position, int local, long extent)
    {
        var instructions = code.Code;
        if (!IsLoad(instructions[position]))
            return extent;
        int end = Math.Min(instructions.Length, position + Farthest);
        for (int i = position + 1; i < end; i++)
        {
            var instr = instructions[i];
            if (IsLoad(instr))
            {
                if (instructions[i - 1] is { Op: Op.LocalGet } address && address.A == local && instr.A == 0)
                    extent = Math.Max(extent, Extent(instr)!.Value);
                continue;
            }

            if (!IsUnseen(instr) || (instr.Op is Op.LocalSet or Op.LocalTee && instr.A == local))
                break;
        }

        return extent;
    }

    /// <summary>Null for what is no access to memory 0.</summary>
    private static long? Extent(in Instr instr)
    {
        if (instr.A != 0)
            return null;
        if (instr.Op is >= Op.I32Load and <= Op.I64Store32)
            return instr.Imm + OpTable.Plain[instr.Op].Width;
        return instr.Op is >= Op.Simd and < Op.SimdEnd && OpTable.Simd[instr.Op - Op.Simd].Immediate is Immediate.Memory or Immediate.MemoryLane
            ? instr.Imm + OpTable.Simd[instr.Op - Op.Simd].Width
            : null;
    }

    private static bool IsLoad(in Instr instr) => instr.Op is >= Op.I32Load and <= Op.I64Load32U;

    /// <summary>It changes nothing that outlives a trap, goes nowhere else, and does not trap in another way.</summary>
    private static bool IsUnseen(in Instr instr) => instr.Op switch
    {
        Op.Nop or Op.Drop or Op.Select or Op.SelectTyped or Op.LocalGet or Op.LocalSet or Op.LocalTee or Op.GlobalGet => true,
        >= Op.I32Const and <= Op.F64Const => true,
        (>= 0x6D and <= 0x70) or (>= 0x7F and <= 0x82) => false, // division and remainder
        (>= 0xA8 and <= 0xAB) or (>= 0xAE and <= 0xB1) => false, // truncation that traps
        >= Op.I32Eqz and <= Op.I64Extend32S => true,
        >= Op.Misc and < Op.MemoryInit or >= Op.I64Add128 and <= Op.I64MulWideU => true,
        _ => false,
    };
}
