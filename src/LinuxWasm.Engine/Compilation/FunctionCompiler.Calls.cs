namespace LinuxWasm.Engine.Compilation;

/// <summary>Calls, direct and through tables.</summary>
internal sealed partial class FunctionCompiler
{
    private void Call(int callee)
    {
        InjectSuspension();
        var type = module.Functions[callee];
        if ((owner.Facts.Traits(callee) & ImportTraits.SetJmp) != 0)
        {
            SetJump(type);
            return;
        }

        bool unwinds = owner.Facts.MayUnwind(callee);
        if (unwinds)
            TakeAlone(type.Parameters.Length);
        else
            Take(type.Parameters.Length);
        Context(layout.Function(callee));
        Context(layout.Function(callee));
        il.Emit(Il.LdindI);
        il.Calli(Signatures.ForCall(type));
        FinishCall(type, unwinds, owner.Facts.Resumable(callee));
    }

    private void CallIndirect(int typeIndex, int table)
    {
        InjectSuspension();
        var type = module.FunctionType(typeIndex);
        int reference = TableElement(table);
        CheckType(reference, typeIndex);
        CallTo(reference, type);
    }

    /// <summary>A call in place of this frame; nothing comes back here, so nothing is tested.</summary>
    private void TailCall(int callee)
    {
        InjectSuspension();
        LeaveFrame();
        TakeAlone(module.Functions[callee].Parameters.Length);
        Context(layout.Function(callee));
        Context(layout.Function(callee));
        FinishTailCall(module.Functions[callee]);
    }

    private void TailCallIndirect(int typeIndex, int table)
    {
        InjectSuspension();
        LeaveFrame();
        int reference = TableElement(table);
        CheckType(reference, typeIndex);
        TailCallTo(reference, module.FunctionType(typeIndex));
    }

    private void CallReference(int typeIndex)
    {
        InjectSuspension();
        CallTo(FunctionReference(), module.FunctionType(typeIndex));
    }

    private void TailCallReference(int typeIndex)
    {
        InjectSuspension();
        LeaveFrame();
        TailCallTo(FunctionReference(), module.FunctionType(typeIndex));
    }

    /// <summary>Calls the function whose reference, of that type and not null, stands in a local.</summary>
    private void CallTo(int reference, FuncType type)
    {
        TakeAlone(type.Parameters.Length);
        il.Ldloc(reference);
        il.Ldloc(reference);
        il.Emit(Il.LdindI);
        il.Calli(Signatures.ForCall(type));
        FinishCall(type, unwinds: true, owner.Facts.Resumable(type));
    }

    private void TailCallTo(int reference, FuncType type)
    {
        TakeAlone(type.Parameters.Length);
        il.Ldloc(reference);
        il.Ldloc(reference);
        FinishTailCall(type);
    }

    private void FinishTailCall(FuncType type)
    {
        il.Emit(Il.LdindI);
        il.TailPrefix();
        il.Calli(Signatures.ForCall(type));
        il.Emit(Il.Ret);
        unreachable = true;
    }

    /// <summary>Takes a reference off and leaves it, found not to be null, in a local. Its type needs no check.</summary>
    private int FunctionReference()
    {
        int reference = Temp(IlType.Native, 3);
        Take(1);
        il.Stloc(reference);
        Spill();
        il.Ldloc(reference);
        il.Branch(Il.Brfalse, TrapLabel(TrapKind.NullFunction));
        return reference;
    }

    /// <summary>Takes an index off and leaves the table's element in a local.</summary>
    private int TableElement(int table)
    {
        int index = Temp(IlType.I64, 2);
        int slot = Temp(IlType.Native, 2);
        int reference = Temp(IlType.Native, 3);
        Take(1);
        if (!module.Tables[table].Is64)
            il.Emit(Il.ConvU8);
        il.Stloc(index);
        Spill();
        Context(layout.Table(table));
        il.Emit(Il.LdindI);
        il.Stloc(slot);
        il.Ldloc(index);
        il.Ldloc(slot);
        il.LdcI4(8);
        il.Emit(Il.Add);
        il.Emit(Il.LdindI8);
        il.Branch(Il.BgeUn, TrapLabel(TrapKind.UndefinedElement));
        il.Ldloc(slot);
        il.Emit(Il.LdindI);
        il.Ldloc(index);
        il.LdcI4(3);
        il.Emit(Il.Shl);
        il.Emit(Il.Add);
        il.Emit(Il.LdindI);
        il.Stloc(reference);
        return reference;
    }

    private void CheckType(int reference, int typeIndex)
    {
        var type = module.FunctionType(typeIndex);
        int wrong = il.DefineLabel();
        int right = il.DefineLabel();
        il.Ldloc(reference);
        il.LdcI4(VmOffsets.FuncTypeId);
        il.Emit(Il.Add);
        il.Emit(Il.LdindI4);
        Context(layout.TypeId(typeIndex));
        il.Emit(Il.LdindI4);
        il.Branch(Il.BneUn, wrong);
        coldPaths.Add(() =>
        {
            il.Mark(wrong);
            if (!type.Final)
            {
                il.Ldloc(reference);
                LoadTypeIdAt(typeIndex);
                il.Call(Helpers.Method(nameof(Helpers.IsOfSubtype)));
                il.Branch(Il.Brtrue, right);
            }

            il.Ldloc(reference);
            if (owner.Options.EmulateFunctionPointerCasts)
            {
                LoadTypeIdAt(typeIndex);
                il.Ldarg(parameters);
                il.Call(Helpers.Method(nameof(Helpers.CastReference)));
                il.Stloc(reference);
                il.Branch(Il.Br, right);
                return;
            }

            il.Call(Helpers.Method(nameof(Helpers.ThrowWrongType)));
            ReturnNothing();
        });
        il.Mark(right);
    }

    /// <summary>Behind a call: the state's test, the memory's locals, and the results.</summary>
    private void FinishCall(FuncType type, bool unwinds, bool suspends)
    {
        var results = type.Results;
        if (!unwinds)
        {
            if (results.Length > 1)
                throw new InvalidOperationException("functions with several results always count as unwinding");
            if (results.Length == 1)
                PushStack(results[0]);
            return;
        }

        if (results.Length > 0)
            il.Stloc(Slot(height, results[0]));
        if (suspends)
            SuspendingSite(type);
        else
            TestUnwind(HandlerLabel());
        LoadMemory();
        for (int i = 0; i < results.Length; i++)
        {
            if (i > 0)
            {
                Context(VmOffsets.Results);
                il.Emit(Il.LdindI);
                il.LdcI4(i * 16);
                il.Emit(Il.Add);
                il.LoadIndirect(results[i]);
                il.Stloc(Slot(height, results[i]));
            }

            PushSlot(results[i]);
        }
    }
}
