using LinuxWasm.Engine.Binary;

namespace LinuxWasm.Engine.Compilation;

/// <summary>
/// Compiles one function to IL. The method has the function's parameters and, last, its own <see cref="FuncRef"/>, from which all of
/// the instance is reached at constant distances.
/// </summary>
internal sealed partial class FunctionCompiler
{
    private readonly WasmModule module;
    private readonly ModuleLayout layout;
    private readonly CompiledModule owner;
    private readonly int index;
    private readonly FunctionCode code;
    private readonly IlWriter il = new();
    /// <summary>Parameters of the method that are the function's; the function's reference follows. The rewinding form has none.</summary>
    private readonly int parameters;
    private readonly int[] localMap;
    private readonly List<Control> controls = [];
    private readonly List<Action> coldPaths = [];
    private readonly Dictionary<int, int> trapLabels = [];
    private readonly Liveness liveness;
    private int unwindLabel = -1;
    private int coldReturn = -1;
    private int coldResult = -1;
    private int area = -1;
    private bool unreachable;
    private int skipDepth;
    private int position;

    private FunctionCompiler(CompiledModule owner, int index, FormKind form)
    {
        rewinding = form == FormKind.Rewinding;
        counting = form == FormKind.Quick;
        this.owner = owner;
        this.index = index;
        module = owner.Module;
        layout = owner.Layout;
        code = FunctionCode.Read(module, index);
        parameters = rewinding ? 0 : code.Type.Parameters.Length;
        localMap = new int[code.Locals.Length - parameters];
        liveness = Liveness.Compute(code, owner.Facts.Resumable(index) ? Suspends : null);
    }

    public static IlBody Compile(CompiledModule owner, int index, FormKind form)
    {
        var compiler = new FunctionCompiler(owner, index, form);
        compiler.Emit();
        return compiler.il.Finish();
    }

    /// <summary>Tells the module the function's call sites, and makes no code.</summary>
    public static void Describe(CompiledModule owner, int index) => new FunctionCompiler(owner, index, FormKind.Rewinding).Emit();

    public static string MethodName(int index) => $"wasm_{index}";

    /// <summary>The IL parameters of a function: its own, and its reference.</summary>
    public static IlType[] ParameterTypes(FuncType type)
    {
        var types = new IlType[type.Parameters.Length + 1];
        for (int i = 0; i < type.Parameters.Length; i++)
            types[i] = IlTypes.Of(type.Parameters[i]);
        types[^1] = IlType.Native;
        return types;
    }

    private bool Suspends(Instr instr) =>
        (instr.Op == Op.Call && owner.Facts.Resumable(instr.A)) || (instr.Op is Op.CallIndirect or Op.CallRef && owner.Facts.Resumable(module.FunctionType(instr.A)));

    private void Emit()
    {
        for (int i = 0; i < localMap.Length; i++)
            localMap[i] = il.DeclareLocal(IlTypes.Of(code.Locals[parameters + i]));
        if (rewinding)
            EmitRewindEntry();
        else
            EmitEntry();
        ZeroLocals();
        PrepareJumps();
        LoadMemory();
        controls.Add(new Control { Kind = Op.Block, Label = -1, Height = 0, Results = code.Type.Results.ToArray() });
        var instructions = code.Code;
        for (position = 0; position < instructions.Length; position++)
        {
            var instr = instructions[position];
            if (unreachable && !Revives(instr))
                continue;
            Instruction(instr);
        }

        // Cold paths may ask for further ones.
        for (int i = 0; i < coldPaths.Count; i++)
            coldPaths[i]();
        EmitTraps();
    }

    /// <summary>Behind a branch, only the end of the block that it stands in, or the block's other arm, brings code back to life.</summary>
    private bool Revives(in Instr instr)
    {
        switch (instr.Op)
        {
            case Op.Block or Op.Loop or Op.If or Op.Try or Op.TryTable:
                skipDepth++;
                return false;
            case Op.End or Op.Delegate:
                if (skipDepth == 0)
                    return true;
                skipDepth--;
                return false;
            case Op.Else or Op.Catch or Op.CatchAll:
                return skipDepth == 0;
            default:
                return false;
        }
    }

    /// <summary>
    /// One test at the entry serves two ends: a frame that lies too deep, and an interrupt, which raises the limit.
    /// A function that neither loops nor calls needs none.
    /// </summary>
    private void EmitEntry()
    {
        if (counting)
            CountCall();
        if (!owner.Facts.MayUnwind(index))
            return;
        int cold = il.DefineLabel();
        il.Ldloca(Area());
        il.Emit(Il.ConvU);
        Context(0);
        il.Emit(Il.LdindI);
        il.Branch(Il.BltUn, cold);
        coldPaths.Add(() =>
        {
            il.Mark(cold);
            var live = new List<int>();
            for (int i = 0; i < parameters; i++)
            {
                if (Liveness.Has(liveness.AtEntry, i))
                    live.Add(i);
            }

            SaveLocals(live, 0);
            il.Ldarg(parameters);
            il.Ldloca(Area());
            il.Emit(Il.ConvU);
            il.Call(Helpers.Method(nameof(Helpers.EnterFunction)));
            TestUnwind(UnwindLabel());

            // Called anew, so that nothing flows from here into the body.
            RestoreLocals(live, 0);
            for (int i = 0; i <= parameters; i++)
                il.Ldarg(i);
            il.MaxStack = Math.Max(il.MaxStack, parameters + 8);
            il.Ldarg(parameters);
            il.Emit(Il.LdindI);
            il.Calli(Signatures.ForCall(code.Type));
            ReturnFromColdPath();
        });
    }

    private void ZeroLocals()
    {
        for (int i = 0; i < localMap.Length; i++)
        {
            // A reference may be saved with a frame even where nobody will read it, and has to be one.
            if (!Liveness.Has(liveness.AtEntry, parameters + i) && !code.Locals[parameters + i].IsReference())
                continue;
            LoadZero(code.Locals[parameters + i]);
            il.Stloc(localMap[i]);
        }
    }

    private void LoadZero(ValType type)
    {
        if (type == ValType.V128)
            il.Call(Helpers.Method(nameof(Helpers.ZeroVector)));
        else
            LoadConstant(type, 0);
    }

    /// <summary>The address of a part of the context.</summary>
    private void Context(int offset)
    {
        il.Ldarg(parameters);
        il.LdcI4(offset - layout.Function(index));
        il.Emit(Il.Add);
    }

    private int Area()
    {
        if (area < 0)
            area = il.DeclareArea();
        return area;
    }

    private int SaveLocals(List<int> live, int offset)
    {
        foreach (int local in live)
        {
            AreaAddress(offset);
            LoadLocal(local);
            il.StoreIndirect(code.Locals[local]);
            offset += 16;
        }

        return offset;
    }

    private int RestoreLocals(List<int> live, int offset)
    {
        foreach (int local in live)
        {
            AreaAddress(offset);
            il.LoadIndirect(code.Locals[local]);
            StoreLocal(local);
            offset += 16;
        }

        return offset;
    }

    private void AreaAddress(int offset)
    {
        il.Ldloca(Area());
        il.Emit(Il.ConvU);
        if (offset != 0)
        {
            il.LdcI4(offset);
            il.Emit(Il.Add);
        }

        il.GrowArea(Area(), offset + 16);
    }

    /// <summary>A trap's code, shared by all places of this function that can end in it: jump there with IL's stack empty.</summary>
    private int TrapLabel(TrapKind kind)
    {
        if (!trapLabels.TryGetValue((int)kind, out int label))
            trapLabels[(int)kind] = label = il.DefineLabel();
        return label;
    }

    private void EmitTraps()
    {
        foreach (var (kind, label) in trapLabels)
        {
            il.Mark(label);
            il.LdcI4((int)kind);
            il.Call(Helpers.Method(nameof(Helpers.Throw)));
            ReturnNothing();
        }

        if (unwindLabel >= 0)
        {
            il.Mark(unwindLabel);
            if (HasSetJump)
                EmitJumpArrival();
            il.Ldarg(parameters);
            il.Call(Helpers.Method(nameof(Helpers.NoteUnwound)));
            ReturnNothing();
        }

        if (coldReturn < 0)
            return;
        il.Mark(coldReturn);
        if (coldResult >= 0)
            il.Ldloc(coldResult);
        il.Emit(Il.Ret);
    }

    /// <summary>Returns with whatever result: the caller looks at the state and not at it.</summary>
    private void ReturnNothing()
    {
        if (code.Type.Results.Length > 0)
            LoadZero(code.Type.Results[0]);
        ReturnFromColdPath();
    }

    /// <summary>
    /// Returns what is on IL's stack. All cold paths share one return: the JIT gives a method four ends at most, and beyond
    /// that makes the hot ones jump to a common one.
    /// </summary>
    private void ReturnFromColdPath()
    {
        if (coldReturn < 0)
        {
            coldReturn = il.DefineLabel();
            if (code.Type.Results.Length > 0)
                coldResult = il.DeclareLocal(IlTypes.Of(code.Type.Results[0]));
        }

        if (coldResult >= 0)
            il.Stloc(coldResult);
        il.Branch(Il.Br, coldReturn);
    }

    /// <summary>After a call that may have ended because frames are to return. IL's stack is empty.</summary>
    private void TestUnwind(int label)
    {
        Context(VmOffsets.Unwind);
        il.Emit(Il.LdindI4);
        il.Branch(Il.Brtrue, label);
    }

    private int UnwindLabel()
    {
        if (unwindLabel < 0)
            unwindLabel = il.DefineLabel();
        return unwindLabel;
    }

    private sealed class Control
    {
        /// <summary>The instruction that opened it: block, loop, if; or else.</summary>
        public int Kind { get; set; }

        public required int Label { get; init; }

        public int ElseLabel { get; init; } = -1;

        /// <summary>Operands below the block's own.</summary>
        public required int Height { get; init; }

        public ValType[] Parameters { get; init; } = [];

        public required ValType[] Results { get; init; }

        /// <summary>Something branches to the label.</summary>
        public bool Reached { get; set; }

        /// <summary>Of a try: its dispatch.</summary>
        public int HandlerLabel { get; set; } = -1;

        /// <summary>Of a try: where exceptions go that it does not catch.</summary>
        public int OuterHandler { get; set; } = -1;

        /// <summary>Of a legacy try: its catch clauses, tag -1 for catch_all.</summary>
        public List<(int Tag, int Label)>? Arms { get; set; }

        /// <summary>Of a legacy catch: the exception, for rethrow.</summary>
        public int ExceptionLocal { get; set; } = -1;

        public ValType[] LabelTypes => Kind == Op.Loop ? Parameters : Results;
    }
}
