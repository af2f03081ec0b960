using LinuxWasm.Engine.Binary;

namespace LinuxWasm.Engine.Compilation;

/// <summary>SIMD: each instruction a call that the JIT puts in place.</summary>
internal sealed partial class FunctionCompiler
{
    private static readonly string[] VectorLoads =
    [
        "", nameof(Vectors.Load8x8S), nameof(Vectors.Load8x8U), nameof(Vectors.Load16x4S), nameof(Vectors.Load16x4U), nameof(Vectors.Load32x2S),
        nameof(Vectors.Load32x2U), nameof(Vectors.Load8Splat), nameof(Vectors.Load16Splat), nameof(Vectors.Load32Splat), nameof(Vectors.Load64Splat),
    ];

    private void Simd(in Instr instr)
    {
        int number = instr.Op - Op.Simd;
        switch (instr.Op)
        {
            case Op.V128Const:
                PushConstant(ValType.V128, instr.A);
                return;
            case Op.I8x16Shuffle:
                Take(2);
                LoadVectorConstant(instr.A);
                il.Call(Vectors.Method(nameof(Vectors.Shuffle)));
                PushStack(ValType.V128);
                return;
        }

        ref readonly var info = ref OpTable.Simd[number];
        switch (info.Immediate)
        {
            case Immediate.Memory:
                VectorMemory(instr, info, number);
                break;
            case Immediate.MemoryLane:
                var value = Park();
                Address(instr.A, instr.Imm, info.Width);
                Unpark(value);
                il.LdcI4(instr.B);
                il.Call(Vectors.Method((info.Out == ValTypes.Unknown ? "StoreLane" : "LoadLane") + (info.Width * 8)));
                break;
            case Immediate.Lane:
                Take(info.Inputs);
                il.LdcI4(instr.B);
                il.Call(Vectors.Method(VectorNames.Names[number]));
                break;
            default:
                Take(info.Inputs);
                il.Call(Vectors.Method(VectorNames.Names[number]));
                break;
        }

        if (info.Out != ValTypes.Unknown)
            PushStack(info.Out);
    }

    private void VectorMemory(in Instr instr, in OpInfo info, int number)
    {
        if (info.Out == ValTypes.Unknown)
        {
            var value = Park();
            Address(instr.A, instr.Imm, info.Width);
            Unpark(value);
            il.StoreVector();
            return;
        }

        Address(instr.A, instr.Imm, info.Width);
        switch (number)
        {
            case 0:
                il.LoadVector();
                break;
            case 92:
                il.Call(Vectors.Method(nameof(Vectors.Load32Zero)));
                break;
            case 93:
                il.Call(Vectors.Method(nameof(Vectors.Load64Zero)));
                break;
            default:
                il.Call(Vectors.Method(VectorLoads[number]));
                break;
        }
    }

    private void LoadVectorConstant(int which)
    {
        byte[] bytes = code.Vectors[which];
        il.LdcI8(BitConverter.ToInt64(bytes, 0));
        il.LdcI8(BitConverter.ToInt64(bytes, 8));
        il.Call(Vectors.Method(nameof(Vectors.Create)));
    }
}
