using LinuxWasm.Engine.Binary;

namespace LinuxWasm.Engine.Compilation;

/// <summary>Atomic instructions: an address that is checked for its alignment too, and a helper.</summary>
internal sealed partial class FunctionCompiler
{
    private const int AtomicLoads = Op.Atomic + 0x10;
    private const int AtomicStores = Op.Atomic + 0x17;
    private const int AtomicUpdates = Op.Atomic + 0x1E;
    private const int AtomicCompareExchanges = Op.Atomic + 0x48;
    private const int Variants = 7;

    private static readonly string[] Updates = ["Add", "Sub", "And", "Or", "Xor", "Xchg"];

    private void Atomic(in Instr instr)
    {
        ref readonly var info = ref OpTable.Atomic[instr.Op - Op.Atomic];
        switch (instr.Op)
        {
            case Op.AtomicFence:
                il.Call(typeof(Interlocked).GetMethod(nameof(Interlocked.MemoryBarrier))!);
                return;
            case Op.AtomicNotify:
                AtomicWith(instr, info, nameof(Atomics.Notify), waits: true);
                return;
            case Op.AtomicWait32:
                AtomicWith(instr, info, nameof(Atomics.Wait32), waits: true);
                Settle(info.Out);
                return;
            case Op.AtomicWait64:
                AtomicWith(instr, info, nameof(Atomics.Wait64), waits: true);
                Settle(info.Out);
                return;
        }

        string operation = instr.Op switch
        {
            < AtomicStores => "Load",
            < AtomicUpdates => "Store",
            < AtomicCompareExchanges => Updates[(instr.Op - AtomicUpdates) / Variants],
            _ => "Cmpxchg",
        };
        AtomicWith(instr, info, operation + (info.Width * 8), waits: false);
    }

    private void AtomicWith(in Instr instr, in OpInfo info, string helper, bool waits)
    {
        var second = info.Inputs > 2 ? Park(1) : default;
        var first = info.Inputs > 1 ? Park() : default;
        Address(instr.A, instr.Imm, info.Width);
        int address = Temp(IlType.Native, 1);
        il.Stloc(address);
        Spill();
        if (info.Width > 1)
        {
            il.Ldloc(address);
            il.LdcI4(info.Width - 1);
            il.Emit(Il.And);
            il.Branch(Il.Brtrue, TrapLabel(TrapKind.UnalignedAtomic));
        }

        // i64 instructions on narrower cells go through the 32-bit helpers.
        bool narrowed = !waits && info.Width < 8 && (info.Inputs > 1 ? info.In1 : info.Out) == ValType.I64;
        if (!waits)
            il.Ldloc(address);
        if (info.Inputs > 1)
            AtomicOperand(first, narrowed);
        if (info.Inputs > 2)
            AtomicOperand(second, narrowed);
        if (waits)
        {
            il.Ldloc(address);
            il.LdcI4(instr.A);
            il.Ldarg(parameters);
        }

        il.Call(Atomics.Method(helper));
        if (info.Out == ValTypes.Unknown)
            return;
        if (narrowed)
            il.Emit(Il.ConvU8);
        PushStack(info.Out);
    }

    private void AtomicOperand(in Parked operand, bool narrowed)
    {
        Unpark(operand);
        if (narrowed)
            il.Emit(Il.ConvI4);
    }

    /// <summary>Behind an instruction that may have run the host's callback.</summary>
    private void Settle(ValType result)
    {
        Take(1);
        il.Stloc(Slot(height, result));
        TestUnwind(UnwindLabel());
        LoadMemory();
        PushSlot(result);
    }
}
