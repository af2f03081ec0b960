using LinuxWasm.Engine.Binary;

namespace LinuxWasm.Engine.Compilation;

/// <summary>
/// Frames that can be left and entered again. After a call that may suspend, a cold path saves what is live with the number of the call
/// site, and returns. The function's rewinding form, made only when needed, begins by restoring such a frame: it enters the inner
/// frame anew, or takes the import's result if there is none, and goes on behind the call. So the ordinary form has no entry
/// switch, and its loops stay loops. Rewinding forms take no parameters: after a tail call, the frame inside need not be of the type that the
/// call site names.
/// </summary>
internal sealed partial class FunctionCompiler
{
    private readonly bool rewinding;
    private readonly List<int> siteLabels = [];
    private readonly List<JumpTarget> jumpTargets = [];
    private int tokenLocal = -1;
    private int jumpResult = -1;

    /// <summary>Behind a call whose first result is in its slot: may leave the frame, and is where the frame is entered again.</summary>
    private void SuspendingSite(FuncType callee, bool allLive = false)
    {
        int site = siteLabels.Count;
        int restore = il.DefineLabel();
        siteLabels.Add(restore);
        int save = il.DefineLabel();
        int behind = il.DefineLabel();
        il.Mark(behind);
        Context(VmOffsets.Unwind);
        il.Emit(Il.LdindI4);
        il.Branch(Il.Brtrue, save);
        var locals = LiveBehindCall(allLive);
        var slotted = LiveSlots();
        int result = callee.Results.Length > 0 ? Slot(height, callee.Results[0]) : -1;
        int handler = HandlerLabel();
        int instruction = position;
        coldPaths.Add(() =>
        {
            NoteSite(site, instruction, locals, slotted, callee);
            SaveFrame(site, save, handler, locals, slotted, callee);
        });
        if (rewinding)
            coldPaths.Add(() => RestoreFrame(restore, behind, locals, slotted, callee, result));
    }

    private List<int> LiveBehindCall(bool all)
    {
        var live = new List<int>();
        ulong[]? set = all || HasSetJump ? null : liveness.At(position);
        for (int i = 0; i < code.Locals.Length; i++)
        {
            // A longjmp can go back to any earlier setjmp of the frame, and needs what was live there.
            if (set is null || Liveness.Has(set, i) || IsOperand(i))
                live.Add(i);
        }

        return live;
    }

    /// <summary>A local.get that has been read, as the guest sees it, but not yet fetched.</summary>
    private bool IsOperand(int local)
    {
        for (int i = 0; i < height; i++)
        {
            if (operands[i].Where == Where.Local && operands[i].Local == local)
                return true;
        }

        return false;
    }

    /// <summary>In the order of <see cref="SaveValues"/>. All calls of setjmp are known by now.</summary>
    private void NoteSite(int site, int instruction, List<int> locals, List<(int Local, ValType Type)> slotted, FuncType callee)
    {
        var types = new List<ValType>();
        uint layout = Mix(2166136261, (uint)instruction);
        foreach (int local in locals)
        {
            types.Add(code.Locals[local]);
            layout = Mix(layout, (uint)local);
        }

        foreach (var (_, type) in slotted)
            types.Add(type);
        if (HasSetJump)
        {
            types.Add(ValType.I64);
            foreach (var target in jumpTargets)
                types.AddRange(target.Operands.ConvertAll(o => o.Type));
        }

        foreach (var type in types)
            layout = Mix(layout, (uint)type.Top());
        owner.NoteSite(index, site, new CallSite([.. types], callee, layout));
    }

    private static uint Mix(uint hash, uint value) => unchecked((hash ^ value) * 16777619);

    private void SaveFrame(int site, int label, int handler, List<int> locals, List<(int Local, ValType Type)> slotted, FuncType callee)
    {
        il.Mark(label);
        Context(VmOffsets.Unwind);
        il.Emit(Il.LdindI4);
        il.LdcI4((int)UnwindReason.Suspend);
        il.Branch(Il.BneUn, handler);
        int end = SaveValues(locals, slotted);
        il.Ldarg(parameters);
        il.LdcI4(site);
        LoadTypeId(callee);
        AreaAddress(0);
        il.LdcI4(end);
        il.Call(Helpers.Method(nameof(Helpers.SaveFrame)));
        ReturnNothing();
    }

    /// <summary>The number of a type of this module, from the context, since it differs between processes; 0 for an injected call.</summary>
    private void LoadTypeId(FuncType type)
    {
        if (type == Nothing)
        {
            il.LdcI4(0);
            return;
        }

        LoadTypeIdAt(module.Types.IndexOf(type));
    }

    private void LoadTypeIdAt(int typeIndex)
    {
        Context(layout.TypeId(typeIndex));
        il.Emit(Il.LdindI4);
    }

    private void RestoreFrame(int label, int behind, List<int> locals, List<(int Local, ValType Type)> slotted, FuncType callee, int result)
    {
        il.Mark(label);
        RestoreValues(locals, slotted);
        int reference = Temp(IlType.Native, 3);
        int innermost = il.DefineLabel();
        il.Ldarg(parameters);
        il.Call(Helpers.Method(nameof(Helpers.NextFrame)));
        il.Stloc(reference);
        il.Ldloc(reference);
        il.Branch(Il.Brfalse, innermost);
        il.Ldloc(reference);
        il.Ldloc(reference);
        il.Call(Helpers.Method(nameof(Helpers.RewindCode)));
        il.Calli(IlWriter.Signature(IlTypes.ResultOf(callee), [IlType.Native]));
        if (result >= 0)
            il.Stloc(result);
        il.Branch(Il.Br, behind);
        il.Mark(innermost);
        if (result >= 0)
        {
            Context(VmOffsets.Results);
            il.Emit(Il.LdindI);
            il.LoadIndirect(callee.Results[0]);
            il.Stloc(result);
        }

        il.Branch(Il.Br, behind);
    }

    /// <summary>The rewinding form's entry: the saved values come into the area, then the call site's own code takes them.</summary>
    private void EmitRewindEntry()
    {
        int begin = il.DefineLabel();
        int dispatch = il.DefineLabel();
        il.Branch(Il.Br, dispatch);
        il.Mark(begin);
        coldPaths.Add(() =>
        {
            // Sites are known when the whole body has been compiled; so the switch stands at the end.
            il.Mark(dispatch);
            il.Ldarg(parameters);
            AreaAddress(0);
            il.Call(Helpers.Method(nameof(Helpers.RestoreFrame)));
            il.Switch(siteLabels.ToArray());
            il.Branch(Il.Br, begin);
        });
    }

    /// <summary>For tests: a call, before each real one, that suspends if it may.</summary>
    private void InjectSuspension()
    {
        if (!owner.Options.SuspendAtEveryCall)
            return;
        Spill();
        il.Ldarg(parameters);
        il.Call(Helpers.Method(nameof(Helpers.InjectSuspension)));
        SuspendingSite(Nothing, allLive: true);
        LoadMemory();
    }

    private static readonly FuncType Nothing = FuncType.Get([], []);

    private bool HasSetJump => tokenLocal >= 0;

    /// <summary>Functions that call setjmp keep a token, 0 until the first call, that a longjmp finds its frame by.</summary>
    private void PrepareJumps()
    {
        foreach (var instr in code.Code)
        {
            if (instr.Op != Op.Call || (owner.Facts.Traits(instr.A) & ImportTraits.SetJmp) == 0)
                continue;
            tokenLocal = il.DeclareLocal(IlType.I64);
            jumpResult = il.DeclareLocal(IlType.I32);
            il.LdcI8(0);
            il.Stloc(tokenLocal);
            return;
        }
    }

    /// <summary>
    /// setjmp's call: the helper writes token and site into the buffer. A longjmp comes back behind it from the frame's unwinding code,
    /// with locals as they are then, as C has it, and operands as they were.
    /// </summary>
    private void SetJump(FuncType type)
    {
        bool withMask = type.Parameters.Length > 1;
        Flush();
        Take(type.Parameters.Length);
        if (!withMask)
            il.LdcI4(-1);
        var target = new JumpTarget(il.DefineLabel(), CopyOperands());
        jumpTargets.Add(target);
        il.LdcI4(jumpTargets.Count);
        il.Ldloc(tokenLocal);
        il.Ldarg(parameters);
        il.Call(Helpers.Method(nameof(Helpers.SetJump)));
        il.Stloc(tokenLocal);
        il.LdcI4(0);
        il.Stloc(jumpResult);
        il.Mark(target.Label);
        LoadMemory();
        ForgetChecks();
        il.Ldloc(jumpResult);
        il.Stloc(Slot(height, ValType.I32));
        PushSlot(ValType.I32);
    }

    /// <summary>Operands that stay on the stack across setjmp get locals that nothing else uses.</summary>
    private List<(int Slot, int Copy, ValType Type)> CopyOperands()
    {
        var copies = new List<(int, int, ValType)>();
        for (int i = 0; i < height; i++)
        {
            if (operands[i].Where != Where.Slot)
                continue;
            int slot = Slot(i, operands[i].Type);
            int copy = il.DeclareLocal(IlTypes.Of(operands[i].Type));
            il.Ldloc(slot);
            il.Stloc(copy);
            copies.Add((slot, copy, operands[i].Type));
        }

        return copies;
    }

    /// <summary>A frame with setjmp is unwinding: is it the longjmp's target?</summary>
    private void EmitJumpArrival()
    {
        int arrival = il.DeclareLocal(IlType.I32);
        int missed = il.DefineLabel();
        il.Ldloc(tokenLocal);
        il.Ldarg(parameters);
        il.Call(Helpers.Method(nameof(Helpers.ArriveJump)));
        il.Stloc(arrival);
        il.Ldloc(arrival);
        il.Branch(Il.Brfalse, missed);
        il.Ldarg(parameters);
        il.Call(Helpers.Method(nameof(Helpers.JumpValue)));
        il.Stloc(jumpResult);
        var stubs = jumpTargets.ConvertAll(_ => il.DefineLabel());
        il.Ldloc(arrival);
        il.LdcI4(1);
        il.Emit(Il.Sub);
        il.Switch(stubs.ToArray());
        il.Branch(Il.Br, missed);
        for (int i = 0; i < stubs.Count; i++)
        {
            il.Mark(stubs[i]);
            foreach (var (slot, copy, _) in jumpTargets[i].Operands)
            {
                il.Ldloc(copy);
                il.Stloc(slot);
            }

            il.Branch(Il.Br, jumpTargets[i].Label);
        }

        il.Mark(missed);
    }

    /// <summary>Before a frame with setjmp returns: a longjmp to it is an error from now on.</summary>
    private void CloseJumps()
    {
        if (!HasSetJump)
            return;
        int never = il.DefineLabel();
        il.Ldloc(tokenLocal);
        il.Branch(Il.Brfalse, never);
        il.Ldloc(tokenLocal);
        il.Ldarg(parameters);
        il.Call(Helpers.Method(nameof(Helpers.CloseJump)));
        il.Mark(never);
    }

    private int SaveJumps(int offset)
    {
        AreaAddress(offset);
        il.Ldloc(tokenLocal);
        il.Emit(Il.StindI8);
        offset += 16;
        foreach (var target in jumpTargets)
        {
            foreach (var (_, copy, type) in target.Operands)
            {
                AreaAddress(offset);
                il.Ldloc(copy);
                il.StoreIndirect(type);
                offset += 16;
            }
        }

        return offset;
    }

    private void RestoreJumps(int offset)
    {
        AreaAddress(offset);
        il.Emit(Il.LdindI8);
        il.Stloc(tokenLocal);
        offset += 16;
        foreach (var target in jumpTargets)
        {
            foreach (var (_, copy, type) in target.Operands)
            {
                AreaAddress(offset);
                il.LoadIndirect(type);
                il.Stloc(copy);
                offset += 16;
            }
        }
    }

    private sealed record JumpTarget(int Label, List<(int Slot, int Copy, ValType Type)> Operands);
}
