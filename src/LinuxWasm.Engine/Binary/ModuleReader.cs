using LinuxWasm.Engine.Caching;
using LinuxWasm.Engine.Validation;

namespace LinuxWasm.Engine.Binary;

/// <summary>Reads a module section by section and validates it on the way (sections 3 and 5 of the specification).</summary>
internal sealed class ModuleReader(ReadOnlyMemory<byte> bytes, CacheEntry? known)
{
    private const uint Magic = 0x6D736100;
    private const uint Version = 1;
    private const ulong MaximumPages32 = 65536;
    private const ulong MaximumPages64 = 1UL << 48;
    private const int MaximumBody = 7_654_321;
    private const int MaximumFunctions = 1_000_000;

    /// <summary>Begins a table that has an initializer.</summary>
    private const byte InitializedTable = 0x40;

    private const byte CustomPageSize = 8;
    private const byte ExactFunction = 0x20;

    // The data count section stands between elements and code, tags between memories and globals.
    private static readonly int[] SectionOrder = [0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 11, 6];

    private readonly WasmModule module = new(bytes) { Known = known };
    private readonly List<ImportDescriptor> imports = [];
    private readonly List<ExportDescriptor> exports = [];
    private readonly List<CustomSection> customs = [];
    private readonly HashSet<int> declaredFunctions = [];
    private int definedFunctions;
    private int dataCount = -1;

    public WasmModule Read()
    {
        try
        {
            return ReadModule();
        }
        catch (TooManyTypesException e)
        {
            throw new WasmFormatException(0, e.Message);
        }
    }

    private WasmModule ReadModule()
    {
        var span = bytes.Span;
        var reader = new ByteReader(span, 0, span.Length);
        if (reader.Fixed32() != Magic)
            throw new WasmFormatException(0, "magic header not detected");
        if (reader.Fixed32() != Version)
            throw new WasmFormatException(4, "unknown binary version");
        int last = 0;
        bool code = false;
        while (!reader.AtEnd)
        {
            int at = reader.Position;
            byte id = reader.Byte();
            if (id >= SectionOrder.Length)
                throw new WasmFormatException(at, $"malformed section id {id}");
            uint size = reader.U32();
            if (size > (uint)(reader.End - reader.Position))
                throw new WasmFormatException(at, "length out of bounds: unexpected end of section");
            int end = reader.Position + (int)size;
            var section = new ByteReader(span, reader.Position, end);
            if (id != 0)
            {
                if (SectionOrder[id] <= last)
                    throw new WasmFormatException(at, "unexpected content after last section: section out of order or twice");
                last = SectionOrder[id];
                code |= id == 10;
            }

            ReadSection(id, ref section);
            if (section.Position != end)
                throw section.Error("section size mismatch");
            reader.Position = end;
        }

        if (!code)
        {
            if (definedFunctions != 0)
                throw reader.Error("function and code section have inconsistent lengths");
        }

        if (dataCount > 0 && module.Data.Length != dataCount)
            throw reader.Error("data count and data section have inconsistent lengths");
        module.Imports = imports;
        module.Exports = exports;
        module.CustomSections = customs;
        module.DeclaredFunctions = declaredFunctions;
        return module;
    }

    private static (ulong Minimum, ulong? Maximum, bool Shared, bool Is64) Limits(ref ByteReader reader, byte allowed)
    {
        int at = reader.Position;
        byte flags = reader.Byte();
        if ((flags & ~allowed) == CustomPageSize && (allowed & 2) != 0)
            throw WasmFormatException.Unsupported(at, "custom page sizes", "a memory with a page size");
        if ((flags & ~allowed) != 0)
            throw new WasmFormatException(at, $"malformed limits flags 0x{flags:x2}");
        bool is64 = (flags & 4) != 0;
        ulong minimum = is64 ? reader.U64() : reader.U32();
        ulong? maximum = (flags & 1) == 0 ? null : is64 ? reader.U64() : reader.U32();
        if (maximum < minimum)
            throw new WasmFormatException(at, "size minimum must not be greater than maximum");
        return (minimum, maximum, (flags & 2) != 0, is64);
    }

    private TableType Table(ref ByteReader reader)
    {
        var element = TypeReader.Reference(ref reader, module.Types);
        var limits = Limits(ref reader, 1 | 4);
        return new TableType(element, limits.Minimum, limits.Maximum, limits.Is64);
    }

    private static MemoryType Memory(ref ByteReader reader)
    {
        int at = reader.Position;
        var limits = Limits(ref reader, 7);
        ulong most = limits.Is64 ? MaximumPages64 : MaximumPages32;
        if (limits.Minimum > most || limits.Maximum > most)
            throw new WasmFormatException(at, limits.Is64 ? "memory size must be at most 2^48 pages" : "memory size must be at most 65536 pages (4GiB)");
        if (limits.Shared && limits.Maximum is null)
            throw new WasmFormatException(at, "shared memory must have maximum");
        return new MemoryType(limits.Minimum, limits.Maximum, limits.Shared, limits.Is64);
    }

    private GlobalType Global(ref ByteReader reader)
    {
        var type = TypeReader.Value(ref reader, module.Types);
        int at = reader.Position;
        byte mutable = reader.Byte();
        if (mutable > 1)
            throw new WasmFormatException(at, "malformed mutability");
        return new GlobalType(type, mutable == 1);
    }

    private void ReadSection(byte id, ref ByteReader reader)
    {
        switch (id)
        {
            case 0: Custom(ref reader); break;
            case 1: new TypeSection(module.Types).Read(ref reader); break;
            case 2: ImportSection(ref reader); break;
            case 3: FunctionSection(ref reader); break;
            case 4: TableSection(ref reader); break;
            case 5:
                for (int count = reader.Count("memories"); count > 0; count--)
                    module.Memories.Add(Memory(ref reader));
                break;
            case 6: GlobalSection(ref reader); break;
            case 7: ExportSection(ref reader); break;
            case 8: StartSection(ref reader); break;
            case 9: ElementSection(ref reader); break;
            case 10: CodeSection(ref reader); break;
            case 11: DataSection(ref reader); break;
            case 12: dataCount = (int)Math.Min(reader.U32(), int.MaxValue); break;
            default:
                for (int count = reader.Count("tags"); count > 0; count--)
                    module.Tags.Add(Tag(ref reader));
                break;
        }
    }

    private void Custom(ref ByteReader reader)
    {
        string name = reader.Name();
        var data = bytes[reader.Position..reader.End];
        customs.Add(new CustomSection(name, data));
        if (name == "name")
            module.NameData = data;
        reader.Position = reader.End;
    }

    private FuncType TypeIndex(ref ByteReader reader)
    {
        int at = reader.Position;
        uint index = reader.U32();
        if (index >= (uint)module.Types.Count)
            throw new WasmFormatException(at, $"unknown type {index}");
        return module.Types[(int)index] as FuncType ?? throw new WasmFormatException(at, $"type {index} is not a function type");
    }

    private TagType Tag(ref ByteReader reader)
    {
        int at = reader.Position;
        if (reader.Byte() != 0)
            throw new WasmFormatException(at, "malformed tag attribute");
        var type = TypeIndex(ref reader);
        if (type.Results.Length != 0)
            throw new WasmFormatException(at, "non-empty tag result type");
        return new TagType(type);
    }

    private void ImportSection(ref ByteReader reader)
    {
        for (int count = reader.Count("imports"); count > 0; count--)
        {
            string from = reader.Name();
            string name = reader.Name();
            int at = reader.Position;
            byte kind = reader.Byte();
            ExternType type = (ExternKind)kind switch
            {
                ExternKind.Function => new FunctionExternType(TypeIndex(ref reader)),
                ExternKind.Table => Table(ref reader),
                ExternKind.Memory => Memory(ref reader),
                ExternKind.Global => Global(ref reader),
                ExternKind.Tag => Tag(ref reader),
                (ExternKind)ExactFunction => throw WasmFormatException.Unsupported(at, "custom descriptors", "an import of an exact type"),
                _ => throw new WasmFormatException(at, $"malformed import kind {kind}"),
            };
            imports.Add(new ImportDescriptor(from, name, type));
            switch (type)
            {
                case FunctionExternType function: module.Functions.Add(function.Type); break;
                case TableType table: module.Tables.Add(table); break;
                case MemoryType memory: module.Memories.Add(memory); break;
                case GlobalType global: module.Globals.Add(global); break;
                case TagType tag: module.Tags.Add(tag); break;
            }
        }

        module.ImportedFunctions = module.Functions.Count;
        module.ImportedTables = module.Tables.Count;
        module.ImportedMemories = module.Memories.Count;
        module.ImportedGlobals = module.Globals.Count;
        module.ImportedTags = module.Tags.Count;
    }

    private void FunctionSection(ref ByteReader reader)
    {
        definedFunctions = reader.Count("functions");
        if (definedFunctions > MaximumFunctions)
            throw reader.Error($"{definedFunctions} functions are more than the limit of {MaximumFunctions}");
        for (int i = 0; i < definedFunctions; i++)
            module.Functions.Add(TypeIndex(ref reader));
    }

    private void TableSection(ref ByteReader reader)
    {
        int count = reader.Count("tables");
        var initializers = new ConstExpr?[count];
        for (int i = 0; i < count; i++)
        {
            int at = reader.Position;
            bool initialized = reader.Peek() == InitializedTable;
            if (initialized)
            {
                reader.Position++;
                if (reader.Byte() != 0)
                    throw new WasmFormatException(at, "malformed table: zero byte expected");
            }

            var type = Table(ref reader);
            if (initialized)
                initializers[i] = ConstValidator.Validate(ref reader, module, type.Element, declaredFunctions);
            else if (!type.Element.IsDefaultable())
                throw new WasmFormatException(at, $"type mismatch: a table of {type.Element.Name()} needs an initializer");
            module.Tables.Add(type);
        }

        module.TableInitializers = initializers;
    }

    private void GlobalSection(ref ByteReader reader)
    {
        int count = reader.Count("globals");
        var initializers = new ConstExpr[count];
        for (int i = 0; i < count; i++)
        {
            var type = Global(ref reader);
            initializers[i] = ConstValidator.Validate(ref reader, module, type.Type, declaredFunctions);
            module.Globals.Add(type);
        }

        module.GlobalInitializers = initializers;
    }

    private void ExportSection(ref ByteReader reader)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (int count = reader.Count("exports"); count > 0; count--)
        {
            int at = reader.Position;
            string name = reader.Name();
            if (!seen.Add(name))
                throw new WasmFormatException(at, $"duplicate export name \"{name}\"");
            byte kind = reader.Byte();
            int indexAt = reader.Position;
            int index = (int)Math.Min(reader.U32(), int.MaxValue);
            ExternType type = (ExternKind)kind switch
            {
                ExternKind.Function when index < module.Functions.Count => new FunctionExternType(module.Functions[index]),
                ExternKind.Table when index < module.Tables.Count => module.Tables[index],
                ExternKind.Memory when index < module.Memories.Count => module.Memories[index],
                ExternKind.Global when index < module.Globals.Count => module.Globals[index],
                ExternKind.Tag when index < module.Tags.Count => module.Tags[index],
                <= ExternKind.Tag => throw new WasmFormatException(indexAt, $"unknown {((ExternKind)kind).ToString().ToLowerInvariant()} {index}"),
                _ => throw new WasmFormatException(indexAt, $"malformed export kind {kind}"),
            };
            if (type.Kind == ExternKind.Function)
                declaredFunctions.Add(index);
            exports.Add(new ExportDescriptor(name, index, type));
        }
    }

    private void StartSection(ref ByteReader reader)
    {
        int at = reader.Position;
        uint index = reader.U32();
        if (index >= (uint)module.Functions.Count)
            throw new WasmFormatException(at, $"unknown function {index}");
        var type = module.Functions[(int)index];
        if (type.Parameters.Length != 0 || type.Results.Length != 0)
            throw new WasmFormatException(at, "start function must have neither parameters nor results");
        module.StartFunction = (int)index;
    }

    private void ElementSection(ref ByteReader reader)
    {
        var segments = new ElementSegment[reader.Count("element segments")];
        for (int i = 0; i < segments.Length; i++)
            segments[i] = Element(ref reader);
        module.Elements = segments;
    }

    private ElementSegment Element(ref ByteReader reader)
    {
        int at = reader.Position;
        uint flags = reader.U32();
        if (flags > 7)
            throw new WasmFormatException(at, $"malformed elements segment kind {flags}");
        var mode = (flags & 1) == 0 ? SegmentMode.Active : (flags & 2) == 0 ? SegmentMode.Passive : SegmentMode.Declarative;
        bool expressions = (flags & 4) != 0;
        uint table = 0;
        ConstExpr offset = default;
        int tableAt = reader.Position;
        if (mode == SegmentMode.Active)
        {
            table = (flags & 2) != 0 ? reader.U32() : 0;
            if (table >= (uint)module.Tables.Count)
                throw new WasmFormatException(tableAt, $"unknown table {table}");
            offset = ConstValidator.Validate(ref reader, module, module.Tables[(int)table].Is64 ? ValType.I64 : ValType.I32, declaredFunctions);
        }

        var type = expressions ? ValType.FuncRef : ValType.FuncRef.NonNull();
        if ((flags & 3) != 0)
        {
            int kindAt = reader.Position;
            if (expressions)
                type = TypeReader.Reference(ref reader, module.Types);
            else if (reader.Byte() != 0)
                throw new WasmFormatException(kindAt, "malformed element kind");
        }

        if (mode == SegmentMode.Active && !type.Matches(module.Tables[(int)table].Element))
            throw new WasmFormatException(tableAt, "type mismatch between element segment and table");
        int count = reader.Count("elements");
        if (expressions)
        {
            var values = new ConstExpr[count];
            for (int k = 0; k < count; k++)
                values[k] = ConstValidator.Validate(ref reader, module, type, declaredFunctions);
            return new ElementSegment(mode, (int)table, offset, type, [], values);
        }

        var functions = new int[count];
        for (int k = 0; k < count; k++)
        {
            int functionAt = reader.Position;
            uint function = reader.U32();
            if (function >= (uint)module.Functions.Count)
                throw new WasmFormatException(functionAt, $"unknown function {function}");
            functions[k] = (int)function;
            declaredFunctions.Add((int)function);
        }

        return new ElementSegment(mode, (int)table, offset, type, functions, null);
    }

    private void CodeSection(ref ByteReader reader)
    {
        int count = reader.Count("function bodies");
        if (count != definedFunctions)
            throw reader.Error("function and code section have inconsistent lengths");
        var bodies = new FunctionBody[count];
        if (known is not null)
        {
            for (int i = 0; i < count; i++)
                bodies[i] = Body(ref reader);
            module.CallGraph = known.Calls;
            module.Bodies = bodies;
            return;
        }

        var callStarts = new int[count + 1];
        var validator = new FunctionValidator(module, declaredFunctions, dataCount);
        for (int i = 0; i < count; i++)
        {
            bodies[i] = Body(ref reader);
            var body = new ByteReader(bytes.Span, bodies[i].Start, bodies[i].End);
            validator.Validate(module.Functions[module.ImportedFunctions + i], ref body);
            if (body.Position != bodies[i].End)
                throw body.Error("section size mismatch: code behind the function's end");
            callStarts[i + 1] = validator.Calls.Count;
        }

        module.CallGraph = new CallGraph([.. validator.Calls], callStarts);
        module.Bodies = bodies;
    }

    private static FunctionBody Body(ref ByteReader reader)
    {
        int at = reader.Position;
        uint size = reader.U32();
        if (size > (uint)(reader.End - reader.Position))
            throw new WasmFormatException(at, "unexpected end of section or function");
        if (size > MaximumBody)
            throw new WasmFormatException(at, $"a function of {size} bytes is above the limit of {MaximumBody}");
        int start = reader.Position;
        reader.Position += (int)size;
        return new FunctionBody(start, reader.Position);
    }

    private void DataSection(ref ByteReader reader)
    {
        int at = reader.Position;
        var segments = new DataSegment[reader.Count("data segments")];
        if (dataCount >= 0 && segments.Length != dataCount)
            throw new WasmFormatException(at, "data count and data section have inconsistent lengths");
        for (int i = 0; i < segments.Length; i++)
        {
            int flagsAt = reader.Position;
            uint flags = reader.U32();
            if (flags > 2)
                throw new WasmFormatException(flagsAt, $"malformed data segment kind {flags}");
            uint memory = flags == 2 ? reader.U32() : 0;
            ConstExpr offset = default;
            if (flags != 1)
            {
                if (memory >= (uint)module.Memories.Count)
                    throw new WasmFormatException(flagsAt, $"unknown memory {memory}");
                offset = ConstValidator.Validate(ref reader, module, module.Memories[(int)memory].Is64 ? ValType.I64 : ValType.I32, declaredFunctions);
            }

            int length = (int)Math.Min(reader.U32(), int.MaxValue);
            int start = reader.Position;
            reader.Bytes(length);
            segments[i] = new DataSegment(flags == 1 ? SegmentMode.Passive : SegmentMode.Active, (int)memory, offset, start, length);
            if (flags != 1 && memory == 0)
                NoteData(offset, length);
        }

        module.Data = segments;
    }

    private void NoteData(ConstExpr offset, int length)
    {
        var code = new ByteReader(bytes.Span, offset.Start, offset.End);
        if (code.Byte() != Op.I32Const)
            return;
        ulong low = (uint)code.S32();
        if (code.Byte() != Op.End)
            return;
        module.LowestDataAddress = Math.Min(module.LowestDataAddress ?? ulong.MaxValue, low);
        module.HighestDataAddress = Math.Max(module.HighestDataAddress ?? 0, low + (ulong)length);
    }
}
