using System.Buffers.Binary;
using LinuxWasm.Engine.Compilation;

namespace LinuxWasm.Engine;

/// <summary>What the engine writes into a guest's jmp_buf.</summary>
internal static class JumpBuffer
{
    public const int Size = 16;
    private const uint Magic = 0x6A6D7062;

    public static void Write(Span<byte> buffer, int site, long token)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(buffer, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(buffer[4..], site);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[8..], token);
    }

    /// <summary>Token 0, which no frame has, if nothing was written there.</summary>
    public static (int Site, long Token) Read(ReadOnlySpan<byte> buffer) => BinaryPrimitives.ReadUInt32LittleEndian(buffer) == Magic
        ? (BinaryPrimitives.ReadInt32LittleEndian(buffer[4..]), BinaryPrimitives.ReadInt64LittleEndian(buffer[8..]))
        : (0, 0);
}

/// <summary>Stands in for setjmp and longjmp, which the host need not provide.</summary>
internal sealed class JumpImports : IImportResolver
{
    private readonly IImportResolver inner;
    private readonly Dictionary<ImportDescriptor, Extern> jumps = [];

    public JumpImports(IImportResolver inner, ModuleFacts facts, WasmModule module)
    {
        this.inner = inner;
        int index = 0;
        foreach (var import in module.Imports)
        {
            if (import.Type is not FunctionExternType function)
                continue;
            var traits = facts.Traits(index++);
            if ((traits & (ImportTraits.SetJmp | ImportTraits.LongJmp)) != 0)
                jumps[import] = HostFunction.Create(Checked(import, function.Type, traits), Refuse);
        }
    }

    public Extern? Resolve(ImportDescriptor import) => jumps.TryGetValue(import, out var jump) ? jump : inner.Resolve(import);

    private static FuncType Checked(ImportDescriptor import, FuncType type, ImportTraits traits)
    {
        bool fits = (traits & ImportTraits.LongJmp) != 0
            ? type == FuncType.Get([ValType.I32, ValType.I32], [])
            : type == FuncType.Get([ValType.I32], [ValType.I32]) || type == FuncType.Get([ValType.I32, ValType.I32], [ValType.I32]);
        return fits ? type : throw new LinkException(import, "not the type of setjmp, sigsetjmp or longjmp");
    }

    /// <summary>setjmp returns twice into its caller's frame, so only a direct call of it can work.</summary>
    private static void Refuse(Execution execution, ReadOnlySpan<WasmValue> arguments, Span<WasmValue> results) =>
        throw new TrapException(TrapKind.InvalidLongJump, "setjmp called through a pointer");
}
