using System.Runtime.CompilerServices;
using LinuxWasm.Engine.Binary;

namespace LinuxWasm.Engine.Validation;

/// <summary>
/// Validates function bodies with the algorithm of the specification's appendix: a stack of operand types and one of control frames.
/// One object serves all functions of a module in turn.
/// </summary>
internal sealed partial class FunctionValidator(WasmModule module, HashSet<int> declaredFunctions, int dataCount)
{
    private const int MaximumLocals = 50_000;

    private static readonly FuncType Empty = FuncType.Get([], []);
    private static readonly FuncType[] Single = BuildSingle();

    private readonly List<ValType> locals = [];
    private readonly LocalInitialization initialization = new();
    private ValType[] operands = new ValType[256];
    private Frame[] frames = new Frame[64];
    private int operandCount;
    private int frameCount;
    private int at;

    /// <summary>What the functions validated so far call, in order: function indexes, and complements of type indexes for calls through tables.</summary>
    public List<int> Calls { get; } = [];

    private enum FrameKind : byte
    {
        Function,
        Block,
        Loop,
        If,
        Else,
        Try,
        Catch,
        TryTable,
    }

    public void Validate(FuncType type, ref ByteReader reader)
    {
        at = reader.Position;
        ReadLocals(type, ref reader);
        operandCount = 0;
        frameCount = 0;
        PushFrame(FrameKind.Function, FuncType.Get([], type.Results));
        while (frameCount > 0)
        {
            at = reader.Position;
            int op = reader.Byte();
            ref readonly var info = ref OpTable.Plain[op];
            switch (info.Immediate)
            {
                case Immediate.None:
                    Apply(info);
                    break;
                case Immediate.Memory:
                    Apply(Addressed(info, MemoryArgument(ref reader, info.Width, atomic: false)));
                    break;
                default:
                    Special(op, ref reader);
                    break;
            }
        }
    }

    /// <summary>The function type that a block type stands for.</summary>
    public static FuncType BlockType(ref ByteReader reader, WasmModule module)
    {
        int start = reader.Position;
        byte first = reader.Peek();
        if (first == 0x40)
        {
            reader.Position++;
            return Empty;
        }

        if (first is ValTypes.Concrete or ValTypes.ConcreteNonNull)
            return FuncType.Get([], [TypeReader.Value(ref reader, module.Types)]);
        if ((first & 0xC0) == 0x40)
        {
            reader.Position++;
            return Single[first & 0x3F] ?? throw new WasmFormatException(start, $"malformed block type 0x{first:x2}");
        }

        long index = reader.S33();
        if (index < 0 || index >= module.Types.Count)
            throw new WasmFormatException(start, $"unknown type {index}");
        return module.Types[(int)index] as FuncType ?? throw new WasmFormatException(start, $"type {index} is not a function type");
    }

    private static FuncType[] BuildSingle()
    {
        var result = new FuncType[64];
        foreach (var type in Enum.GetValues<ValType>())
            result[(int)type & 0x3F] = FuncType.Get([], [type]);
        return result;
    }

    private void ReadLocals(FuncType type, ref ByteReader reader)
    {
        locals.Clear();
        initialization.Clear();
        foreach (var parameter in type.Parameters)
            locals.Add(parameter);
        for (int groups = reader.Count("local groups"); groups > 0; groups--)
        {
            int groupAt = reader.Position;
            uint count = reader.U32();
            if (count > MaximumLocals - Math.Min(locals.Count, MaximumLocals))
                throw new WasmFormatException(groupAt, "too many locals");
            var local = TypeReader.Value(ref reader, module.Types);
            if (!local.IsDefaultable())
                initialization.Declare(locals.Count, (int)count);
            for (uint i = 0; i < count; i++)
                locals.Add(local);
        }
    }

    private WasmFormatException Error(string reason) => new(at, reason);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Apply(in OpInfo info)
    {
        if (info.Inputs > 2)
            Pop(info.In2);
        if (info.Inputs > 1)
            Pop(info.In1);
        if (info.Inputs > 0)
            Pop(info.In0);
        if (info.Out != ValTypes.Unknown)
            Push(info.Out);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Push(ValType type)
    {
        if (operandCount == operands.Length)
            Array.Resize(ref operands, operandCount * 2);
        operands[operandCount++] = type;
    }

    private ValType Pop()
    {
        ref var frame = ref frames[frameCount - 1];
        if (operandCount == frame.Height)
        {
            if (frame.Unreachable)
                return ValTypes.Unknown;
            throw Error("type mismatch: the operand stack is empty");
        }

        return operands[--operandCount];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Pop(ValType expected)
    {
        if (operandCount > frames[frameCount - 1].Height && operands[operandCount - 1] == expected)
        {
            operandCount--;
            return;
        }

        PopSlow(expected);
    }

    private void PopSlow(ValType expected)
    {
        var actual = Pop();
        if (actual != ValTypes.Unknown && expected != ValTypes.Unknown && !actual.Matches(expected))
            throw Error($"type mismatch: expected {expected.Name()}, found {actual.Name()}");
    }

    private void Pop(ReadOnlySpan<ValType> types)
    {
        for (int i = types.Length - 1; i >= 0; i--)
            Pop(types[i]);
    }

    private void Push(ReadOnlySpan<ValType> types)
    {
        foreach (var type in types)
            Push(type);
    }

    private void PushFrame(FrameKind kind, FuncType type)
    {
        if (frameCount == frames.Length)
            Array.Resize(ref frames, frameCount * 2);
        frames[frameCount++] = new Frame { Kind = kind, Type = type, Height = operandCount, Initialized = initialization.Height };
        Push(type.Parameters);
    }

    private Frame PopFrame()
    {
        var frame = frames[frameCount - 1];
        Pop(frame.Type.Results);
        if (operandCount != frame.Height)
            throw Error("type mismatch: values remain on the stack at the end of a block");
        frameCount--;
        initialization.Leave(frame.Initialized);
        return frame;
    }

    private void SetUnreachable()
    {
        ref var frame = ref frames[frameCount - 1];
        operandCount = frame.Height;
        frame.Unreachable = true;
    }

    private ReadOnlySpan<ValType> LabelTypes(uint depth)
    {
        if (depth >= (uint)frameCount)
            throw Error($"unknown label {depth}");
        ref var frame = ref frames[frameCount - 1 - (int)depth];
        return frame.Kind == FrameKind.Loop ? frame.Type.Parameters : frame.Type.Results;
    }

    /// <summary>Answers the type of addresses of the memory that it names.</summary>
    private ValType MemoryArgument(ref ByteReader reader, int width, bool atomic)
    {
        int start = reader.Position;
        uint alignment = reader.U32();
        uint memory = 0;
        if (alignment >= 64)
        {
            alignment -= 64;
            memory = reader.U32();
        }

        if (alignment >= 32)
            throw new WasmFormatException(start, "malformed memop flags");
        var type = MemoryAt(memory);
        if (1L << (int)alignment > width)
            throw new WasmFormatException(start, "alignment must not be larger than natural");
        if (atomic && 1L << (int)alignment != width)
            throw new WasmFormatException(start, "atomic alignment must be natural");
        if (type.Is64)
            reader.U64();
        else
            reader.U32();
        return IndexType(type);
    }

    private MemoryType MemoryAt(uint index) =>
        index < (uint)module.Memories.Count ? module.Memories[(int)index] : throw Error($"unknown memory {index}");

    /// <summary>An access whose address, the first operand, is of that type.</summary>
    private static OpInfo Addressed(in OpInfo info, ValType address) => address == ValType.I64 ? info with { In0 = ValType.I64 } : info;

    private TableType TableAt(uint index) =>
        index < (uint)module.Tables.Count ? module.Tables[(int)index] : throw Error($"unknown table {index}");

    private ValType Local(uint index) => index < (uint)locals.Count ? locals[(int)index] : throw Error($"unknown local {index}");

    private FuncType FunctionAt(uint index) =>
        index < (uint)module.Functions.Count ? module.Functions[(int)index] : throw Error($"unknown function {index}");

    private TagType TagAt(uint index) =>
        index < (uint)module.Tags.Count ? module.Tags[(int)index] : throw Error($"unknown tag {index}");

    private void Special(int op, ref ByteReader reader)
    {
        switch (op)
        {
            case Op.Unreachable:
                SetUnreachable();
                break;
            case Op.Nop:
                break;
            case Op.Block:
                Enter(FrameKind.Block, BlockType(ref reader, module));
                break;
            case Op.Loop:
                Enter(FrameKind.Loop, BlockType(ref reader, module));
                break;
            case Op.Try:
                Enter(FrameKind.Try, BlockType(ref reader, module));
                break;
            case Op.If:
                var ifType = BlockType(ref reader, module);
                Pop(ValType.I32);
                Enter(FrameKind.If, ifType);
                break;
            case Op.Else:
                if (frames[frameCount - 1].Kind != FrameKind.If)
                    throw Error("else without if");
                PushFrame(FrameKind.Else, PopFrame().Type);
                break;
            case Op.End:
                End();
                break;
            case Op.TryTable:
                TryTable(ref reader);
                break;
            case Op.Catch or Op.CatchAll:
                Catch(op, ref reader);
                break;
            case Op.Delegate:
                Delegate(ref reader);
                break;
            case Op.Throw:
                Pop(TagAt(reader.U32()).Type.Parameters);
                SetUnreachable();
                break;
            case Op.Rethrow:
                uint target = reader.U32();
                if (target >= (uint)frameCount || frames[frameCount - 1 - (int)target].Kind != FrameKind.Catch)
                    throw Error("invalid rethrow label");
                SetUnreachable();
                break;
            case Op.ThrowRef:
                Pop(ValType.ExnRef);
                SetUnreachable();
                break;
            case Op.Br:
                Pop(LabelTypes(reader.U32()));
                SetUnreachable();
                break;
            case Op.BrIf:
                uint depth = reader.U32();
                Pop(ValType.I32);
                Pop(LabelTypes(depth));
                Push(LabelTypes(depth));
                break;
            case Op.BrTable:
                BrTable(ref reader);
                break;
            case Op.BrOnNull:
                BrOnNull(reader.U32());
                break;
            case Op.BrOnNonNull:
                BrOnNonNull(reader.U32());
                break;
            case Op.Return:
                Pop(frames[0].Type.Results);
                SetUnreachable();
                break;
            case Op.Call:
                Call(Direct(ref reader));
                break;
            case Op.CallIndirect:
                Call(Indirect(ref reader));
                break;
            case Op.CallRef:
                Call(Referred(ref reader));
                break;
            case Op.ReturnCallRef:
                TailCall(Referred(ref reader));
                break;
            case Op.ReturnCall:
                TailCall(Direct(ref reader));
                break;
            case Op.ReturnCallIndirect:
                TailCall(Indirect(ref reader));
                break;
            case Op.Drop:
                Pop();
                break;
            case Op.Select:
                Select();
                break;
            case Op.SelectTyped:
                if (reader.U32() != 1)
                    throw Error("invalid result arity");
                var selected = TypeReader.Value(ref reader, module.Types);
                Pop(ValType.I32);
                Pop(selected);
                Pop(selected);
                Push(selected);
                break;
            default:
                Variables(op, ref reader);
                break;
        }
    }

    private void Variables(int op, ref ByteReader reader)
    {
        switch (op)
        {
            case Op.LocalGet:
                uint got = reader.U32();
                Push(Local(got));
                if (!initialization.IsSet((int)got))
                    throw Error($"uninitialized local {got}");
                break;
            case Op.LocalSet:
                uint set = reader.U32();
                Pop(Local(set));
                initialization.Set((int)set);
                break;
            case Op.LocalTee:
                uint teed = reader.U32();
                Pop(Local(teed));
                Push(Local(teed));
                initialization.Set((int)teed);
                break;
            case Op.GlobalGet:
                Push(GlobalAt(reader.U32()).Type);
                break;
            case Op.GlobalSet:
                var global = GlobalAt(reader.U32());
                if (!global.Mutable)
                    throw Error("immutable global");
                Pop(global.Type);
                break;
            case Op.TableGet:
                var read = TableAt(reader.U32());
                Pop(IndexType(read));
                Push(read.Element);
                break;
            case Op.TableSet:
                var written = TableAt(reader.U32());
                Pop(written.Element);
                Pop(IndexType(written));
                break;
            case Op.MemorySize:
                Push(IndexType(MemoryAt(reader.U32())));
                break;
            case Op.MemoryGrow:
                var grownMemory = IndexType(MemoryAt(reader.U32()));
                Pop(grownMemory);
                Push(grownMemory);
                break;
            case Op.I32Const:
                reader.S32();
                Push(ValType.I32);
                break;
            case Op.I64Const:
                reader.S64();
                Push(ValType.I64);
                break;
            case Op.F32Const:
                reader.Bytes(4);
                Push(ValType.F32);
                break;
            case Op.F64Const:
                reader.Bytes(8);
                Push(ValType.F64);
                break;
            case Op.RefNull:
                Push(TypeReader.Heap(ref reader, module.Types));
                break;
            case Op.RefIsNull:
                PopReference();
                Push(ValType.I32);
                break;
            case Op.RefAsNonNull:
                Push(PopReference().NonNull());
                break;
            case Op.RefEq:
                Pop(ValType.EqRef);
                Pop(ValType.EqRef);
                Push(ValType.I32);
                break;
            case Op.RefFunc:
                uint function = reader.U32();
                FunctionAt(function);
                if (!declaredFunctions.Contains((int)function))
                    throw Error("undeclared function reference");
                Push(ValTypes.Reference(FunctionAt(function)).NonNull());
                break;
            case Op.PrefixGc:
                throw WasmFormatException.Unsupported(at, "garbage collection", $"instruction 0xfb {reader.U32()}");
            case Op.PrefixMisc:
                Misc(reader.U32(), ref reader);
                break;
            case Op.PrefixSimd:
                Simd(reader.U32(), ref reader);
                break;
            case Op.PrefixAtomic:
                Atomic(reader.U32(), ref reader);
                break;
            default:
                throw Error($"illegal opcode 0x{op:x2}");
        }
    }

    private GlobalType GlobalAt(uint index) =>
        index < (uint)module.Globals.Count ? module.Globals[(int)index] : throw Error($"unknown global {index}");

    private static ValType IndexType(TableType table) => table.Is64 ? ValType.I64 : ValType.I32;

    private static ValType IndexType(MemoryType memory) => memory.Is64 ? ValType.I64 : ValType.I32;

    private void Enter(FrameKind kind, FuncType type)
    {
        Pop(type.Parameters);
        PushFrame(kind, type);
    }

    private void End()
    {
        var frame = PopFrame();
        if (frame.Kind == FrameKind.If && !ValTypes.Matches(frame.Type.Parameters, frame.Type.Results))
            throw Error("type mismatch: an if without else must leave what it takes");
        Push(frame.Type.Results);
    }

    private void TryTable(ref ByteReader reader)
    {
        var type = BlockType(ref reader, module);
        Pop(type.Parameters);
        for (int count = reader.Count("catch clauses"); count > 0; count--)
        {
            byte kind = reader.Byte();
            if (kind > 3)
                throw Error($"malformed catch clause kind {kind}");
            int height = operandCount;
            if (kind < 2)
                Push(TagAt(reader.U32()).Type.Parameters);
            if ((kind & 1) != 0)
                Push(ValType.ExnRef.NonNull());
            var expected = LabelTypes(reader.U32());
            if (!ValTypes.Matches(operands.AsSpan(height, operandCount - height), expected))
                throw Error("type mismatch: a catch clause's values and its label");
            operandCount = height;
        }

        PushFrame(FrameKind.TryTable, type);
    }

    private void Catch(int op, ref ByteReader reader)
    {
        var kind = frames[frameCount - 1].Kind;
        if (kind is not (FrameKind.Try or FrameKind.Catch) || frames[frameCount - 1].CatchAll)
            throw Error("catch without try, or behind catch_all");
        var frame = PopFrame();
        frames[frameCount++] = new Frame { Kind = FrameKind.Catch, Type = frame.Type, Height = operandCount, Initialized = initialization.Height, CatchAll = op == Op.CatchAll };
        if (op == Op.Catch)
            Push(TagAt(reader.U32()).Type.Parameters);
    }

    private void Delegate(ref ByteReader reader)
    {
        if (frames[frameCount - 1].Kind != FrameKind.Try)
            throw Error("delegate without try");
        uint depth = reader.U32();
        var frame = PopFrame();
        if (depth >= (uint)frameCount)
            throw Error($"unknown label {depth}");
        Push(frame.Type.Results);
    }

    private void BrTable(ref ByteReader reader)
    {
        Pop(ValType.I32);
        int count = reader.Count("labels");
        int listAt = reader.Position;
        for (int i = 0; i < count; i++)
            LabelTypes(reader.U32());
        uint last = reader.U32();
        int end = reader.Position;
        int arity = LabelTypes(last).Length;
        reader.Position = listAt;
        Span<ValType> saved = stackalloc ValType[Math.Min(arity, 64)];
        if (arity > saved.Length)
            saved = new ValType[arity];
        for (int i = 0; i <= count; i++)
        {
            var types = LabelTypes(reader.U32());
            if (types.Length != arity)
                throw Error("type mismatch: the labels of br_table differ in arity");

            // Each label must accept the operands as they are, which unreachable code may leave open.
            int height = operandCount;
            int depth = 0;
            for (int k = arity - 1; k >= 0; k--)
            {
                saved[depth] = Pop();
                if (saved[depth] != ValTypes.Unknown && !saved[depth].Matches(types[k]))
                    throw Error($"type mismatch: expected {types[k].Name()}, found {saved[depth].Name()}");
                depth++;
            }

            // What came from an unreachable stack's bottom is not put back: it is there for the asking.
            int real = height - operandCount;
            for (int k = real - 1; k >= 0; k--)
                Push(saved[k]);
        }

        reader.Position = end;
        Pop(LabelTypes(last));
        SetUnreachable();
    }

    private void Select()
    {
        Pop(ValType.I32);
        var first = Pop();
        var second = Pop();
        if (first.IsReference() || second.IsReference())
            throw Error("type mismatch: select of references needs a type");
        if (first != second && first != ValTypes.Unknown && second != ValTypes.Unknown)
            throw Error("type mismatch: the operands of select differ");
        Push(first == ValTypes.Unknown ? second : first);
    }

    private struct Frame
    {
        public FuncType Type;
        public int Height;

        /// <summary>Of <see cref="LocalInitialization"/>, where the frame began.</summary>
        public int Initialized;
        public FrameKind Kind;
        public bool Unreachable;
        public bool CatchAll;
    }
}
