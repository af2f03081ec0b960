using LinuxWasm.Engine.Binary;

namespace LinuxWasm.Engine.Compilation;

/// <summary>Which instruction becomes what.</summary>
internal sealed partial class FunctionCompiler
{
    private void Instruction(in Instr instr)
    {
        switch (instr.Op)
        {
            case Op.Unreachable:
                Spill();
                il.Branch(Il.Br, TrapLabel(TrapKind.Unreachable));
                unreachable = true;
                break;
            case Op.Nop:
                break;
            case Op.Block or Op.Loop:
                OpenBlock(instr);
                break;
            case Op.Try or Op.TryTable:
                OpenTry(instr);
                break;
            case Op.Catch or Op.CatchAll:
                Catch(instr);
                break;
            case Op.Delegate:
                Delegate(instr);
                break;
            case Op.Throw:
                Throw(instr.A);
                break;
            case Op.Rethrow:
                Rethrow(instr.A);
                break;
            case Op.ThrowRef:
                ThrowRef();
                break;
            case Op.If:
                OpenIf(instr);
                break;
            case Op.Else:
                Else();
                break;
            case Op.End:
                End();
                break;
            case Op.Br:
                Branch(instr.A);
                break;
            case Op.BrIf:
                BranchIf(instr.A);
                break;
            case Op.BrOnNull:
                BranchOnNull(instr.A);
                break;
            case Op.BrOnNonNull:
                BranchOnNonNull(instr.A);
                break;
            case Op.BrTable:
                BranchTable(code.LabelLists[instr.A]);
                break;
            case Op.Return:
                Return();
                break;
            case Op.Call:
                Call(instr.A);
                break;
            case Op.CallIndirect:
                CallIndirect(instr.A, instr.B);
                break;
            case Op.CallRef:
                CallReference(instr.A);
                break;
            case Op.ReturnCallRef:
                TailCallReference(instr.A);
                break;
            case Op.ReturnCall:
                TailCall(instr.A);
                break;
            case Op.ReturnCallIndirect:
                TailCallIndirect(instr.A, instr.B);
                break;
            case Op.Drop:
                if (Pop().Where == Where.Stack)
                    il.Emit(Il.Pop);
                break;
            case Op.Select:
                Select(Top(2).Type);
                break;
            case Op.SelectTyped:
                Select((ValType)instr.A);
                break;
            case Op.LocalGet:
                PushLocal(instr.A);
                break;
            case Op.LocalSet:
                SetLocal(instr.A);
                break;
            case Op.LocalTee:
                SetLocal(instr.A);
                PushLocal(instr.A);
                break;
            case Op.GlobalGet:
                GlobalAddress(instr.A);
                il.LoadIndirect(module.Globals[instr.A].Type);
                PushStack(module.Globals[instr.A].Type);
                break;
            case Op.GlobalSet:
                var value = Park();
                GlobalAddress(instr.A);
                Unpark(value);
                il.StoreIndirect(module.Globals[instr.A].Type);
                break;
            case Op.I32Const:
                PushConstant(ValType.I32, instr.Imm);
                break;
            case Op.I64Const:
                PushConstant(ValType.I64, instr.Imm);
                break;
            case Op.F32Const:
                PushConstant(ValType.F32, instr.Imm);
                break;
            case Op.F64Const:
                PushConstant(ValType.F64, instr.Imm);
                break;
            case Op.RefNull:
                PushConstant((ValType)instr.A, 0);
                break;
            case Op.RefIsNull:
                Take(1);
                LoadNull();
                il.Emit(Il.Ceq);
                PushStack(ValType.I32);
                break;
            case Op.RefEq:
                Take(2);
                il.Emit(Il.Ceq);
                PushStack(ValType.I32);
                break;
            case Op.RefAsNonNull:
                AssertNonNull();
                break;
            case Op.RefFunc:
                Context(layout.Function(instr.A));
                if (instr.A < module.ImportedFunctions)
                    il.Call(Helpers.Method(nameof(Helpers.Canonical)));
                PushStack(ValTypes.Reference(module.Functions[instr.A]).NonNull());
                break;
            case >= Op.I32Load and <= Op.I64Load32U:
                EmitLoad(instr);
                break;
            case >= Op.I32Store and <= Op.I64Store32:
                EmitStore(instr);
                break;
            case >= Op.I32Eqz and <= Op.I64Extend32S:
                Numeric(instr.Op);
                break;
            case Op.MemorySize:
                Context(layout.Memory(instr.A) + 8);
                il.Emit(Il.LdindI8);
                il.LdcI4(16);
                il.Emit(Il.ShrUn);
                PushStack(ValType.I64);
                NarrowIndex(module.Memories[instr.A].Is64);
                break;
            case >= Op.Misc and < Op.MemoryInit:
                Saturating(instr.Op);
                break;
            case >= Op.I64Add128 and <= Op.I64MulWideU:
                WideArithmetic(instr.Op);
                break;
            case >= Op.Simd and < Op.SimdEnd:
                Simd(instr);
                break;
            case >= Op.Atomic:
                Atomic(instr);
                break;
            default:
                Bulk(instr);
                break;
        }
    }

    private void SetLocal(int local)
    {
        Take(1);
        Detach(local);
        StoreLocal(local);
        checkedExtents.Remove(local);
    }

    private void GlobalAddress(int global)
    {
        Context(layout.Global(global));
        if (global < module.ImportedGlobals && module.Globals[global].Mutable)
            il.Emit(Il.LdindI);
    }

    private void Select(ValType type)
    {
        var condition = Park();
        var second = Park(1);
        Take(1);
        int result = Slot(height, type);
        il.Stloc(result);
        Spill();
        int keep = il.DefineLabel();
        Unpark(condition);
        il.Branch(Il.Brtrue, keep);
        Unpark(second);
        il.Stloc(result);
        il.Mark(keep);
        PushSlot(type);
    }

    /// <summary>Table and memory instructions that helpers carry out: operands, then immediates, then the function's reference.</summary>
    private void Bulk(in Instr instr)
    {
        switch (instr.Op)
        {
            case Op.MemoryGrow:
                if (!module.Memories[instr.A].Is64)
                    WidenIndexAt(0);
                Helper(nameof(Helpers.MemoryGrow), 1, ValType.I64, instr.A);
                NarrowIndex(module.Memories[instr.A].Is64);
                LoadMemory();
                break;
            case Op.MemoryInit:
                if (!module.Memories[instr.B].Is64)
                    WidenIndexAt(2);
                Helper(nameof(Helpers.MemoryInit), 3, null, instr.A, instr.B);
                break;
            case Op.DataDrop:
                Helper(nameof(Helpers.DataDrop), 0, null, instr.A);
                break;
            case Op.MemoryCopy:
                Bulk(nameof(Helpers.MemoryCopy), instr.A, instr.B);
                break;
            case Op.MemoryFill:
                Bulk(nameof(Helpers.MemoryFill), instr.A, -1);
                break;
            case Op.TableGet:
                WidenIndex(instr.A, 0);
                Helper(nameof(Helpers.TableGet), 1, module.Tables[instr.A].Element, instr.A);
                break;
            case Op.TableSet:
                WidenIndex(instr.A, 1);
                Helper(nameof(Helpers.TableSet), 2, null, instr.A);
                break;
            case Op.TableInit:
                WidenIndex(instr.B, 2);
                Helper(nameof(Helpers.TableInit), 3, null, instr.A, instr.B);
                break;
            case Op.ElemDrop:
                Helper(nameof(Helpers.ElemDrop), 0, null, instr.A);
                break;
            case Op.TableCopy:
                bool both = module.Tables[instr.A].Is64 && module.Tables[instr.B].Is64;
                if (!both)
                    WidenIndexAt(0);
                WidenIndex(instr.B, 1);
                WidenIndex(instr.A, 2);
                Helper(nameof(Helpers.TableCopy), 3, null, instr.A, instr.B);
                break;
            case Op.TableGrow:
                WidenIndex(instr.A, 0);
                Helper(nameof(Helpers.TableGrow), 2, ValType.I64, instr.A);
                NarrowIndex(module.Tables[instr.A].Is64);
                break;
            case Op.TableSize:
                Helper(nameof(Helpers.TableLength), 0, ValType.I64, instr.A);
                NarrowIndex(module.Tables[instr.A].Is64);
                break;
            case Op.TableFill:
                WidenIndex(instr.A, 0);
                WidenIndex(instr.A, 2);
                Helper(nameof(Helpers.TableFill), 3, null, instr.A);
                break;
            default:
                throw new NotSupportedException($"instruction 0x{instr.Op:x} of func[{index}] is not supported");
        }
    }

    private void Helper(string name, int inputs, ValType? result, params ReadOnlySpan<int> immediates)
    {
        Take(inputs);
        foreach (int immediate in immediates)
            il.LdcI4(immediate);
        il.Ldarg(parameters);
        il.Call(Helpers.Method(name));
        if (result is { } type)
            PushStack(type);
    }

    /// <summary>Helpers take indexes as i64: those of a 32-bit table are zero-extended where they stand.</summary>
    private void WidenIndex(int table, int below)
    {
        if (!module.Tables[table].Is64)
            WidenIndexAt(below);
    }

    private void WidenIndexAt(int below)
    {
        int at = height - 1 - below;
        Spill();
        Load(operands[at], at);
        il.Emit(Il.ConvU8);
        il.Stloc(Slot(at, ValType.I64));
        operands[at] = new Operand(Where.Slot, ValType.I64, 0, 0);
    }

    private void NarrowIndex(bool is64)
    {
        if (is64)
            return;
        Take(1);
        il.Emit(Il.ConvI4);
        PushStack(ValType.I32);
    }
}
