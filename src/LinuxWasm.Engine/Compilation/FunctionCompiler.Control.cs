using System.Runtime.InteropServices;
using LinuxWasm.Engine.Binary;

namespace LinuxWasm.Engine.Compilation;

/// <summary>Blocks, branches and safepoints.</summary>
internal sealed partial class FunctionCompiler
{
    private Control Target(int depth) => controls[controls.Count - 1 - depth];

    private void OpenBlock(in Instr instr)
    {
        var type = code.Blocks[instr.A].Type;
        ForceSlots(type.Parameters.Length);
        Open(instr.Op, type, il.DefineLabel(), -1);
        if (instr.Op == Op.Loop)
        {
            controls[^1].Reached = true;
            il.Mark(controls[^1].Label);
            ForgetChecks();
            Poll();
        }
    }

    private void OpenIf(in Instr instr)
    {
        var type = code.Blocks[instr.A].Type;
        int condition = ParkCondition();
        ForceSlots(type.Parameters.Length);
        int otherwise = il.DefineLabel();
        LoadCondition(condition);
        il.Branch(Il.Brfalse, otherwise);
        Open(Op.If, type, il.DefineLabel(), otherwise);
    }

    private void Open(int kind, FuncType type, int label, int elseLabel) => controls.Add(new Control
    {
        Kind = kind,
        Label = label,
        ElseLabel = elseLabel,
        Height = height - type.Parameters.Length,
        Parameters = type.Parameters.ToArray(),
        Results = type.Results.ToArray(),
    });

    /// <summary>Operands that a block takes go to their slots, and all others to where nothing in the block can change them.</summary>
    private void ForceSlots(int count)
    {
        Flush();
        for (int i = height - count; i < height; i++)
        {
            if (operands[i].Where != Where.Slot)
                ToSlot(i, i);
        }
    }

    /// <summary>
    /// Takes the condition off. If the code that follows must first empty IL's stack, the condition goes to a local of its own.
    /// </summary>
    private int ParkCondition()
    {
        var condition = Top();
        if (condition.Where == Where.Stack && onStack == 1)
        {
            bool flushes = false;
            for (int i = 0; i < height - 1; i++)
                flushes |= operands[i].Where == Where.Local;
            if (!flushes)
            {
                Pop();
                return -1;
            }
        }

        Take(1);
        int parked = Temp(IlType.I32);
        il.Stloc(parked);
        return parked;
    }

    private void LoadCondition(int parked)
    {
        if (parked >= 0)
            il.Ldloc(parked);
    }

    private void Else()
    {
        var control = controls[^1];
        if (!unreachable)
        {
            control.Reached = true;
            CopyToLabel(control.Results, control.Height);
            il.Branch(Il.Br, control.Label);
        }

        il.Mark(control.ElseLabel);
        control.Kind = Op.Else;
        ForgetChecks();
        SetHeight(control.Height, control.Parameters);
        unreachable = false;
    }

    private void End()
    {
        var control = controls[^1];
        controls.RemoveAt(controls.Count - 1);
        if (controls.Count == 0)
        {
            if (!unreachable)
                Return();
            return;
        }

        if (control.Kind == Op.Loop)
            return;
        if (control is { Kind: Op.Try, Arms: null })
            AddDispatch(control, control.OuterHandler);
        if (control.Kind == Op.If)
        {
            // The arm that is not there leaves the parameters where they are: in the results' slots.
            if (!unreachable)
                CopyToLabel(control.Results, control.Height);
            il.Mark(control.ElseLabel);
            control.Reached = true;
        }
        else if (!control.Reached)
        {
            return;
        }
        else if (!unreachable)
        {
            CopyToLabel(control.Results, control.Height);
        }

        il.Mark(control.Label);
        ForgetChecks();
        SetHeight(control.Height, control.Results);
        unreachable = false;
    }

    private void Branch(int depth)
    {
        var control = Target(depth);
        if (depth == controls.Count - 1)
        {
            Return();
        }
        else
        {
            control.Reached = true;
            CopyToLabel(control.LabelTypes, control.Height);
            il.Branch(Il.Br, control.Label);
        }

        unreachable = true;
    }

    private void BranchIf(int depth)
    {
        var control = Target(depth);
        bool returns = depth == controls.Count - 1;
        var condition = Top();
        int parked = -1;
        if (condition.Where == Where.Stack && onStack == 1)
        {
            Pop();
        }
        else
        {
            Take(1);
            parked = Temp(IlType.I32);
            il.Stloc(parked);
            Spill();
        }

        if (!returns && InPlace(control.LabelTypes.Length, control.Height))
        {
            control.Reached = true;
            LoadCondition(parked);
            il.Branch(Il.Brtrue, control.Label);
            return;
        }

        int stay = il.DefineLabel();
        LoadCondition(parked);
        il.Branch(Il.Brfalse, stay);
        int before = height;
        var saved = operands.AsSpan(0, height).ToArray();
        if (returns)
        {
            Return();
        }
        else
        {
            control.Reached = true;
            CopyToLabel(control.LabelTypes, control.Height);
            il.Branch(Il.Br, control.Label);
        }

        height = before;
        onStack = 0;
        saved.CopyTo(operands, 0);
        unreachable = false;
        il.Mark(stay);
    }

    private void BranchTable(int[] depths)
    {
        int condition;
        Take(1);
        condition = Temp(IlType.I32);
        il.Stloc(condition);
        Spill();
        var targets = new int[depths.Length];
        var stubs = new List<(int Label, int Depth)>();
        var stubOf = new Dictionary<int, int>();
        for (int i = 0; i < depths.Length; i++)
        {
            int depth = depths[i];
            var control = Target(depth);
            if (depth != controls.Count - 1 && InPlace(control.LabelTypes.Length, control.Height))
            {
                control.Reached = true;
                targets[i] = control.Label;
                continue;
            }

            if (!stubOf.TryGetValue(depth, out int stub))
            {
                stubOf[depth] = stub = il.DefineLabel();
                stubs.Add((stub, depth));
            }

            targets[i] = stub;
        }

        il.Ldloc(condition);
        il.Switch(targets.AsSpan(0, targets.Length - 1));
        il.Branch(Il.Br, targets[^1]);
        int before = height;
        var saved = operands.AsSpan(0, height).ToArray();
        foreach (var (label, depth) in stubs)
        {
            il.Mark(label);
            Branch(depth);
            height = before;
            onStack = 0;
            saved.CopyTo(operands, 0);
        }

        unreachable = true;
    }

    /// <summary>Returns the topmost operands.</summary>
    private void Return()
    {
        var results = code.Type.Results;
        LeaveFrame();
        if (results.Length > 1)
        {
            Spill();
            int first = height - results.Length;
            for (int i = 1; i < results.Length; i++)
            {
                Context(VmOffsets.Results);
                il.Emit(Il.LdindI);
                il.LdcI4(i * 16);
                il.Emit(Il.Add);
                Load(operands[first + i], first + i);
                il.StoreIndirect(results[i]);
            }

            Load(operands[first], first);
        }
        else
        {
            TakeAlone(results.Length);
        }

        il.Emit(Il.Ret);
        unreachable = true;
    }

    private void LeaveFrame()
    {
        if (!HasSetJump)
            return;
        Spill();
        CloseJumps();
    }

    /// <summary>
    /// At a loop's head: has somebody asked for the guest's attention? The ordinary form does not come back from there: it saves what is
    /// live, and the function's rewinding form goes on in its place and returns for it. So nothing flows from the cold path into the
    /// loop, and the JIT plans the loop without it. Only the rewinding form, whose loops have side entries anyway, returns to its loop.
    /// </summary>
    private void Poll()
    {
        int site = siteLabels.Count;
        int restore = il.DefineLabel();
        siteLabels.Add(restore);
        int cold = il.DefineLabel();
        int back = il.DefineLabel();
        Context(VmOffsets.Poll);
        il.VolatilePrefix();
        il.Emit(Il.LdindI4);
        il.Branch(Il.Brtrue, cold);
        il.Mark(back);
        if (counting)
            CountRound(cold);
        var live = new List<int>();
        var set = liveness.At(position);
        for (int i = 0; i < code.Locals.Length; i++)
        {
            if (HasSetJump || Liveness.Has(set, i))
                live.Add(i);
        }

        var slotted = LiveSlots();
        if (rewinding)
            coldPaths.Add(() => PollAndReturn(cold, restore, back, live, slotted));
        else
            coldPaths.Add(() => PollAndRelocate(cold, site, live, slotted));
    }

    private void PollAndRelocate(int cold, int site, List<int> live, List<(int Local, ValType Type)> slotted)
    {
        il.Mark(cold);
        int end = SaveValues(live, slotted);
        il.Ldarg(parameters);
        il.LdcI4(site);
        AreaAddress(0);
        il.LdcI4(end);
        il.Call(Helpers.Method(nameof(Helpers.Relocate)));
        int address = Temp(IlType.Native, 4);
        il.Stloc(address);
        il.Ldloc(address);
        il.Branch(Il.Brfalse, UnwindLabel());
        il.Ldarg(parameters);
        il.Ldloc(address);
        il.Calli(IlWriter.Signature(IlTypes.ResultOf(code.Type), [IlType.Native]));
        ReturnFromColdPath();
    }

    private void PollAndReturn(int cold, int restore, int back, List<int> live, List<(int Local, ValType Type)> slotted)
    {
        il.Mark(cold);
        SaveValues(live, slotted);
        il.Ldarg(parameters);
        il.Call(Helpers.Method(nameof(Helpers.Safepoint)));
        TestUnwind(UnwindLabel());
        il.Mark(restore);
        RestoreValues(live, slotted);
        LoadMemory();
        il.Branch(Il.Br, back);
    }

    /// <summary>Saves what a frame needs to go on, in its area; answers how many bytes.</summary>
    private int SaveValues(List<int> locals, List<(int Local, ValType Type)> slotted)
    {
        int end = SaveLocals(locals, 0);
        SaveSlots(slotted, end);
        end += slotted.Count * 16;
        return HasSetJump ? SaveJumps(end) : end;
    }

    private void RestoreValues(List<int> locals, List<(int Local, ValType Type)> slotted)
    {
        int end = RestoreLocals(locals, 0);
        RestoreSlots(slotted, end);
        if (HasSetJump)
            RestoreJumps(end + slotted.Count * 16);
    }

    private List<(int Local, ValType Type)> LiveSlots()
    {
        var live = new List<(int, ValType)>();
        for (int i = 0; i < height; i++)
        {
            if (operands[i].Where == Where.Slot)
                live.Add((Slot(i, operands[i].Type), operands[i].Type));
        }

        foreach (var control in controls)
        {
            if (control.ExceptionLocal >= 0)
                live.Add((control.ExceptionLocal, ValType.ExnRef));
        }

        return live;
    }

    private void SaveSlots(List<(int Local, ValType Type)> live, int offset)
    {
        foreach (var (local, type) in CollectionsMarshal.AsSpan(live))
        {
            AreaAddress(offset);
            il.Ldloc(local);
            il.StoreIndirect(type);
            offset += 16;
        }
    }

    private void RestoreSlots(List<(int Local, ValType Type)> live, int offset)
    {
        foreach (var (local, type) in CollectionsMarshal.AsSpan(live))
        {
            AreaAddress(offset);
            il.LoadIndirect(type);
            il.Stloc(local);
            offset += 16;
        }
    }

    private readonly Dictionary<int, int> temps = [];

    /// <summary>A local for a value that is consumed before the next one of its kind is parked.</summary>
    private int Temp(IlType type, int which = 0)
    {
        int key = (int)type + which * 16;
        if (!temps.TryGetValue(key, out int local))
            temps[key] = local = il.DeclareLocal(type);
        return local;
    }
}
