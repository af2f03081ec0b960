using LinuxWasm.Engine.Binary;

namespace LinuxWasm.Engine.Validation;

/// <summary>Constant expressions, with the arithmetic of the extended-const proposal.</summary>
internal static class ConstValidator
{
    private const int MaximumDepth = 1024;

    /// <summary>Reads an expression that leaves one value of the type, its end included.</summary>
    public static ConstExpr Validate(ref ByteReader reader, WasmModule module, ValType expected, HashSet<int> declared)
    {
        int start = reader.Position;
        var stack = new Stack<ValType>();
        while (true)
        {
            int at = reader.Position;
            byte op = reader.Byte();
            switch (op)
            {
                case Op.End:
                    if (stack.Count != 1 || !stack.Peek().Matches(expected))
                        throw new WasmFormatException(at, $"type mismatch: a constant expression must leave one {expected.Name()}");
                    return new ConstExpr(start, reader.Position);
                case Op.I32Const:
                    reader.S32();
                    stack.Push(ValType.I32);
                    break;
                case Op.I64Const:
                    reader.S64();
                    stack.Push(ValType.I64);
                    break;
                case Op.F32Const:
                    reader.Bytes(4);
                    stack.Push(ValType.F32);
                    break;
                case Op.F64Const:
                    reader.Bytes(8);
                    stack.Push(ValType.F64);
                    break;
                case Op.GlobalGet:
                    uint global = reader.U32();
                    if (global >= (uint)module.Globals.Count)
                        throw new WasmFormatException(at, $"unknown global {global}");
                    if (module.Globals[(int)global].Mutable)
                        throw new WasmFormatException(at, "constant expression required: the global is mutable");
                    stack.Push(module.Globals[(int)global].Type);
                    break;
                case Op.RefNull:
                    stack.Push(TypeReader.Heap(ref reader, module.Types));
                    break;
                case Op.RefFunc:
                    uint function = reader.U32();
                    if (function >= (uint)module.Functions.Count)
                        throw new WasmFormatException(at, $"unknown function {function}");
                    declared.Add((int)function);
                    stack.Push(ValTypes.Reference(module.Functions[(int)function]).NonNull());
                    break;
                case 0x6A or 0x6B or 0x6C:
                    Binary(stack, ValType.I32, at);
                    break;
                case 0x7C or 0x7D or 0x7E:
                    Binary(stack, ValType.I64, at);
                    break;
                case Op.PrefixGc:
                    throw WasmFormatException.Unsupported(at, "garbage collection", $"instruction 0xfb {reader.U32()}");
                case Op.PrefixSimd when reader.U32() == Op.V128Const - Op.Simd:
                    reader.Bytes(16);
                    stack.Push(ValType.V128);
                    break;
                default:
                    if (OpTable.Plain[op].Immediate == Immediate.Special && op is > Op.RefFunc and < Op.PrefixMisc)
                        throw new WasmFormatException(at, $"illegal opcode 0x{op:x2}");
                    throw new WasmFormatException(at, "constant expression required");
            }

            if (stack.Count > MaximumDepth)
                throw new WasmFormatException(at, "constant expression too deep");
        }
    }

    private static void Binary(Stack<ValType> stack, ValType type, int at)
    {
        if (stack.Count < 2 || stack.Pop() != type || stack.Pop() != type)
            throw new WasmFormatException(at, "type mismatch in constant expression");
        stack.Push(type);
    }
}
