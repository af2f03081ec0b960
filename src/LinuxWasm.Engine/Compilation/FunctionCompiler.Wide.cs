using LinuxWasm.Engine.Binary;

namespace LinuxWasm.Engine.Compilation;

/// <summary>Numbers of 128 bits, as two operands with the low half first (proposal wide arithmetic).</summary>
internal sealed partial class FunctionCompiler
{
    private void WideArithmetic(int op)
    {
        bool multiplies = op is Op.I64MulWideS or Op.I64MulWideU;
        int[] operands = ParkNumbers(multiplies ? 2 : 4);
        Spill();
        if (multiplies)
            MultiplyWide(operands[0], operands[1], op == Op.I64MulWideS);
        else
            AddWide(operands, op == Op.I64Add128 ? Il.Add : Il.Sub);
    }

    private void MultiplyWide(int left, int right, bool signed)
    {
        Apply(left, right, Il.Mul);
        PushLowHalf();
        il.Ldloc(left);
        il.Ldloc(right);
        il.Call(Helpers.Method(signed ? nameof(Helpers.HighOfProduct) : nameof(Helpers.HighOfUnsignedProduct)));
        PushStack(ValType.I64);
    }

    /// <summary>A sum has carried if it is below its operand; a difference has borrowed if it is above.</summary>
    private void AddWide(int[] operands, int operation)
    {
        Apply(operands[0], operands[2], operation);
        int low = PushLowHalf();
        Apply(operands[1], operands[3], operation);
        il.Ldloc(low);
        il.Ldloc(operands[0]);
        il.Emit(operation == Il.Add ? Il.CltUn : Il.CgtUn);
        il.Emit(Il.ConvU8);
        il.Emit(operation);
        PushStack(ValType.I64);
    }

    private void Apply(int left, int right, int operation)
    {
        il.Ldloc(left);
        il.Ldloc(right);
        il.Emit(operation);
    }

    /// <summary>What is on IL's stack becomes the result below the one to come; answers its local.</summary>
    private int PushLowHalf()
    {
        int slot = Slot(height, ValType.I64);
        il.Stloc(slot);
        PushSlot(ValType.I64);
        return slot;
    }

    /// <summary>Takes operands off and leaves them in locals, the lowest first.</summary>
    private int[] ParkNumbers(int count)
    {
        const int First = 8;
        var parked = new int[count];
        Take(count);
        for (int i = count - 1; i >= 0; i--)
            il.Stloc(parked[i] = Temp(IlType.I64, First + i));
        return parked;
    }
}
