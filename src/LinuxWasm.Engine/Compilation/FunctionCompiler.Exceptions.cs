using LinuxWasm.Engine.Binary;

namespace LinuxWasm.Engine.Compilation;

/// <summary>
/// WebAssembly's exceptions, in both encodings. They travel by the state word, as all that unwinds does: inside a try, the test behind a call
/// leads to the try's dispatch, which looks at tags in turn and goes on outwards if none fits. .NET's exceptions have no part in it,
/// so frames inside a try can be suspended as any others.
/// </summary>
internal sealed partial class FunctionCompiler
{
    /// <summary>Where an exception that arises here goes: to the innermost try whose body this is, or out of the function.</summary>
    private int HandlerLabel(int depth = 0)
    {
        for (int i = controls.Count - 1 - depth; i >= 0; i--)
        {
            if (controls[i].Kind is Op.Try or Op.TryTable)
                return controls[i].HandlerLabel;
        }

        return UnwindLabel();
    }

    private void OpenTry(in Instr instr)
    {
        var block = code.Blocks[instr.A];
        ForceSlots(block.Type.Parameters.Length);
        int outer = HandlerLabel();
        if (instr.Op == Op.Try)
        {
            // A delegate at the try's end names another handler; the dispatch learns it there.
            Open(Op.Try, block.Type, il.DefineLabel(), -1);
            controls[^1].HandlerLabel = il.DefineLabel();
            controls[^1].OuterHandler = outer;
            return;
        }

        int handler = il.DefineLabel();
        var arrivals = Array.ConvertAll(block.Clauses, c => new Arrival(c, Target(c.Depth), c.Depth == controls.Count - 1, il.DefineLabel()));
        foreach (var arrival in arrivals)
            arrival.Target.Reached = true;
        Open(Op.TryTable, block.Type, il.DefineLabel(), -1);
        controls[^1].HandlerLabel = handler;
        coldPaths.Add(() => DispatchTable(handler, arrivals, outer));
    }

    private void DispatchTable(int handler, Arrival[] arrivals, int outer)
    {
        il.Mark(handler);
        foreach (var arrival in arrivals)
            MatchTag(arrival.Clause.Tag, arrival.Label);
        il.Branch(Il.Br, outer);
        foreach (var arrival in arrivals)
        {
            il.Mark(arrival.Label);
            LoadMemory();
            var types = arrival.Target.LabelTypes;
            bool reference = (arrival.Clause.Kind & 1) != 0;
            FetchValues(types.AsSpan(0, reference ? types.Length - 1 : types.Length), arrival.Target.Height);
            if (reference)
            {
                FetchException();
                il.Stloc(Slot(arrival.Target.Height + types.Length - 1, ValType.ExnRef));
            }

            if (!arrival.Returns)
            {
                il.Branch(Il.Br, arrival.Target.Label);
                continue;
            }

            SetHeight(0, types);
            Return();
        }
    }

    /// <summary>Takes the exception that is under way if it has that tag; -1 fits all.</summary>
    private void MatchTag(int tag, int label)
    {
        il.LdcI4(tag);
        il.Ldarg(parameters);
        il.Call(Helpers.Method(nameof(Helpers.CatchException)));
        il.Branch(Il.Brtrue, label);
    }

    private void FetchValues(ReadOnlySpan<ValType> types, int at)
    {
        for (int i = 0; i < types.Length; i++)
        {
            Context(VmOffsets.Results);
            il.Emit(Il.LdindI);
            il.LdcI4(i * 16);
            il.Emit(Il.Add);
            il.LoadIndirect(types[i]);
            il.Stloc(Slot(at + i, types[i]));
        }
    }

    private void FetchException()
    {
        il.Ldarg(parameters);
        il.Call(Helpers.Method(nameof(Helpers.CaughtException)));
    }

    /// <summary>catch and catch_all of a legacy try: the arm before ends, and this one begins where the dispatch leads.</summary>
    private void Catch(in Instr instr)
    {
        var control = controls[^1];
        if (!unreachable)
        {
            control.Reached = true;
            CopyToLabel(control.Results, control.Height);
            il.Branch(Il.Br, control.Label);
        }

        if (control.Kind == Op.Try)
            AddDispatch(control, control.OuterHandler);
        int arm = il.DefineLabel();
        int tag = instr.Op == Op.Catch ? instr.B : -1;
        control.Arms!.Add((tag, arm));
        control.Kind = Op.Catch;
        if (control.ExceptionLocal < 0)
            control.ExceptionLocal = il.DeclareLocal(IlType.Native);
        il.Mark(arm);
        ForgetChecks();
        LoadMemory();
        SetHeight(control.Height, []);
        unreachable = false;
        if (tag >= 0)
        {
            var types = module.Tags[tag].Type.Parameters;
            FetchValues(types, control.Height);
            foreach (var type in types)
                PushSlot(type);
        }

        FetchException();
        il.Stloc(control.ExceptionLocal);
    }

    private void AddDispatch(Control control, int outer)
    {
        control.Arms = [];
        coldPaths.Add(() =>
        {
            il.Mark(control.HandlerLabel);
            foreach (var (tag, label) in control.Arms)
                MatchTag(tag, label);
            il.Branch(Il.Br, outer);
        });
    }

    /// <summary>Ends a legacy try whose exceptions go to the handler of a block further out.</summary>
    private void Delegate(in Instr instr)
    {
        AddDispatch(controls[^1], HandlerLabel(instr.B + 1));
        End();
    }

    private void Throw(int tag)
    {
        var types = module.Tags[tag].Type.Parameters;
        Spill();
        int first = height - types.Length;
        for (int i = 0; i < types.Length; i++)
        {
            Context(VmOffsets.Results);
            il.Emit(Il.LdindI);
            il.LdcI4(i * 16);
            il.Emit(Il.Add);
            Load(operands[first + i], first + i);
            il.StoreIndirect(types[i]);
        }

        il.LdcI4(tag);
        il.Ldarg(parameters);
        il.Call(Helpers.Method(nameof(Helpers.ThrowException)));
        il.Branch(Il.Br, HandlerLabel());
        unreachable = true;
    }

    private void Rethrow(int depth)
    {
        Spill();
        il.Ldloc(Target(depth).ExceptionLocal);
        ThrowAgain();
    }

    private void ThrowRef()
    {
        TakeAlone(1);
        ThrowAgain();
    }

    private void ThrowAgain()
    {
        il.Ldarg(parameters);
        il.Call(Helpers.Method(nameof(Helpers.RethrowException)));
        il.Branch(Il.Br, HandlerLabel());
        unreachable = true;
    }

    /// <param name="Clause">What it catches.</param>
    /// <param name="Target">The block it goes to.</param>
    /// <param name="Returns">The block is the function.</param>
    /// <param name="Label">Its code.</param>
    private sealed record Arrival(CatchClause Clause, Control Target, bool Returns, int Label);
}
