using System.Runtime.Intrinsics;
using LinuxWasm.Engine.Binary;

namespace LinuxWasm.Engine;

/// <summary>Computes constant expressions, which validation has already accepted.</summary>
internal static class ConstEvaluator
{
    public static WasmValue Evaluate(WasmModule module, ConstExpr expression, Func<int, WasmValue> global, Func<int, nint> function)
    {
        var reader = new ByteReader(module.Bytes.Span, expression.Start, expression.End);
        var stack = new Stack<WasmValue>(4);
        while (true)
        {
            int op = reader.Byte();
            switch (op)
            {
                case Op.End:
                    return stack.Pop();
                case Op.I32Const:
                    stack.Push(reader.S32());
                    break;
                case Op.I64Const:
                    stack.Push(reader.S64());
                    break;
                case Op.F32Const:
                    stack.Push(reader.Fixed32());
                    break;
                case Op.F64Const:
                    stack.Push(reader.Fixed64());
                    break;
                case Op.GlobalGet:
                    stack.Push(global((int)reader.U32()));
                    break;
                case Op.RefNull:
                    TypeReader.Heap(ref reader, module.Types);
                    stack.Push(default(WasmValue));
                    break;
                case Op.RefFunc:
                    stack.Push(new WasmValue { Ref = function((int)reader.U32()) });
                    break;
                case Op.PrefixSimd:
                    reader.U32();
                    stack.Push(Vector128.Create(reader.Bytes(16)));
                    break;
                default:
                    var right = stack.Pop();
                    var left = stack.Pop();
                    stack.Push(op switch
                    {
                        0x6A => left.I32 + right.I32,
                        0x6B => left.I32 - right.I32,
                        0x6C => left.I32 * right.I32,
                        0x7C => left.I64 + right.I64,
                        0x7D => left.I64 - right.I64,
                        _ => (WasmValue)(left.I64 * right.I64),
                    });
                    break;
            }
        }
    }
}
