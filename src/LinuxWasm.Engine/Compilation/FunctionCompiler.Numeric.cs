using LinuxWasm.Engine.Binary;

namespace LinuxWasm.Engine.Compilation;

/// <summary>Arithmetic, comparisons and conversions.</summary>
internal sealed partial class FunctionCompiler
{
    private void Numeric(int op)
    {
        ref readonly var info = ref OpTable.Plain[op];
        switch (op)
        {
            case 0xBE or 0xBF when Top().Where == Where.Constant:
                PushConstant(info.Out, Pop().Bits);
                return;
            case 0x45:
                Take(1);
                il.LdcI4(0);
                il.Emit(Il.Ceq);
                break;
            case 0x50:
                Take(1);
                il.LdcI8(0);
                il.Emit(Il.Ceq);
                break;
            case >= 0x46 and <= 0x4F:
                CompareIntegers(op - 0x46);
                break;
            case >= 0x51 and <= 0x5A:
                CompareIntegers(op - 0x51);
                break;
            case >= 0x5B and <= 0x60:
                CompareFloats(op - 0x5B);
                break;
            case >= 0x61 and <= 0x66:
                CompareFloats(op - 0x61);
                break;
            case >= 0x67 and <= 0x69:
                Unary(UnaryNames32[op - 0x67]);
                break;
            case >= 0x79 and <= 0x7B:
                Unary(UnaryNames64[op - 0x79]);
                break;
            case >= 0x6A and <= 0x78:
                Integer(op - 0x6A, ValType.I32);
                break;
            case >= 0x7C and <= 0x8A:
                Integer(op - 0x7C, ValType.I64);
                break;
            case >= 0x8B and <= 0x98:
                Float(op - 0x8B, 'F', "32");
                break;
            case >= 0x99 and <= 0xA6:
                Float(op - 0x99, 'F', "64");
                break;
            default:
                Convert(op);
                break;
        }

        PushStack(info.Out);
    }

    private static readonly string[] UnaryNames32 = [nameof(Numbers.I32Clz), nameof(Numbers.I32Ctz), nameof(Numbers.I32Popcnt)];

    private static readonly string[] UnaryNames64 = [nameof(Numbers.I64Clz), nameof(Numbers.I64Ctz), nameof(Numbers.I64Popcnt)];

    private void Unary(string name)
    {
        Take(1);
        il.Call(Numbers.Method(name));
    }

    private void Binary(string name)
    {
        Take(2);
        il.Call(Numbers.Method(name));
    }

    private void CompareIntegers(int relation)
    {
        if (relation < 2)
            TakeCommutative();
        else
            Take(2);
        switch (relation)
        {
            case 0: il.Emit(Il.Ceq); return;
            case 1: Negated(Il.Ceq); return;
            case 2: il.Emit(Il.Clt); return;
            case 3: il.Emit(Il.CltUn); return;
            case 4: il.Emit(Il.Cgt); return;
            case 5: il.Emit(Il.CgtUn); return;
            case 6: Negated(Il.Cgt); return;
            case 7: Negated(Il.CgtUn); return;
            case 8: Negated(Il.Clt); return;
            default: Negated(Il.CltUn); return;
        }
    }

    /// <summary>IL's unordered comparisons make the negated forms false for NaN where they must be.</summary>
    private void CompareFloats(int relation)
    {
        Take(2);
        switch (relation)
        {
            case 0: il.Emit(Il.Ceq); return;
            case 1: Negated(Il.Ceq); return;
            case 2: il.Emit(Il.Clt); return;
            case 3: il.Emit(Il.Cgt); return;
            case 4: Negated(Il.CgtUn); return;
            default: Negated(Il.CltUn); return;
        }
    }

    private void Negated(int compare)
    {
        il.Emit(compare);
        il.LdcI4(0);
        il.Emit(Il.Ceq);
    }

    private void Integer(int operation, ValType type)
    {
        bool wide = type == ValType.I64;
        switch (operation)
        {
            case 0:
                TakeCommutative();
                il.Emit(Il.Add);
                return;
            case 1:
                Take(2);
                il.Emit(Il.Sub);
                return;
            case 2:
                TakeCommutative();
                il.Emit(Il.Mul);
                return;
            case >= 3 and <= 6:
                Divide(operation - 3, wide);
                return;
            case 7:
                TakeCommutative();
                il.Emit(Il.And);
                return;
            case 8:
                TakeCommutative();
                il.Emit(Il.Or);
                return;
            case 9:
                TakeCommutative();
                il.Emit(Il.Xor);
                return;
            case 10:
                Shift(Il.Shl, wide);
                return;
            case 11:
                Shift(Il.Shr, wide);
                return;
            case 12:
                Shift(Il.ShrUn, wide);
                return;
            default:
                Rotate(left: operation == 13, wide);
                return;
        }
    }

    /// <summary>
    /// .NET 10's JIT compiles a rotation by one, either way, wrongly: it may lose an operand in memory, and takes the flags for those of the
    /// result. A sum of two shifts, which it does not take for a rotation, is as fast.
    /// </summary>
    private void Rotate(bool left, bool wide)
    {
        int mask = wide ? 63 : 31;
        if (code.Code[position + 1].Op is Op.If or Op.BrIf or Op.I32Eqz or 0x50 or Op.Select)
        {
            // Only whether it is zero matters next, which a rotation does not change; and of a rotation tested for zero the JIT
            // takes flags that the machine's instruction does not set.
            Take(2);
            il.Emit(Il.Pop);
            return;
        }

        int count = Top().Where == Where.Constant ? (int)Top().Bits & mask : -1;
        if (count != 1 && count != mask)
        {
            if (left)
                Binary(wide ? nameof(Numbers.I64Rotl) : nameof(Numbers.I32Rotl));
            else
                Binary(wide ? nameof(Numbers.I64Rotr) : nameof(Numbers.I32Rotr));
            return;
        }

        Pop();
        Take(1);
        int value = Temp(wide ? IlType.I64 : IlType.I32, 5);
        il.Stloc(value);
        il.Ldloc(value);
        int shift = left ? count : mask + 1 - count;
        il.LdcI4(shift);
        il.Emit(Il.Shl);
        il.Ldloc(value);
        il.LdcI4(mask + 1 - shift);
        il.Emit(Il.ShrUn);
        il.Emit(Il.Add);
    }

    private void Shift(int op, bool wide)
    {
        int mask = wide ? 63 : 31;
        if (Top().Where == Where.Constant)
        {
            int count = (int)Top().Bits & mask;
            Pop();
            Take(1);
            il.LdcI4(count);
        }
        else
        {
            Take(2);
            if (wide)
                il.Emit(Il.ConvI4);
            il.LdcI4(mask);
            il.Emit(Il.And);
        }

        il.Emit(op);
    }

    private void Divide(int operation, bool wide)
    {
        if (Top().Where == Where.Constant)
        {
            long divisor = wide ? Top().Bits : (int)Top().Bits;
            if (divisor is not 0 and not -1)
            {
                Take(2);
                il.Emit(operation switch { 0 => Il.Div, 1 => Il.DivUn, 2 => Il.Rem, _ => Il.RemUn });
                return;
            }
        }

        Binary(operation switch
        {
            0 => wide ? nameof(Numbers.I64DivS) : nameof(Numbers.I32DivS),
            1 => wide ? nameof(Numbers.I64DivU) : nameof(Numbers.I32DivU),
            2 => wide ? nameof(Numbers.I64RemS) : nameof(Numbers.I32RemS),
            _ => wide ? nameof(Numbers.I64RemU) : nameof(Numbers.I32RemU),
        });
    }

    private void Float(int operation, char letter, string width)
    {
        string prefix = letter + width;
        switch (operation)
        {
            case 1:
                Take(1);
                il.Emit(Il.Neg);
                return;
            case >= 7 and <= 10:
                bool folds = FoldsAway(Top()) || FoldsAway(Top(1));
                Take(2);
                il.Emit(Il.Add + operation - 7);
                if (folds)
                    il.Call(Numbers.Method("Quiet" + prefix));
                return;
            case 0 or (>= 2 and <= 6):
                Unary(prefix + operation switch { 0 => "Abs", 2 => "Ceil", 3 => "Floor", 4 => "Trunc", 5 => "Nearest", _ => "Sqrt" });
                return;
            case 11 or 12:
                // The JIT takes a constant zero of either sign for the lesser or greater without looking.
                bool exact = Top().Where == Where.Constant || Top(1).Where == Where.Constant;
                Binary(prefix + (operation == 11 ? "Min" : "Max") + (exact ? "Exact" : ""));
                return;
            default:
                Binary(prefix + "Copysign");
                return;
        }
    }

    /// <summary>A constant with which the JIT would drop the operation, and with it the quietening of a NaN.</summary>
    private static bool FoldsAway(in Operand operand) => operand.Where == Where.Constant && operand.Type switch
    {
        ValType.F32 => BitConverter.Int32BitsToSingle((int)operand.Bits) is 0 or 1 or -1,
        _ => BitConverter.Int64BitsToDouble(operand.Bits) is 0 or 1 or -1,
    };

    private void Convert(int op)
    {
        switch (op)
        {
            case 0xA7: Plain(Il.ConvI4); break;
            case 0xA8: Unary(nameof(Numbers.I32TruncF32S)); break;
            case 0xA9: Unary(nameof(Numbers.I32TruncF32U)); break;
            case 0xAA: Unary(nameof(Numbers.I32TruncF64S)); break;
            case 0xAB: Unary(nameof(Numbers.I32TruncF64U)); break;
            case 0xAC: Plain(Il.ConvI8); break;
            case 0xAD: Plain(Il.ConvU8); break;
            case 0xAE: Unary(nameof(Numbers.I64TruncF32S)); break;
            case 0xAF: Unary(nameof(Numbers.I64TruncF32U)); break;
            case 0xB0: Unary(nameof(Numbers.I64TruncF64S)); break;
            case 0xB1: Unary(nameof(Numbers.I64TruncF64U)); break;
            case 0xB2: Plain(Il.ConvR4); break;
            case 0xB3: Plain(Il.ConvU8, Il.ConvR4); break;
            case 0xB4: Plain(Il.ConvR4); break;
            case 0xB5: Unary(nameof(Numbers.F32ConvertI64U)); break;
            case 0xB6:
                Plain(Il.ConvR4);
                // The JIT takes a promotion and its demotion for nothing at all.
                if (code.Code[position - 1].Op == 0xBB)
                    il.Call(Numbers.Method(nameof(Numbers.QuietF32)));
                break;
            case 0xB7: Plain(Il.ConvR8); break;
            case 0xB8: Plain(Il.ConvU8, Il.ConvR8); break;
            case 0xB9: Plain(Il.ConvR8); break;
            case 0xBA: Unary(nameof(Numbers.F64ConvertI64U)); break;
            case 0xBB: Plain(Il.ConvR8); break;
            case 0xBC: Unary(nameof(Numbers.I32ReinterpretF32)); break;
            case 0xBD: Unary(nameof(Numbers.I64ReinterpretF64)); break;
            case 0xBE: Unary(nameof(Numbers.F32ReinterpretI32)); break;
            case 0xBF: Unary(nameof(Numbers.F64ReinterpretI64)); break;
            case 0xC0: Plain(Il.ConvI1); break;
            case 0xC1: Plain(Il.ConvI2); break;
            case 0xC2: Plain(Il.ConvI1, Il.ConvI8); break;
            case 0xC3: Plain(Il.ConvI2, Il.ConvI8); break;
            default: Plain(Il.ConvI4, Il.ConvI8); break;
        }
    }

    private void Plain(int first, int second = -1)
    {
        Take(1);
        il.Emit(first);
        if (second >= 0)
            il.Emit(second);
    }

    private void Saturating(int op)
    {
        Unary((op - Op.Misc) switch
        {
            0 => nameof(Numbers.I32SatF32S),
            1 => nameof(Numbers.I32SatF32U),
            2 => nameof(Numbers.I32SatF64S),
            3 => nameof(Numbers.I32SatF64U),
            4 => nameof(Numbers.I64SatF32S),
            5 => nameof(Numbers.I64SatF32U),
            6 => nameof(Numbers.I64SatF64S),
            _ => nameof(Numbers.I64SatF64U),
        });
        PushStack(OpTable.Misc[op - Op.Misc].Out);
    }
}
