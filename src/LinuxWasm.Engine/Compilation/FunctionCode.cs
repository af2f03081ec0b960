using System.Runtime.InteropServices;
using LinuxWasm.Engine.Binary;
using LinuxWasm.Engine.Validation;

namespace LinuxWasm.Engine.Compilation;

/// <summary>One instruction, its immediates at hand.</summary>
/// <param name="Op">See <see cref="Binary.Op"/>.</param>
/// <param name="A">First index: local, global, function, type, label depth, memory, block number.</param>
/// <param name="B">Second index, or lane.</param>
/// <param name="Imm">Constant's bits, or a memory access' offset.</param>
internal readonly record struct Instr(int Op, int A, int B, long Imm);

/// <summary>A block, loop, if or try of one function.</summary>
internal sealed class BlockInfo(FuncType type, int start)
{
    public FuncType Type { get; } = type;

    public int Start { get; } = start;

    /// <summary>Instruction index of the else, or -1.</summary>
    public int Else { get; set; } = -1;

    public int End { get; set; } = -1;

    /// <summary>A legacy try's catch and catch_all instructions.</summary>
    public List<int> Catches { get; } = [];

    /// <summary>A try_table's clauses.</summary>
    public CatchClause[] Clauses { get; init; } = [];
}

/// <param name="Kind">0 catch, 1 catch_ref, 2 catch_all, 3 catch_all_ref.</param>
internal readonly record struct CatchClause(int Kind, int Tag, int Depth);

/// <summary>A validated body taken apart for the passes of the compiler.</summary>
internal sealed class FunctionCode
{
    /// <summary>An address that no memory reaches, with room above it.</summary>
    public const ulong BeyondMemory = 1UL << 40;

    private readonly List<Instr> code = [];
    private readonly List<BlockInfo> blocks = [];
    private readonly List<int[]> labelLists = [];
    private readonly List<byte[]> vectors = [];

    private FunctionCode(FuncType type) => Type = type;

    public FuncType Type { get; }

    /// <summary>Parameters, then locals.</summary>
    public ValType[] Locals { get; private set; } = [];

    public ReadOnlySpan<Instr> Code => CollectionsMarshal.AsSpan(code);

    public IReadOnlyList<BlockInfo> Blocks => blocks;

    /// <summary>The targets of br_tables, the default last.</summary>
    public IReadOnlyList<int[]> LabelLists => labelLists;

    /// <summary>v128 constants and shuffle masks.</summary>
    public IReadOnlyList<byte[]> Vectors => vectors;

    public bool HasLoops { get; private set; }

    public bool HasCalls { get; private set; }

    public bool HasHandlers { get; private set; }

    public int MemoryAccesses { get; private set; }

    public static FunctionCode Read(WasmModule module, int index)
    {
        var result = new FunctionCode(module.Functions[index]);
        var body = module.Bodies[index - module.ImportedFunctions];
        var reader = new ByteReader(module.Bytes.Span, body.Start, body.End);
        result.ReadLocals(ref reader, module);
        result.ReadCode(ref reader, module);
        return result;
    }

    private void ReadLocals(ref ByteReader reader, WasmModule module)
    {
        var locals = new List<ValType>(Type.Parameters.Length + 8);
        locals.AddRange(Type.Parameters);
        for (uint groups = reader.U32(); groups > 0; groups--)
        {
            uint count = reader.U32();
            var type = TypeReader.Value(ref reader, module.Types);
            for (uint i = 0; i < count; i++)
                locals.Add(type);
        }

        Locals = [.. locals];
    }

    private void ReadCode(ref ByteReader reader, WasmModule module)
    {
        var open = new Stack<int>();
        while (!reader.AtEnd)
        {
            int at = code.Count;
            int op = reader.Byte();
            int a = 0, b = 0;
            long imm = 0;
            switch (op)
            {
                case Op.Block or Op.Loop or Op.If or Op.Try:
                    a = blocks.Count;
                    blocks.Add(new BlockInfo(FunctionValidator.BlockType(ref reader, module), at));
                    open.Push(a);
                    HasHandlers |= op == Op.Try;
                    HasLoops |= op == Op.Loop;
                    break;
                case Op.TryTable:
                    a = blocks.Count;
                    blocks.Add(TryTable(ref reader, module, at));
                    open.Push(a);
                    HasHandlers = true;
                    break;
                case Op.Else:
                    a = open.Peek();
                    blocks[a].Else = at;
                    break;
                case Op.Catch:
                    a = open.Peek();
                    b = (int)reader.U32();
                    blocks[a].Catches.Add(at);
                    break;
                case Op.CatchAll:
                    a = open.Peek();
                    blocks[a].Catches.Add(at);
                    break;
                case Op.Delegate:
                    b = (int)reader.U32();
                    a = open.Pop();
                    blocks[a].End = at;
                    break;
                case Op.End:
                    a = -1;
                    if (open.Count > 0)
                    {
                        a = open.Pop();
                        blocks[a].End = at;
                    }

                    break;
                case Op.BrTable:
                    a = labelLists.Count;
                    var labels = new int[reader.U32() + 1];
                    for (int i = 0; i < labels.Length; i++)
                        labels[i] = (int)reader.U32();
                    labelLists.Add(labels);
                    break;
                case Op.SelectTyped:
                    reader.U32();
                    a = (int)TypeReader.Value(ref reader, module.Types);
                    break;
                case Op.Br or Op.BrIf or Op.BrOnNull or Op.BrOnNonNull or Op.LocalGet or Op.LocalSet or Op.LocalTee or Op.GlobalGet or Op.GlobalSet or Op.TableGet or Op.TableSet
                    or Op.MemorySize or Op.RefFunc or Op.Throw or Op.Rethrow:
                    a = (int)reader.U32();
                    HasCalls |= op is Op.Throw or Op.Rethrow;
                    break;
                case Op.ThrowRef:
                    HasCalls = true;
                    break;
                case Op.MemoryGrow or Op.Call or Op.ReturnCall or Op.CallRef or Op.ReturnCallRef:
                    a = (int)reader.U32();
                    HasCalls = true;
                    break;
                case Op.CallIndirect or Op.ReturnCallIndirect:
                    a = (int)reader.U32();
                    b = (int)reader.U32();
                    HasCalls = true;
                    break;
                case Op.RefNull:
                    a = (int)TypeReader.Heap(ref reader, module.Types);
                    break;
                case Op.I32Const:
                    imm = reader.S32();
                    break;
                case Op.I64Const:
                    imm = reader.S64();
                    break;
                case Op.F32Const:
                    imm = reader.Fixed32();
                    break;
                case Op.F64Const:
                    imm = (long)reader.Fixed64();
                    break;
                case Op.PrefixMisc:
                    op = Op.Misc + (int)reader.U32();
                    Misc(op, ref reader, ref a, ref b);
                    break;
                case Op.PrefixSimd:
                    op = Op.Simd + (int)reader.U32();
                    Simd(op, ref reader, ref a, ref b, ref imm);
                    break;
                case Op.PrefixAtomic:
                    op = Op.Atomic + (int)reader.U32();
                    HasCalls |= op is Op.AtomicWait32 or Op.AtomicWait64;
                    if (op == Op.AtomicFence)
                        reader.Byte();
                    else
                        MemoryArgument(ref reader, ref a, ref imm);
                    break;
                default:
                    if (OpTable.Plain[op].Immediate == Immediate.Memory)
                        MemoryArgument(ref reader, ref a, ref imm);
                    break;
            }

            code.Add(new Instr(op, a, b, imm));
        }
    }

    private static BlockInfo TryTable(ref ByteReader reader, WasmModule module, int at)
    {
        var type = FunctionValidator.BlockType(ref reader, module);
        var clauses = new CatchClause[reader.U32()];
        for (int i = 0; i < clauses.Length; i++)
        {
            int kind = reader.Byte();
            int tag = kind < 2 ? (int)reader.U32() : -1;
            clauses[i] = new CatchClause(kind, tag, (int)reader.U32());
        }

        return new BlockInfo(type, at) { Clauses = clauses };
    }

    private void MemoryArgument(ref ByteReader reader, ref int memory, ref long offset)
    {
        MemoryAccesses++;
        if (reader.U32() >= 64)
            memory = (int)reader.U32();

        // An offset beyond any memory traps as well as a larger one does, and can be added to without overflow.
        offset = (long)Math.Min(reader.U64(), BeyondMemory);
    }

    private void Misc(int op, ref ByteReader reader, ref int a, ref int b)
    {
        if (op is < Op.MemoryInit or (>= Op.I64Add128 and <= Op.I64MulWideU))
            return;
        a = (int)reader.U32();
        if (op is Op.MemoryInit or Op.MemoryCopy or Op.TableInit or Op.TableCopy)
            b = (int)reader.U32();
    }

    private void Simd(int op, ref ByteReader reader, ref int a, ref int b, ref long imm)
    {
        if (op is Op.V128Const or Op.I8x16Shuffle)
        {
            a = vectors.Count;
            vectors.Add(reader.Bytes(16).ToArray());
            return;
        }

        var kind = OpTable.Simd[op - Op.Simd].Immediate;
        if (kind is Immediate.Memory or Immediate.MemoryLane)
            MemoryArgument(ref reader, ref a, ref imm);
        if (kind is Immediate.Lane or Immediate.MemoryLane)
            b = reader.Byte();
    }
}
