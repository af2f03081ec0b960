namespace LinuxWasm.Engine.Compilation;

/// <summary>
/// The operand stack while compiling. An operand is on IL's own stack, or a constant or local that is fetched when it is used, or in a
/// local of its own (a slot, one for each height and type). At labels and branches IL's stack is empty.
/// </summary>
internal sealed partial class FunctionCompiler
{
    private enum Where : byte
    {
        /// <summary>On IL's stack, in order with the others that are.</summary>
        Stack,
        Constant,
        Local,

        /// <summary>In the slot of its height and type.</summary>
        Slot,
    }

    private readonly Dictionary<int, int> slots = [];
    private Operand[] operands = new Operand[32];
    private int height;
    private int onStack;

    private ref Operand Top(int below = 0) => ref operands[height - 1 - below];

    private void Push(Operand operand)
    {
        if (height == operands.Length)
            Array.Resize(ref operands, height * 2);
        operands[height++] = operand;
        if (operand.Where == Where.Stack)
            onStack++;
        il.MaxStack = Math.Max(il.MaxStack, onStack + 16);
    }

    private void PushStack(ValType type) => Push(new Operand(Where.Stack, type, 0, 0));

    private void PushConstant(ValType type, long bits) => Push(new Operand(Where.Constant, type, 0, bits));

    private void PushLocal(int local) => Push(new Operand(Where.Local, code.Locals[local], local, 0));

    private void PushSlot(ValType type) => Push(new Operand(Where.Slot, type, 0, 0));

    private Operand Pop()
    {
        var operand = operands[--height];
        if (operand.Where == Where.Stack)
            onStack--;
        return operand;
    }

    private int Slot(int at, ValType type)
    {
        int key = at * 8 + (int)IlTypes.Of(type);
        if (!slots.TryGetValue(key, out int local))
            slots[key] = local = il.DeclareLocal(IlTypes.Of(type));
        return local;
    }

    /// <summary>Puts an operand that is not on IL's stack there.</summary>
    private void Load(in Operand operand, int at)
    {
        switch (operand.Where)
        {
            case Where.Constant:
                LoadConstant(operand.Type, operand.Bits);
                break;
            case Where.Local:
                LoadLocal(operand.Local);
                break;
            case Where.Slot:
                il.Ldloc(Slot(at, operand.Type));
                break;
        }
    }

    private void LoadConstant(ValType type, long bits)
    {
        switch (type)
        {
            case ValType.I32:
                il.LdcI4((int)bits);
                break;
            case ValType.I64:
                il.LdcI8(bits);
                break;
            case ValType.F32:
                if (float.IsNaN(BitConverter.Int32BitsToSingle((int)bits)))
                {
                    il.LdcI4((int)bits);
                    il.Call(Helpers.Method(nameof(Helpers.F32FromBits)));
                }
                else
                {
                    il.LdcR4((int)bits);
                }

                break;
            case ValType.F64:
                if (double.IsNaN(BitConverter.Int64BitsToDouble(bits)))
                {
                    il.LdcI8(bits);
                    il.Call(Helpers.Method(nameof(Helpers.F64FromBits)));
                }
                else
                {
                    il.LdcR8(bits);
                }

                break;
            case ValType.V128:
                LoadVectorConstant((int)bits);
                break;
            default:
                il.LdcI4((int)bits);
                il.Emit(Il.ConvU);
                break;
        }
    }

    private void LoadLocal(int local)
    {
        if (local < parameters)
            il.Ldarg(local);
        else
            il.Ldloc(localMap[local - parameters]);
    }

    private void StoreLocal(int local)
    {
        if (local < parameters)
            il.Starg(local);
        else
            il.Stloc(localMap[local - parameters]);
    }

    /// <summary>Moves all that is on IL's stack to slots.</summary>
    private void Spill()
    {
        for (int i = height - 1; onStack > 0; i--)
        {
            if (operands[i].Where == Where.Stack)
                SpillAt(i);
        }
    }

    private void SpillAt(int at)
    {
        il.Stloc(Slot(at, operands[at].Type));
        operands[at] = operands[at] with { Where = Where.Slot };
        onStack--;
    }

    /// <summary>Before a label: nothing on IL's stack, and no operand that a later assignment to a local could change.</summary>
    private void Flush()
    {
        Spill();
        for (int i = 0; i < height; i++)
        {
            if (operands[i].Where == Where.Local)
                ToSlot(i, i);
        }
    }

    /// <summary>Before an assignment: operands that mean the local's old value get it.</summary>
    private void Detach(int local)
    {
        for (int i = 0; i < height; i++)
        {
            if (operands[i].Where == Where.Local && operands[i].Local == local)
                ToSlot(i, i);
        }
    }

    private void ToSlot(int at, int slotHeight)
    {
        var operand = operands[at];
        Load(operand, at);
        il.Stloc(Slot(slotHeight, operand.Type));
        if (at == slotHeight)
            operands[at] = operand with { Where = Where.Slot };
    }

    /// <summary>Brings the topmost operands to IL's stack, in order, and takes them off: the next instruction consumes them.</summary>
    private void Take(int count)
    {
        int first = height - count;
        int from = first;
        while (from < height && operands[from].Where == Where.Stack)
            from++;
        for (int i = height - 1; i > from; i--)
        {
            if (operands[i].Where == Where.Stack)
                SpillAt(i);
        }

        for (int i = from; i < height; i++)
            Load(operands[i], i);
        for (int i = first; i < from; i++)
            onStack--;
        il.MaxStack = Math.Max(il.MaxStack, onStack + count + 16);
        height = first;
    }

    /// <summary>As <see cref="Take"/> for two operands whose order does not matter. False: they are there in order.</summary>
    private void TakeCommutative()
    {
        if (Top().Where == Where.Stack && Top(1).Where != Where.Stack)
        {
            Load(Top(1), height - 2);
            onStack--;
            height -= 2;
            il.MaxStack = Math.Max(il.MaxStack, onStack + 18);
            return;
        }

        Take(2);
    }

    /// <summary>Leaves nothing on IL's stack but the topmost operands, in order, and takes those off.</summary>
    private void TakeAlone(int count)
    {
        int within = 0;
        for (int i = height - count; i < height; i++)
            within += operands[i].Where == Where.Stack ? 1 : 0;
        if (onStack > within)
            Spill();
        Take(count);
    }

    /// <summary>Copies the topmost operands to the slots of a label; they stay on the stack.</summary>
    private void CopyToLabel(ReadOnlySpan<ValType> types, int labelHeight)
    {
        Spill();
        int first = height - types.Length;
        for (int i = 0; i < types.Length; i++)
        {
            if (first == labelHeight && operands[first + i].Where == Where.Slot)
                continue;
            Load(operands[first + i], first + i);
            il.Stloc(Slot(labelHeight + i, types[i]));
        }
    }

    /// <summary>True if the topmost operands already stand where the label wants them.</summary>
    private bool InPlace(int count, int labelHeight)
    {
        if (count == 0)
            return true;
        if (height - count != labelHeight)
            return false;
        for (int i = labelHeight; i < height; i++)
        {
            if (operands[i].Where != Where.Slot)
                return false;
        }

        return true;
    }

    /// <summary>The stack as it is behind a label: so high, and the label's values in their slots.</summary>
    private void SetHeight(int labelHeight, ReadOnlySpan<ValType> types)
    {
        height = labelHeight;
        onStack = 0;
        foreach (var type in types)
            PushSlot(type);
    }

    private readonly record struct Operand(Where Where, ValType Type, int Local, long Bits);
}
