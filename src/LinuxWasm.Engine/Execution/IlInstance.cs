using System.Runtime.InteropServices;
using LinuxWasm.Engine.Binary;
using LinuxWasm.Engine.Compilation;

namespace LinuxWasm.Engine;

/// <summary>An instance whose functions are compiled to IL.</summary>
internal sealed unsafe partial class IlInstance : Instance
{
    private const int MaximumNotedFrames = 64;

    private readonly CompiledModule compiled;
    private readonly Dictionary<string, Extern> exports = new(StringComparer.Ordinal);
    private readonly List<nint> handles = [];
    private readonly List<Delegate> hostTargets = [];
    private readonly Extern[] importedFunctions;
    private readonly GuestFunction?[] functions;
    private readonly Dictionary<(nint Reference, int Type), nint> casts = [];
    private readonly nint self;

    private IlInstance(CompiledModule compiled, Execution execution, Extern[] importedFunctions, Table[] tables, LinearMemory[] memories, Global[] importedGlobals)
        : base(compiled.Module, execution)
    {
        this.compiled = compiled;
        this.importedFunctions = importedFunctions;
        functions = new GuestFunction?[Module.Functions.Count];
        Tables = tables;
        Memories = memories;
        ImportedGlobals = importedGlobals;
        Context = (VmContext*)NativeMemory.AllocZeroed((nuint)compiled.Layout.Size);
        self = Handle(this);
        Context->Instance = self;
        FillContext();
        execution.Add(this);
    }

    ~IlInstance()
    {
        for (int i = 0; i < Memories.Length; i++)
            Memories[i].Detach(MemorySlotAt(i));
        foreach (nint handle in handles)
            GCHandle.FromIntPtr(handle).Free();
        foreach (nint adapter in casts.Values)
            NativeMemory.Free((void*)adapter);
        NativeMemory.Free(Context);
    }

    public override LinearMemory? Memory => Memories.Length > 0 ? Memories[0] : null;

    internal CompiledModule Compiled => compiled;

    internal VmContext* Context { get; }

    internal LinearMemory[] Memories { get; }

    internal Table[] Tables { get; }

    internal Global[] ImportedGlobals { get; }

    internal Tag[] Tags { get; private set; } = [];

    /// <summary>Data segments that have not been dropped.</summary>
    internal ReadOnlyMemory<byte>[] Data { get; private set; } = [];

    /// <summary>Element segments' references; null when dropped.</summary>
    internal nint[]?[] Elements { get; private set; } = [];

    /// <summary>True if it imports functions of other instances.</summary>
    internal bool CallsOthers => Array.Exists(importedFunctions, f => f is GuestFunction);

    private FuncRef* FunctionRefs => (FuncRef*)((byte*)Context + compiled.Layout.Function(0));

    public static IlInstance Create(CompiledModule compiled, IImportResolver resolver, Execution execution, EngineOptions options)
    {
        var module = compiled.Module;
        var linked = Linker.Link(module, new JumpImports(resolver, compiled.Facts, module));
        var memories = new LinearMemory[module.Memories.Count];
        linked.Memories.CopyTo(memories, 0);
        bool complete = false;
        try
        {
            for (int i = module.ImportedMemories; i < memories.Length; i++)
                memories[i] = new LinearMemory(module.Memories[i], options.MaximumMemoryPages);
            var instance = Create(compiled, linked, memories, execution);
            complete = true;
            return instance;
        }
        finally
        {
            // What can't be instantiated has no use for its memory, unless it has left references to its functions with others: those may be called.
            if (!complete && !MayLeaveReferences(module))
            {
                foreach (var memory in memories.AsSpan(module.ImportedMemories))
                    memory?.Dispose();
            }
        }
    }

    private static IlInstance Create(CompiledModule compiled, Linker.Linked linked, LinearMemory[] memories, Execution execution)
    {
        var module = compiled.Module;
        var tables = new Table[module.Tables.Count];
        linked.Tables.CopyTo(tables, 0);
        for (int i = module.ImportedTables; i < tables.Length; i++)
            tables[i] = new Table(module.Tables[i]);
        var instance = new IlInstance(compiled, execution, linked.Functions, tables, memories, linked.Globals);
        instance.FillGlobals();
        instance.FillTables();
        instance.FillSegments();
        instance.FillTags(linked.Tags);
        instance.FillExports();
        if (module.StartFunction >= 0)
            instance.Start(module.StartFunction);
        return instance;
    }

    private static bool MayLeaveReferences(WasmModule module) =>
        module.ImportedTables > 0 || module.Globals.Take(module.ImportedGlobals).Any(g => g.Type.IsReference())
        || module.Functions.Take(module.ImportedFunctions).Any(f => f.Parameters.ToArray().Any(p => p.IsReference()));

    public override Extern? GetExport(string name) => exports.GetValueOrDefault(name);

    public override Table? GetTable(int index) => (uint)index < (uint)Tables.Length ? Tables[index] : null;

    public override Global? GetGlobal(int index)
    {
        if ((uint)index >= (uint)Module.Globals.Count)
            return null;
        return index < ImportedGlobals.Length ? ImportedGlobals[index] : new Global(Module.Globals[index], GlobalCell(index), this);
    }

    public override Instance Clone(Execution execution, LinearMemory? memory = null)
    {
        var memories = (LinearMemory[])Memories.Clone();
        if (memory is not null)
            memories[0] = Fitting(memory, Module.Memories[0]);
        var tables = Array.ConvertAll(Tables, t => t.Copy());
        var imported = Array.ConvertAll(ImportedGlobals, g => g.Type.Mutable || g.Type.Type.IsReference() ? new Global(g.Type, *g.Cell) : g);
        var clone = new IlInstance(compiled, execution, importedFunctions, tables, memories, imported);
        int globals = compiled.Layout.Global(ImportedGlobals.Length);
        int bytes = compiled.Layout.Table(0) - globals;
        Buffer.MemoryCopy((byte*)Context + globals, (byte*)clone.Context + globals, bytes, bytes);
        clone.AdoptGlobals(this);
        foreach (var table in tables)
            clone.Adopt(table, this);
        clone.Data = (ReadOnlyMemory<byte>[])Data.Clone();
        clone.Elements = [.. Elements.Select((e, i) => e is null ? null : Array.ConvertAll(e, r => clone.Adopted(Module.Elements[i].Type, r, this)))];
        clone.Tags = Tags;
        clone.FillExports();
        return clone;
    }

    /// <summary>Code leaves out checks that the module's minimum makes needless, so a memory given in place of another must reach as far.</summary>
    private static LinearMemory Fitting(LinearMemory memory, MemoryType type) =>
        memory.Length >= type.Minimum * LinearMemory.PageSize && memory.Shared == type.Shared && memory.Type.Is64 == type.Is64
            ? memory
            : throw new ArgumentException($"the module wants a {type}; given is a {memory.ExternType}", nameof(memory));

    /// <summary>The object for a function reference; null for null.</summary>
    internal static Function? FunctionOf(FuncRef* reference)
    {
        if (reference == null || reference == NullFunction.Address)
            return null;
        object owner = GCHandle.FromIntPtr(reference->Owner).Target!;
        return owner is IlInstance instance ? (Function)instance.FunctionAt(reference->Index) : null;
    }

    internal static FuncRef* Canonical(FuncRef* reference)
    {
        object owner = GCHandle.FromIntPtr(reference->Owner).Target!;
        return owner is IlInstance instance && reference->Index < instance.Module.ImportedFunctions ? (FuncRef*)reference->Target : reference;
    }

    internal FuncRef* Reference(int index) => index < Module.ImportedFunctions ? Canonical(FunctionRefs + index) : FunctionRefs + index;

    /// <summary>The object for a function by index: of the host, of another instance, or of this one.</summary>
    internal Extern FunctionAt(int index) => index < importedFunctions.Length
        ? importedFunctions[index]
        : functions[index] ??= new IlFunction(this, FunctionRefs + index, index);

    internal nint Compile(FuncRef* reference) => reference->Code = compiled.Address(reference->Index);

    /// <summary>Has calls go to the function's optimized form. False if there is none yet; it is ordered, and this asked again later.</summary>
    internal bool Improve(FuncRef* reference)
    {
        reference->Target = compiled.Options.OptimizeAfter;
        nint optimized = compiled.OptimizedAddress(reference->Index);
        if (optimized == 0)
        {
            compiled.Optimize(reference->Index);
            return false;
        }

        reference->Code = optimized;
        return true;
    }

    internal bool HasRewinding(int function) => compiled.HasRewinding(function);

    /// <summary>Notes a frame that the state word is unwinding, for the trap's trace.</summary>
    internal void NoteUnwound(int index)
    {
        if (Execution.Unwinding == UnwindReason.Suspend)
            Execution.NoteUnsavedFrame(Module.FunctionName(index));
        if (Execution.Unwinding == UnwindReason.Trap && Execution.UnwoundFrames.Count < MaximumNotedFrames)
            Execution.UnwoundFrames.Add(Module.FunctionName(index));
    }

    internal FuncRef* NextFrame()
    {
        int next = Execution.NextFrame();
        return next < 0 ? null : FunctionRefs + next;
    }

    /// <summary>Adapters of function pointers that are called as another type, made once for each.</summary>
    internal FuncRef* CastReference(FuncRef* reference, int type)
    {
        if (casts.TryGetValue(((nint)reference, type), out nint known))
            return (FuncRef*)known;
        var (expected, actual) = ((FuncType)DefinedType.FromId(type), (FuncType)DefinedType.FromId(reference->TypeId));
        if (!Stubs.CanCast(expected, actual))
            throw new TrapException(TrapKind.IndirectCallTypeMismatch);
        var adapter = (FuncRef*)NativeMemory.AllocZeroed(FuncRef.Size);
        adapter->Code = Stubs.Cast(expected, actual);
        adapter->TypeId = type;
        adapter->Target = (nint)reference;
        casts[((nint)reference, type)] = (nint)adapter;
        return adapter;
    }

    internal nint RewindCode(int function) => compiled.RewindAddress(function);

    /// <summary>Writes a setjmp's token and site into the guest's buffer, and answers the frame's token.</summary>
    internal long SetJump(uint buffer, int mask, int site, long token)
    {
        if (Memory is null || !Memory.TryGetSpan(buffer, JumpBuffer.Size, out var bytes))
            throw new TrapException(TrapKind.MemoryOutOfBounds);
        if (token == 0)
            token = Execution.Jumps.Open();
        JumpBuffer.Write(bytes, site, token);
        Execution.OnSetJump?.Invoke(Execution, buffer, mask > 0);
        return token;
    }

    private void LongJump(Execution execution, int buffer, int value)
    {
        if (Memory is null || !Memory.TryGetSpan((uint)buffer, JumpBuffer.Size, out var bytes))
            throw new TrapException(TrapKind.MemoryOutOfBounds);
        var (site, token) = JumpBuffer.Read(bytes);
        if (!execution.Jumps.IsLive(token))
            throw new TrapException(TrapKind.InvalidLongJump);
        execution.OnLongJump?.Invoke(execution, (uint)buffer);
        execution.LongJump(token, site, value == 0 ? 1 : value);
    }

    public override Completion Resume(SuspendedStack stack, ReadOnlySpan<WasmValue> importResults, Span<WasmValue> results)
    {
        if (stack.Instance.compiled != compiled)
            throw new ArgumentException("the stack belongs to another module", nameof(stack));
        if (importResults.Length < stack.ImportType.Results.Length || results.Length < stack.Type.Results.Length)
            throw new ArgumentException($"the import is {stack.ImportType} and the function {stack.Type}");
        int function = stack.Frames[^1].Function;
        importResults.CopyTo(new Span<WasmValue>(Execution.Results, importResults.Length));
        Execution.BeginRewind(stack, this);
        return ((IlFunction)FunctionAt(function)).Rewind(compiled.RewindAddress(function), results);
    }

    /// <summary>A saved frame's references to functions of the instance it was saved in become references to this one's.</summary>
    internal void AdoptFrame(SuspendedStack.Frame frame, Span<byte> values, IlInstance from)
    {
        if (from == this)
            return;
        var types = compiled.Site(frame.Function, frame.Site)!.Types;
        for (int i = 0; i < types.Length; i++)
        {
            if (!types[i].IsReference())
                continue;
            ref nint reference = ref MemoryMarshal.AsRef<nint>(values[(i * 16)..]);
            reference = Adopted(types[i], reference, from);
        }
    }

    /// <summary>A reference that another instance of the module has kept, as this one keeps it.</summary>
    internal nint Adopted(ValType type, nint reference, IlInstance from) => type.Top() switch
    {
        ValType.FuncRef => (nint)Adopted((FuncRef*)reference, from),
        ValType.ExternRef when from.Execution != Execution => Execution.ToExternRef(from.Execution.FromExternRef(reference)),
        _ => reference,
    };

    internal void InitializeTable(int table, ulong to, int segment, ulong from, ulong count)
    {
        var elements = Elements[segment] ?? [];
        var target = Tables[table];
        if (!Helpers.Fits(from, count, (ulong)elements.Length) || !Helpers.Fits(to, count, target.Length))
            Helpers.Throw(TrapKind.TableOutOfBounds);
        for (ulong i = 0; i < count; i++)
            target[to + i] = elements[from + i];
    }

    /// <summary>
    /// What compiled code finds an object by. It is weak, since what it stands for leads back here: a handle that kept its object would keep
    /// the instance for ever. The instance keeps the object itself.
    /// </summary>
    private nint Handle(object target)
    {
        nint handle = GCHandle.ToIntPtr(GCHandle.Alloc(target, GCHandleType.Weak));
        handles.Add(handle);
        return handle;
    }

    private MemorySlot* MemorySlotAt(int index) => (MemorySlot*)((byte*)Context + compiled.Layout.Memory(index));

    private WasmValue* GlobalCell(int index) => (WasmValue*)((byte*)Context + compiled.Layout.Global(index));

    private void FillContext()
    {
        var bytes = (byte*)Context;
        for (int i = 0; i < Memories.Length; i++)
            Memories[i].Attach(MemorySlotAt(i));
        for (int i = 0; i < Tables.Length; i++)
        {
            *(TableSlot**)(bytes + compiled.Layout.Table(i)) = Tables[i].Slot;
            Tables[i].Root(this);
        }

        for (int i = 0; i < Module.Types.Count; i++)
            *(int*)(bytes + compiled.Layout.TypeId(i)) = Module.Types[i].Id;
        for (int i = 0; i < ImportedGlobals.Length; i++)
        {
            if (ImportedGlobals[i].Type is { Mutable: true } type)
            {
                *(WasmValue**)GlobalCell(i) = ImportedGlobals[i].Cell;
                if (type.Type.IsReference())
                    ImportedGlobals[i].Root(this);
            }
            else
                *GlobalCell(i) = *ImportedGlobals[i].Cell;
        }

        FillFunctions();
    }

    private void FillFunctions()
    {
        nint execution = importedFunctions.Length > 0 ? Handle(Execution) : 0;
        for (int i = 0; i < Module.Functions.Count; i++)
        {
            var reference = FunctionRefs + i;
            var type = Module.Functions[i];
            reference->TypeId = type.Id;
            reference->Index = i;
            reference->Owner = self;
            if (i >= importedFunctions.Length)
            {
                reference->Code = Stubs.Lazy(type);
                reference->Target = compiled.Options.OptimizeAfter;
            }
            else if (importedFunctions[i] is HostFunction host)
            {
                if ((compiled.Facts.Traits(i) & ImportTraits.LongJmp) != 0)
                    host = HostFunction.Create((Action<Execution, int, int>)LongJump);
                reference->Code = Stubs.Host(host);
                reference->Target = Handle(host.Target);
                hostTargets.Add(host.Target);
                reference->Owner = execution;
            }
            else
            {
                reference->Code = Stubs.Forward(type);
                reference->Target = (nint)((IlFunction)importedFunctions[i]).Reference;
            }
        }
    }

    private void FillGlobals()
    {
        for (int i = 0; i < Module.GlobalInitializers.Length; i++)
            *GlobalCell(Module.ImportedGlobals + i) = Evaluate(Module.GlobalInitializers[i]);
    }

    private void FillTables()
    {
        for (int i = 0; i < Module.TableInitializers.Length; i++)
        {
            if (Module.TableInitializers[i] is { } initializer)
                Tables[Module.ImportedTables + i].Fill(Evaluate(initializer).Ref);
        }
    }

    private WasmValue Evaluate(ConstExpr expression) => ConstEvaluator.Evaluate(Module, expression, GlobalValue, i => (nint)Reference(i));

    private WasmValue GlobalValue(int index) =>
        index < ImportedGlobals.Length ? *ImportedGlobals[index].Cell : *GlobalCell(index);

    /// <summary>What the segments hold when nothing has been dropped.</summary>
    private void EvaluateElements()
    {
        Elements = new nint[Module.Elements.Length][];
        for (int i = 0; i < Elements.Length; i++)
        {
            var segment = Module.Elements[i];
            var references = new nint[segment.Length];
            for (int k = 0; k < references.Length; k++)
                references[k] = segment.Expressions is null ? (nint)Reference(segment.Functions[k]) : Evaluate(segment.Expressions[k]).Ref;
            Elements[i] = references;
        }

        Data = Array.ConvertAll(Module.Data, d => Module.Bytes.Slice(d.Start, d.Length));
    }

    private void FillSegments()
    {
        EvaluateElements();
        for (int i = 0; i < Elements.Length; i++)
        {
            var segment = Module.Elements[i];
            if (segment.Mode == SegmentMode.Active)
            {
                var offset = Evaluate(segment.Offset);
                ulong to = Module.Tables[segment.Table].Is64 ? (ulong)offset.I64 : (uint)offset.I32;
                InitializeTable(segment.Table, to, i, 0, (ulong)segment.Length);
            }

            if (segment.Mode != SegmentMode.Passive)
                Elements[i] = null;
        }

        for (int i = 0; i < Data.Length; i++)
        {
            var segment = Module.Data[i];
            if (segment.Mode != SegmentMode.Active)
                continue;
            var offset = Evaluate(segment.Offset);
            ulong to = Module.Memories[segment.Memory].Is64 ? (ulong)offset.I64 : (uint)offset.I32;
            if (!Memories[segment.Memory].TryGetSpan(to, segment.Length, out var target))
                Helpers.Throw(TrapKind.MemoryOutOfBounds);
            Data[i].Span.CopyTo(target);
            Data[i] = default;
        }
    }

    private void FillTags(Tag[] imported)
    {
        Tags = new Tag[Module.Tags.Count];
        imported.CopyTo(Tags, 0);
        for (int i = imported.Length; i < Tags.Length; i++)
            Tags[i] = new Tag(Module.Tags[i]);
    }

    private void FillExports()
    {
        foreach (var export in Module.Exports)
        {
            exports[export.Name] = export.Type.Kind switch
            {
                ExternKind.Function => FunctionAt(export.Index),
                ExternKind.Table => Tables[export.Index],
                ExternKind.Memory => Memories[export.Index],
                ExternKind.Global => GetGlobal(export.Index)!,
                _ => Tags[export.Index],
            };
        }
    }

    private void Start(int function)
    {
        Execution.Pin(1);
        try
        {
            // A host function as start function is called as the module would call it.
            if (FunctionAt(function) is GuestFunction guest)
                guest.Invoke([], []);
            else
                new IlFunction(this, FunctionRefs + function, function).Invoke([], []);
        }
        finally
        {
            Execution.Pin(-1);
        }
    }

    /// <summary>Makes a copied table's references to another instance's functions references to this one's.</summary>
    private void Adopt(Table table, IlInstance from)
    {
        foreach (ref nint element in table.Elements)
            element = Adopted(table.Type.Element, element, from);
    }

    private void AdoptGlobals(IlInstance from)
    {
        for (int i = 0; i < Module.Globals.Count; i++)
        {
            var type = Module.Globals[i];
            if (!type.Type.IsReference())
                continue;
            var cell = i < ImportedGlobals.Length ? ImportedGlobals[i].Cell : GlobalCell(i);
            cell->Ref = Adopted(type.Type, cell->Ref, from);
            if (i < ImportedGlobals.Length && !type.Mutable)
                *GlobalCell(i) = *cell;
        }
    }

    private FuncRef* Adopted(FuncRef* reference, IlInstance from)
    {
        long distance = (byte*)reference - (byte*)from.FunctionRefs;
        return distance >= 0 && distance < (long)Module.Functions.Count * FuncRef.Size ? FunctionRefs + reference->Index : reference;
    }
}
