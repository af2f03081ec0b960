using LinuxWasm.Engine.Binary;

namespace LinuxWasm.Engine.Validation;

/// <summary>Calls, and references to functions.</summary>
internal sealed partial class FunctionValidator
{
    private void Call(FuncType type)
    {
        Pop(type.Parameters);
        Push(type.Results);
    }

    private FuncType Direct(ref ByteReader reader)
    {
        uint callee = reader.U32();
        var type = FunctionAt(callee);
        Calls.Add((int)callee);
        return type;
    }

    private FuncType Indirect(ref ByteReader reader)
    {
        uint typeIndex = reader.U32();
        var type = FunctionTypeAt(typeIndex);
        Calls.Add(~(int)typeIndex);
        var table = TableAt(reader.U32());
        if (!table.Element.Matches(ValType.FuncRef))
            throw Error("type mismatch: call_indirect needs a table of functions");
        Pop(IndexType(table));
        return type;
    }

    private FuncType Referred(ref ByteReader reader)
    {
        uint typeIndex = reader.U32();
        var type = FunctionTypeAt(typeIndex);
        Calls.Add(~(int)typeIndex);
        Pop(ValTypes.Reference(type));
        return type;
    }

    private FuncType FunctionTypeAt(uint index)
    {
        if (index >= (uint)module.Types.Count)
            throw Error($"unknown type {index}");
        return module.Types[(int)index] as FuncType ?? throw Error($"type {index} is not a function type");
    }

    private void TailCall(FuncType type)
    {
        if (!ValTypes.Matches(type.Results, frames[0].Type.Results))
            throw Error("type mismatch: a tail call's results and the function's");
        Pop(type.Parameters);
        SetUnreachable();
    }

    private ValType PopReference()
    {
        var type = Pop();
        if (type == ValTypes.Unknown)
            return ValTypes.UnknownReference;
        return type.IsReference() ? type : throw Error($"type mismatch: expected a reference, found {type.Name()}");
    }

    private void BrOnNull(uint depth)
    {
        var reference = PopReference();
        Pop(LabelTypes(depth));
        Push(LabelTypes(depth));
        Push(reference.NonNull());
    }

    /// <summary>The label takes the reference last; where it is null, the values below it stay.</summary>
    private void BrOnNonNull(uint depth)
    {
        var types = LabelTypes(depth);
        if (types.Length == 0 || !types[^1].IsReference())
            throw Error("type mismatch: the label of br_on_non_null takes no reference");
        Pop(types[^1].Nullable());
        Pop(types[..^1]);
        Push(types[..^1]);
    }
}
