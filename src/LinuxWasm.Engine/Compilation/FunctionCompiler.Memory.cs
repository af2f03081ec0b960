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
    private int lengthLocal = -1;
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
                lengthLocal = il.DeclareLocal(IlType.I64);
        }

        Context(layout.Memory(0));
        il.Emit(Il.LdindI);
        il.Stloc(baseLocal);
        if (lengthLocal >= 0)
        {
            Context(layout.Memory(0) + 8);
            il.Emit(Il.LdindI8);
            il.Stloc(lengthLocal);
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
        if (memory == 0 && lengthLocal >= 0)
        {
            il.Ldloc(lengthLocal);
            return;
        }

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
            long start = (uint)address.Bits + offset;
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
        Take(1);
        il.Emit(Il.ConvU8);
        il.Stloc(addressLocal);
        Spill();
        il.Ldloc(addressLocal);
        if (extent == 1)
        {
            MemoryLength(memory);
            il.Branch(Il.BgeUn, TrapLabel(TrapKind.MemoryOutOfBounds));
        }
        else
        {
            il.LdcI8(extent);
            il.Emit(Il.Add);
            MemoryLength(memory);
            il.Branch(Il.BgtUn, TrapLabel(TrapKind.MemoryOutOfBounds));
        }

        if (address.Where == Where.Local && memory == 0)
            checkedExtents[address.Local] = extent;
        MemoryBase(memory);
        il.Ldloc(addressLocal);
        il.Emit(Il.Add);
        AddOffset(offset);
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
