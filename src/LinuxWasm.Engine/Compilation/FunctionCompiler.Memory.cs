using LinuxWasm.Engine.Binary;

namespace LinuxWasm.Engine.Compilation;

/// <summary>
/// Loads and stores. Base and length of memory 0 are locals where that pays; they are read anew after each call, so that they
/// need not survive one, and so that growth is seen.
/// </summary>
internal sealed partial class FunctionCompiler
{
    /// <summary>How far memory 0 is known to reach from a local's value, until the local or the flow of control changes.</summary>
    private readonly Dictionary<int, long> checkedExtents = [];

    private int baseLocal = -1;

    /// <summary>Memory 0's length less <see cref="commonExtent"/>.</summary>
    private int limitLocal = -1;

    /// <summary>How far behind its address the most frequent access reaches: that one's check is a comparison and nothing else.</summary>
    private long commonExtent;

    private int addressLocal = -1;

    private void ForgetChecks() => checkedExtents.Clear();

    /// <summary>Fills the locals for memory 0, at the entry and after calls.</summary>
    private void LoadMemory()
    {
        if (code.MemoryAccesses < 2 || module.Memories.Count == 0)
            return;
        if (baseLocal < 0)
        {
            baseLocal = il.DeclareLocal(IlType.Native);
            // Another thread may grow a shared memory at any time; then the length is always read where it stands.
            if (!module.Memories[0].Shared)
            {
                limitLocal = il.DeclareLocal(IlType.I64);
                commonExtent = MemoryReach.MostFrequent(code);
            }
        }

        Context(layout.Memory(0));
        il.Emit(Il.LdindI);
        il.Stloc(baseLocal);
        if (limitLocal >= 0)
        {
            MemoryLength(0);
            il.LdcI8(commonExtent);
            il.Emit(Il.Sub);
            il.Stloc(limitLocal);
        }
    }

    private void MemoryBase(int memory)
    {
        if (memory == 0 && baseLocal >= 0)
        {
            il.Ldloc(baseLocal);
            return;
        }

        Context(layout.Memory(memory));
        il.Emit(Il.LdindI);
    }

    private void MemoryLength(int memory)
    {
        Context(layout.Memory(memory) + 8);
        il.Emit(Il.LdindI8);
    }

    /// <summary>
    /// Takes the address off, checks it and leaves the native address on IL's stack. Operands above it must have been taken off and parked.
    /// </summary>
    private void Address(int memory, long offset, int width)
    {
        var address = Top();
        long extent = offset + width;
        if (address.Where == Where.Constant)
        {
            ulong constant = module.Memories[memory].Is64 ? Math.Min((ulong)address.Bits, FunctionCode.BeyondMemory) : (uint)address.Bits;
            long start = (long)constant + offset;
            if ((ulong)(start + width) <= module.Memories[memory].Minimum * LinearMemory.PageSize)
            {
                Pop();
                MemoryBase(memory);
                il.LdcI8(start);
                il.Emit(Il.Add);
                return;
            }
        }

        if (address.Where == Where.Local && memory == 0 && checkedExtents.TryGetValue(address.Local, out long known) && known >= extent)
        {
            Pop();
            MemoryBase(memory);
            LoadLocal(address.Local);
            il.Emit(Il.ConvU8);
            il.Emit(Il.Add);
            AddOffset(offset);
            return;
        }

        if (addressLocal < 0)
            addressLocal = il.DeclareLocal(IlType.I64);
        if (address.Where == Where.Local && memory == 0)
            checkedExtents[address.Local] = extent = MemoryReach.Ahead(code, position, address.Local, extent);
        Take(1);
        il.Emit(Il.ConvU8);
        il.Stloc(addressLocal);
        Spill();
        if (module.Memories[memory].Is64)
        {
            il.Ldloc(addressLocal);
            il.LdcI8((long)FunctionCode.BeyondMemory);
            il.Branch(Il.BgtUn, TrapLabel(TrapKind.MemoryOutOfBounds));
        }

        il.Ldloc(addressLocal);
        CheckExtent(memory, extent);
        MemoryBase(memory);
        il.Ldloc(addressLocal);
        il.Emit(Il.Add);
        AddOffset(offset);
    }

    /// <summary>Takes an address, 64 bits wide but small, off IL's stack and traps if memory does not reach so far behind it.</summary>
    private void CheckExtent(int memory, long extent)
    {
        bool limited = memory == 0 && limitLocal >= 0;
        long beyond = limited ? extent - commonExtent : extent;
        if (beyond != 0)
        {
            il.LdcI8(beyond);
            il.Emit(Il.Add);
        }

        // Signed, since a small memory's limit is negative.
        if (limited)
            il.Ldloc(limitLocal);
        else
            MemoryLength(memory);
        il.Branch(Il.Bgt, TrapLabel(TrapKind.MemoryOutOfBounds));
    }

    /// <summary>memory.copy and memory.fill: checked in place, then one call that knows nothing of instances.</summary>
    private void Bulk(string helper, int toMemory, int fromMemory)
    {
        int count = Temp(IlType.I64, 5), second = Temp(IlType.I64, 6), to = Temp(IlType.I64, 7);
        bool copies = fromMemory >= 0;
        Take(3);
        il.Emit(Il.ConvU8);
        il.Stloc(count);
        il.Emit(Il.ConvU8);
        il.Stloc(second);
        il.Emit(Il.ConvU8);
        il.Stloc(to);
        Spill();
        CheckRange(toMemory, to, count);
        if (copies)
            CheckRange(fromMemory, second, count);
        MemoryBase(toMemory);
        il.Ldloc(to);
        il.Emit(Il.Add);
        if (copies)
            MemoryBase(fromMemory);
        il.Ldloc(second);
        if (copies)
            il.Emit(Il.Add);
        il.Ldloc(count);
        il.Call(Helpers.Method(helper));
    }

    private void CheckRange(int memory, int start, int count)
    {
        if (module.Memories[memory].Is64)
        {
            // Their sum may be too large for a number.
            il.Ldloc(count);
            MemoryLength(memory);
            il.Branch(Il.BgtUn, TrapLabel(TrapKind.MemoryOutOfBounds));
            il.Ldloc(start);
            MemoryLength(memory);
            il.Ldloc(count);
            il.Emit(Il.Sub);
            il.Branch(Il.BgtUn, TrapLabel(TrapKind.MemoryOutOfBounds));
            return;
        }

        il.Ldloc(start);
        il.Ldloc(count);
        il.Emit(Il.Add);
        MemoryLength(memory);
        il.Branch(Il.BgtUn, TrapLabel(TrapKind.MemoryOutOfBounds));
    }

    private void AddOffset(long offset)
    {
        if (offset == 0)
            return;
        il.LdcI8(offset);
        il.Emit(Il.Add);
    }

    private void EmitLoad(in Instr instr)
    {
        ref readonly var info = ref OpTable.Plain[instr.Op];
        Address(instr.A, instr.Imm, info.Width);
        switch (instr.Op)
        {
            case Op.I32Load: il.Emit(Il.LdindI4); break;
            case Op.I64Load: il.Emit(Il.LdindI8); break;
            case Op.F32Load: il.Emit(Il.LdindR4); break;
            case Op.F64Load: il.Emit(Il.LdindR8); break;
            case 0x2C: il.Emit(Il.LdindI1); break;
            case 0x2D: il.Emit(Il.LdindU1); break;
            case 0x2E: il.Emit(Il.LdindI2); break;
            case 0x2F: il.Emit(Il.LdindU2); break;
            case 0x30: Widen(Il.LdindI1, Il.ConvI8); break;
            case 0x31: Widen(Il.LdindU1, Il.ConvU8); break;
            case 0x32: Widen(Il.LdindI2, Il.ConvI8); break;
            case 0x33: Widen(Il.LdindU2, Il.ConvU8); break;
            case 0x34: Widen(Il.LdindI4, Il.ConvI8); break;
            default: Widen(Il.LdindU4, Il.ConvU8); break;
        }

        PushStack(info.Out);
    }

    private void Widen(int load, int convert)
    {
        il.Emit(load);
        il.Emit(convert);
    }

    private void EmitStore(in Instr instr)
    {
        ref readonly var info = ref OpTable.Plain[instr.Op];
        var value = Park();
        Address(instr.A, instr.Imm, info.Width);
        Unpark(value);
        il.Emit(instr.Op switch
        {
            Op.I32Store => Il.StindI4,
            0x37 => Il.StindI8,
            0x38 => Il.StindR4,
            0x39 => Il.StindR8,
            0x3A or 0x3C => Il.StindI1,
            0x3B or 0x3D => Il.StindI2,
            _ => Il.StindI4,
        });
    }

    /// <summary>Takes the topmost operand off and keeps it where it can be fetched later: in a temporary if it is on IL's stack.</summary>
    private Parked Park(int which = 0)
    {
        var operand = Pop();
        if (operand.Where != Where.Stack)
            return new Parked(operand, height, -1);
        int temp = Temp(IlTypes.Of(operand.Type), which + 1);
        il.Stloc(temp);
        return new Parked(operand, height, temp);
    }

    private void Unpark(in Parked parked)
    {
        if (parked.Temp >= 0)
            il.Ldloc(parked.Temp);
        else
            Load(parked.Operand, parked.Height);
    }

    private readonly record struct Parked(Operand Operand, int Height, int Temp);
}
