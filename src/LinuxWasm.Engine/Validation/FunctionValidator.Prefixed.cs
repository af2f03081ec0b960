using LinuxWasm.Engine.Binary;

namespace LinuxWasm.Engine.Validation;

/// <summary>Instructions behind a prefix: bulk memory and tables, vectors, atomics.</summary>
internal sealed partial class FunctionValidator
{
    private void Misc(uint code, ref ByteReader reader)
    {
        if (code < 8)
        {
            Apply(OpTable.Misc[code]);
            return;
        }

        switch (Op.Misc + (int)Math.Min(code, byte.MaxValue))
        {
            case Op.I64Add128 or Op.I64Sub128:
                Pop([ValType.I64, ValType.I64, ValType.I64, ValType.I64]);
                Push([ValType.I64, ValType.I64]);
                break;
            case Op.I64MulWideS or Op.I64MulWideU:
                Pop([ValType.I64, ValType.I64]);
                Push([ValType.I64, ValType.I64]);
                break;
            case Op.MemoryInit:
                CheckData(reader.U32());
                PopIndexes(IndexType(MemoryAt(reader.U32())), ValType.I32, ValType.I32);
                break;
            case Op.DataDrop:
                CheckData(reader.U32());
                break;
            case Op.MemoryCopy:
                var copiedTo = MemoryAt(reader.U32());
                var copiedFrom = MemoryAt(reader.U32());
                PopIndexes(IndexType(copiedTo), IndexType(copiedFrom), copiedTo.Is64 && copiedFrom.Is64 ? ValType.I64 : ValType.I32);
                break;
            case Op.MemoryFill:
                var filledMemory = IndexType(MemoryAt(reader.U32()));
                PopIndexes(filledMemory, ValType.I32, filledMemory);
                break;
            case Op.TableInit:
                uint segment = reader.U32();
                CheckElement(segment);
                var initialized = TableAt(reader.U32());
                if (!module.Elements[segment].Type.Matches(initialized.Element))
                    throw Error("type mismatch: table.init between different types");
                PopIndexes(IndexType(initialized), ValType.I32, ValType.I32);
                break;
            case Op.ElemDrop:
                CheckElement(reader.U32());
                break;
            case Op.TableCopy:
                var to = TableAt(reader.U32());
                var from = TableAt(reader.U32());
                if (!from.Element.Matches(to.Element))
                    throw Error("type mismatch: table.copy between different types");
                PopIndexes(IndexType(to), IndexType(from), to.Is64 && from.Is64 ? ValType.I64 : ValType.I32);
                break;
            case Op.TableGrow:
                var grown = TableAt(reader.U32());
                Pop(IndexType(grown));
                Pop(grown.Element);
                Push(IndexType(grown));
                break;
            case Op.TableSize:
                Push(IndexType(TableAt(reader.U32())));
                break;
            case Op.TableFill:
                var filled = TableAt(reader.U32());
                Pop(IndexType(filled));
                Pop(filled.Element);
                Pop(IndexType(filled));
                break;
            default:
                throw Error($"illegal opcode 0xfc {code}");
        }
    }

    private void PopIndexes(ValType to, ValType from, ValType count)
    {
        Pop(count);
        Pop(from);
        Pop(to);
    }

    private void CheckData(uint index)
    {
        if (dataCount < 0)
            throw Error("data count section required");
        if (index >= (uint)dataCount)
            throw Error($"unknown data segment {index}");
    }

    private void CheckElement(uint index)
    {
        if (index >= (uint)module.Elements.Length)
            throw Error($"unknown elem segment {index}");
    }

    private void Simd(uint code, ref ByteReader reader)
    {
        if (code == Op.V128Const - Op.Simd)
        {
            reader.Bytes(16);
            Push(ValType.V128);
            return;
        }

        if (code == Op.I8x16Shuffle - Op.Simd)
        {
            foreach (byte lane in reader.Bytes(16))
            {
                if (lane >= 32)
                    throw Error("invalid lane index");
            }

            Pop(ValType.V128);
            Pop(ValType.V128);
            Push(ValType.V128);
            return;
        }

        if (code >= (uint)OpTable.Simd.Length || OpTable.Simd[code].Immediate == Immediate.Special)
            throw Error($"illegal opcode 0xfd {code}");
        ref readonly var info = ref OpTable.Simd[code];
        var address = ValType.I32;
        if (info.Immediate is Immediate.Memory or Immediate.MemoryLane)
            address = MemoryArgument(ref reader, info.Width, atomic: false);
        if (info.Immediate == Immediate.Lane && reader.Byte() >= info.Width)
            throw Error("invalid lane index");
        if (info.Immediate == Immediate.MemoryLane && reader.Byte() >= 16 / info.Width)
            throw Error("invalid lane index");
        Apply(Addressed(info, address));
    }

    private void Atomic(uint code, ref ByteReader reader)
    {
        if (code == Op.AtomicFence - Op.Atomic)
        {
            if (reader.Byte() != 0)
                throw Error("zero byte expected");
            return;
        }

        if (code >= (uint)OpTable.Atomic.Length || OpTable.Atomic[code].Immediate == Immediate.Special)
            throw Error($"illegal opcode 0xfe {code}");
        ref readonly var info = ref OpTable.Atomic[code];
        Apply(Addressed(info, MemoryArgument(ref reader, info.Width, atomic: true)));
    }
}
