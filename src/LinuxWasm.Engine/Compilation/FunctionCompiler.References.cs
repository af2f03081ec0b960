namespace LinuxWasm.Engine.Compilation;

/// <summary>References that may be null, and those that may not.</summary>
internal sealed partial class FunctionCompiler
{
    private void LoadNull()
    {
        il.LdcI4(0);
        il.Emit(Il.ConvU);
    }

    private void AssertNonNull()
    {
        var type = Top().Type.NonNull();
        int reference = ParkReference();
        Spill();
        il.Ldloc(reference);
        il.Branch(Il.Brfalse, TrapLabel(TrapKind.NullReference));
        il.Ldloc(reference);
        PushStack(type);
    }

    /// <summary>Where the reference is null it is dropped, and the label takes what lies below.</summary>
    private void BranchOnNull(int depth)
    {
        var type = Top().Type.NonNull();
        int reference = ParkReference();
        il.Ldloc(reference);
        LoadNull();
        il.Emit(Il.Ceq);
        PushStack(ValType.I32);
        BranchIf(depth);
        il.Ldloc(reference);
        PushStack(type);
    }

    /// <summary>Where the reference is not null, the label takes it with what lies below; else it is dropped.</summary>
    private void BranchOnNonNull(int depth)
    {
        var type = Top().Type.NonNull();
        int reference = ParkReference();
        il.Ldloc(reference);
        il.Stloc(Slot(height, type));
        PushSlot(type);
        il.Ldloc(reference);
        LoadNull();
        il.Emit(Il.CgtUn);
        PushStack(ValType.I32);
        BranchIf(depth);
        Pop();
    }

    /// <summary>Takes a reference off and leaves it in a local that no branch uses.</summary>
    private int ParkReference()
    {
        int reference = Temp(IlType.Native, 5);
        Take(1);
        il.Stloc(reference);
        return reference;
    }
}
