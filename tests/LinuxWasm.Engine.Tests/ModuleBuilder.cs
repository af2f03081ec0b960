using System.Globalization;
using System.Text;

namespace LinuxWasm.Engine.Tests;

/// <summary>Writes modules in the binary format, for tests to run.</summary>
internal sealed class ModuleBuilder
{
    private readonly List<(FuncType? Type, byte[] Definition)> types = [];
    private readonly List<byte[]> imports = [];
    private readonly List<byte[]> functions = [];
    private readonly List<byte[]> tables = [];
    private readonly List<byte[]> memories = [];
    private readonly List<byte[]> tags = [];
    private readonly List<byte[]> globals = [];
    private readonly List<byte[]> exports = [];
    private readonly List<byte[]> elements = [];
    private readonly List<byte[]> bodies = [];
    private readonly List<byte[]> data = [];
    private readonly List<(int Index, string Name)> names = [];
    private int importedFunctions;
    private int start = -1;

    public int Type(FuncType type)
    {
        int known = types.FindIndex(t => t.Type == type);
        if (known >= 0)
            return known;
        byte[] definition = [0x60, .. List(type.Parameters), .. List(type.Results)];
        types.Add((type, definition));
        return types.Count - 1;
    }

    /// <summary>A type of another kind, or one with supertypes, as it stands in the type section.</summary>
    public int RawType(params byte[] definition)
    {
        types.Add((null, definition));
        return types.Count - 1;
    }

    public int Import(string module, string name, FuncType type) => ImportFunction(module, name, Type(type));

    /// <summary>The same with a type by its index.</summary>
    public int ImportFunction(string module, string name, int type)
    {
        imports.Add([.. Text(module), .. Text(name), 0, .. Wasm.U32(type)]);
        return importedFunctions++;
    }

    public ModuleBuilder ImportMemory(string module, string name, int minimum, int maximum, bool shared)
    {
        imports.Add([.. Text(module), .. Text(name), 2, (byte)(shared ? 3 : 1), .. Wasm.U32(minimum), .. Wasm.U32(maximum)]);
        return this;
    }

    public ModuleBuilder Memory(int minimum, int? maximum = null, bool shared = false, bool is64 = false)
    {
        memories.Add([(byte)((maximum is null ? 0 : 1) | (shared ? 2 : 0) | (is64 ? 4 : 0)), .. Wasm.U32(minimum), .. maximum is { } m ? Wasm.U32(m) : []]);
        if (memories.Count == 1)
            exports.Add([.. Text("memory"), 2, 0]);
        return this;
    }

    public ModuleBuilder Table(params int[] members)
    {
        tables.Add([0x70, 0, .. Wasm.U32(members.Length)]);
        return Elements(0, members);
    }

    /// <summary>Puts functions into table 0.</summary>
    public ModuleBuilder Elements(int at, params int[] members)
    {
        elements.Add([0, .. Wasm.I32Const(at), 0x0B, .. Wasm.U32(members.Length), .. members.SelectMany(Wasm.U32)]);
        return this;
    }

    /// <summary>A table of so many elements, all of them the same.</summary>
    public ModuleBuilder FilledTable(ValType type, int count, byte[] initial)
    {
        tables.Add([0x40, 0, .. Value(type), 0, .. Wasm.U32(count), .. initial, 0x0B]);
        return this;
    }

    /// <summary>A table of null references.</summary>
    public ModuleBuilder EmptyTable(byte type, int minimum, int maximum)
    {
        tables.Add([type, 1, .. Wasm.U32(minimum), .. Wasm.U32(maximum)]);
        return this;
    }

    public int Global(ValType type, byte[] initial)
    {
        globals.Add([.. Value(type), 1, .. initial, 0x0B]);
        return globals.Count - 1;
    }

    public int Tag(FuncType type)
    {
        tags.Add([0, .. Wasm.U32(Type(type))]);
        return tags.Count - 1;
    }

    public ModuleBuilder Data(int address, byte[] bytes)
    {
        data.Add([0, .. Wasm.I32Const(address), 0x0B, .. Wasm.U32(bytes.Length), .. bytes]);
        return this;
    }

    /// <summary>A passive data segment; answers its index.</summary>
    public int PassiveData(byte[] bytes)
    {
        data.Add([1, .. Wasm.U32(bytes.Length), .. bytes]);
        return data.Count - 1;
    }

    /// <summary>A passive element segment of functions; answers its index.</summary>
    public int PassiveElements(params int[] members)
    {
        elements.Add([1, 0, .. Wasm.U32(members.Length), .. members.SelectMany(Wasm.U32)]);
        return elements.Count - 1;
    }

    /// <summary>Adds a function, exported and named; its code without the end byte.</summary>
    public int Function(string name, FuncType type, ValType[] locals, params byte[][] code) => Function(name, Type(type), locals, code);

    /// <summary>The same with a type by its index.</summary>
    public int Function(string name, int type, ValType[] locals, params byte[][] code)
    {
        byte[] body = [.. Wasm.U32(locals.Length), .. locals.SelectMany(l => (byte[])[1, .. Value(l)]), .. code.SelectMany(c => c), 0x0B];
        return RawFunction(name, type, body);
    }

    /// <summary>The same with its locals and end byte as they stand in the code section.</summary>
    public int RawFunction(string name, int type, byte[] body)
    {
        int index = importedFunctions + functions.Count;
        functions.Add(Wasm.U32(type));
        bodies.Add([.. Wasm.U32(body.Length), .. body]);
        exports.Add([.. Text(name), 0, .. Wasm.U32(index)]);
        names.Add((index, name));
        return index;
    }

    public ModuleBuilder Start(int function)
    {
        start = function;
        return this;
    }

    public byte[] Bytes()
    {
        var result = new List<byte>([0, (byte)'a', (byte)'s', (byte)'m', 1, 0, 0, 0]);
        Section(result, 1, types.ConvertAll(t => t.Definition));
        Section(result, 2, imports);
        Section(result, 3, functions);
        Section(result, 4, tables);
        Section(result, 5, memories);
        Section(result, 13, tags);
        Section(result, 6, globals);
        Section(result, 7, exports);
        if (start >= 0)
            result.AddRange([8, (byte)Wasm.U32(start).Length, .. Wasm.U32(start)]);
        Section(result, 9, elements);
        if (data.Count > 0)
            result.AddRange([12, (byte)Wasm.U32(data.Count).Length, .. Wasm.U32(data.Count)]);
        Section(result, 10, bodies);
        Section(result, 11, data);
        var map = new List<byte>(Wasm.U32(names.Count));
        foreach (var (index, name) in names)
            map.AddRange([.. Wasm.U32(index), .. Text(name)]);
        byte[] custom = [.. Text("name"), 1, .. Wasm.U32(map.Count), .. map];
        result.AddRange([0, .. Wasm.U32(custom.Length), .. custom]);
        return [.. result];
    }

    public WasmModule Build() => WasmModule.Decode(Bytes());

    /// <summary>In the optimized form, unless the environment asks for the quick one first: the same tests are to run in both.</summary>
    public Instance Instantiate(ImportTable? imports = null, Execution? execution = null, EngineOptions? options = null) =>
        new IlEngine((options ?? new EngineOptions()) with { OptimizeAfter = OptimizeAfter }).Instantiate(Build(), imports ?? new ImportTable(), execution ?? new Execution());

    private static readonly int OptimizeAfter = int.Parse(Environment.GetEnvironmentVariable("LINUXWASM_OPTIMIZE_AFTER") ?? "0", CultureInfo.InvariantCulture);

    private byte[] List(ReadOnlySpan<ValType> list)
    {
        var bytes = new List<byte>(Wasm.U32(list.Length));
        foreach (var type in list)
            bytes.AddRange(Value(type));
        return [.. bytes];
    }

    /// <summary>A value type; one that it refers to must be the module's already, or gets its place now.</summary>
    private byte[] Value(ValType type)
    {
        byte code = type.IsNonNull() ? (byte)ValTypes.ConcreteNonNull : (byte)ValTypes.Concrete;
        if (type.IsConcrete())
            return [code, .. Wasm.U32(Type((FuncType)type.Defined()))];
        return type.IsNonNull() ? [code, (byte)type.Nullable()] : [(byte)type];
    }

    private static byte[] Text(string text) => [.. Wasm.U32(Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)];

    private static void Section(List<byte> result, byte id, List<byte[]> items)
    {
        if (items.Count == 0)
            return;
        byte[] content = [.. Wasm.U32(items.Count), .. items.SelectMany(i => i)];
        result.AddRange([id, .. Wasm.U32(content.Length), .. content]);
    }
}

/// <summary>Instructions as bytes, and function types in short.</summary>
internal static class Wasm
{
    public const byte NoValue = 0x40;

    public static readonly byte[] Unreachable = [0x00];
    public static readonly byte[] End = [0x0B];
    public static readonly byte[] Else = [0x05];
    public static readonly byte[] Return = [0x0F];
    public static readonly byte[] Drop = [0x1A];
    public static readonly byte[] Select = [0x1B];
    public static readonly byte[] I32Add = [0x6A];
    public static readonly byte[] I32Sub = [0x6B];
    public static readonly byte[] I32Mul = [0x6C];
    public static readonly byte[] I32DivS = [0x6D];
    public static readonly byte[] I32Eqz = [0x45];
    public static readonly byte[] I32LtS = [0x48];
    public static readonly byte[] MemoryGrow = [0x40, 0];
    public static readonly byte[] MemorySize = [0x3F, 0];

    public static byte[] Block(byte type = NoValue) => [0x02, type];

    public static byte[] Loop(byte type = NoValue) => [0x03, type];

    public static byte[] If(byte type = NoValue) => [0x04, type];

    public static byte[] Br(int depth) => [0x0C, .. U32(depth)];

    public static byte[] BrIf(int depth) => [0x0D, .. U32(depth)];

    public static byte[] Call(int function) => [0x10, .. U32(function)];

    public static byte[] CallIndirect(int type) => [0x11, .. U32(type), 0];

    public static byte[] Get(int local) => [0x20, .. U32(local)];

    public static byte[] Set(int local) => [0x21, .. U32(local)];

    public static byte[] Tee(int local) => [0x22, .. U32(local)];

    public static byte[] GlobalGet(int global) => [0x23, .. U32(global)];

    public static byte[] GlobalSet(int global) => [0x24, .. U32(global)];

    public static byte[] I32Const(int value) => [0x41, .. S64(value)];

    public static byte[] I64Const(long value) => [0x42, .. S64(value)];

    public static byte[] F64Const(double value) => [0x44, .. BitConverter.GetBytes(value)];

    /// <summary>A load or store by its code, unaligned.</summary>
    public static byte[] Memory(byte op, uint offset) => [op, 0, .. U32((int)offset)];

    /// <summary>A load or store of a 64-bit memory.</summary>
    public static byte[] Memory64(byte op, ulong offset)
    {
        var bytes = new List<byte> { op, 0 };
        for (; offset >= 0x80; offset >>= 7)
            bytes.Add((byte)(offset | 0x80));
        bytes.Add((byte)offset);
        return [.. bytes];
    }

    /// <summary>An atomic instruction by its code behind 0xFE.</summary>
    public static byte[] Atomic(byte op, int alignment, uint offset = 0) => [0xFE, op, (byte)alignment, .. U32((int)offset)];

    public static byte[] U32(int value)
    {
        var bytes = new List<byte>();
        uint left = (uint)value;
        do
        {
            byte next = (byte)(left & 0x7F);
            left >>= 7;
            bytes.Add((byte)(next | (left != 0 ? 0x80 : 0)));
        }
        while (left != 0);
        return [.. bytes];
    }

    public static byte[] S64(long value)
    {
        var bytes = new List<byte>();
        while (true)
        {
            byte next = (byte)(value & 0x7F);
            value >>= 7;
            if ((value == 0 && (next & 0x40) == 0) || (value == -1 && (next & 0x40) != 0))
            {
                bytes.Add(next);
                return [.. bytes];
            }

            bytes.Add((byte)(next | 0x80));
        }
    }

    /// <summary>A function type in letters: i, l, f, d, v (v128), n (funcref), x (externref), then &gt; and the results.</summary>
    public static FuncType Type(string text)
    {
        string[] sides = text.Split('>');
        return FuncType.Get([.. sides[0].Select(Letter)], [.. sides[1].Select(Letter)]);
    }

    private static ValType Letter(char letter) => letter switch
    {
        'i' => ValType.I32,
        'l' => ValType.I64,
        'f' => ValType.F32,
        'd' => ValType.F64,
        'v' => ValType.V128,
        'n' => ValType.FuncRef,
        'x' => ValType.ExternRef,
        _ => throw new ArgumentOutOfRangeException(nameof(letter)),
    };
}

internal static class GuestCalls
{
    /// <summary>Calls an export that must return, and gives its first result.</summary>
    public static WasmValue Call(this Instance instance, string name, params WasmValue[] arguments)
    {
        var function = instance.GetFunction(name) ?? throw new InvalidOperationException($"no export {name}");
        var results = new WasmValue[Math.Max(function.Type.Results.Length, 1)];
        var completion = function.Invoke(arguments, results);
        return completion == Completion.Returned ? results[0] : throw new InvalidOperationException($"{name}: {completion}");
    }

    public static TrapException Trap(this Instance instance, string name, params WasmValue[] arguments) =>
        Assert.Throws<TrapException>(() => instance.Call(name, arguments));
}
