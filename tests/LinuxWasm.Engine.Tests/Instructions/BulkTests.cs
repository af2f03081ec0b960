using System.Runtime.Intrinsics;
using LinuxWasm.Engine.Binary;
using static LinuxWasm.Engine.Tests.Wasm;

namespace LinuxWasm.Engine.Tests.Instructions;

/// <summary>Bulk memory, tables and references, and what moves values of any type: each instruction at every edge, against a model in arrays.</summary>
public sealed class BulkTests
{
    private const int PageSize = LinearMemory.PageSize;
    private const byte FuncRef = 0x70;
    private const byte ExternRef = 0x6F;

    private static readonly uint[] Places = [0, 1, 8, PageSize - 9, PageSize - 8, PageSize - 1, PageSize, PageSize + 1, 0x7FFFFFFF, 0x80000000, uint.MaxValue - 7, uint.MaxValue];
    private static readonly uint[] Lengths = [0, 1, 7, 8, 9, PageSize - 1, PageSize, PageSize + 1, 0x80000000, uint.MaxValue];

    /// <summary>Every instruction that is neither numeric nor a load or store, by the code that <see cref="Op"/> gives it; the tests below cover them.</summary>
    private static readonly int[] Covered =
    [
        Op.Drop, Op.Select, Op.SelectTyped, Op.LocalGet, Op.LocalSet, Op.LocalTee, Op.GlobalGet, Op.GlobalSet, Op.TableGet, Op.TableSet, Op.MemorySize, Op.MemoryGrow, Op.I32Const, Op.I64Const, Op.F32Const, Op.F64Const,
        Op.RefNull, Op.RefIsNull, Op.RefFunc, Op.MemoryInit, Op.DataDrop, Op.MemoryCopy, Op.MemoryFill, Op.TableInit, Op.ElemDrop, Op.TableCopy, Op.TableGrow, Op.TableSize, Op.TableFill,
    ];

    [Fact]
    public void Memory_fill_and_copy_do_all_or_nothing()
    {
        var (instance, _) = Make();
        using var memory = instance.Memory!;
        Assert.True(memory.TryGetSpan(0, PageSize, out var bytes));
        byte[] random = new byte[PageSize];
        new Random(1).NextBytes(random);
        foreach (uint to in Places)
        {
            foreach (uint length in Lengths)
            {
                random.CopyTo(bytes);
                byte[] expected = (byte[])random.Clone();
                bool fits = Fits(to, length, PageSize);
                if (fits)
                    expected.AsSpan((int)to, (int)length).Fill(0xAB);
                Agree(instance, fits ? null : TrapKind.MemoryOutOfBounds, "fill", to, 0x123456AB, length);
                Assert.True(bytes.SequenceEqual(expected), $"fill {to} {length}");

                foreach (uint from in Places)
                {
                    random.CopyTo(bytes);
                    expected = (byte[])random.Clone();
                    fits = Fits(to, length, PageSize) && Fits(from, length, PageSize);
                    if (fits)
                        random.AsSpan((int)from, (int)length).CopyTo(expected.AsSpan((int)to));
                    Agree(instance, fits ? null : TrapKind.MemoryOutOfBounds, "copy", to, from, length);
                    Assert.True(bytes.SequenceEqual(expected), $"copy {to} {from} {length}");
                }
            }
        }
    }

    [Fact]
    public void Memory_init_reads_its_segment_until_that_is_dropped()
    {
        var (instance, segment) = Make();
        using var memory = instance.Memory!;
        Assert.True(memory.TryGetSpan(0, PageSize, out var bytes));
        int left = segment.Length;
        for (int round = 0; round < 2; round++)
        {
            foreach (uint to in Places)
            {
                foreach (uint from in new uint[] { 0, 1, (uint)segment.Length - 1, (uint)segment.Length, (uint)segment.Length + 1, 0x80000000, uint.MaxValue })
                {
                    foreach (uint length in Lengths)
                    {
                        bytes.Fill(0x55);
                        bool fits = Fits(to, length, PageSize) && Fits(from, length, left);
                        Agree(instance, fits ? null : TrapKind.MemoryOutOfBounds, "init", to, from, length);
                        Assert.Equal(fits ? segment.AsSpan((int)from, (int)length) : [], fits ? bytes.Slice((int)to, (int)length) : []);
                        Assert.Equal(fits ? PageSize - (int)length : PageSize, Untouched(bytes));
                    }
                }
            }

            // Dropped, it has no bytes, as often as it is dropped.
            instance.Call("drop_data");
            instance.Call("drop_data");
            left = 0;
        }
    }

    [Fact]
    public void Memory_size_and_grow_count_pages_up_to_the_maximum()
    {
        var (instance, _) = Make();
        using var memory = instance.Memory!;
        long size = 1;
        foreach (uint more in new uint[] { 0, 1, uint.MaxValue, 0x80000000, 65536, 3, 2, 1, 0 })
        {
            bool fits = size + more <= 4;
            Assert.Equal(fits ? size : -1, instance.Call("grow", more).I32);
            size += fits ? more : 0;
            Assert.Equal(size, instance.Call("size").I32);
            Assert.True(memory.TryGetSpan((ulong)(size - 1) * PageSize, PageSize, out var last));
            Assert.False(last.ContainsAnyExcept((byte)0));
        }

        Assert.Equal(4, size);
    }

    [Theory]
    [InlineData(FuncRef)]
    [InlineData(ExternRef)]
    public void Tables_do_all_or_nothing(byte type)
    {
        const int Size = 10;
        uint[] places = [0, 1, 4, Size - 3, Size - 1, Size, Size + 1, 0x7FFFFFFF, 0x80000000, uint.MaxValue];
        uint[] lengths = [0, 1, 3, 4, Size, Size + 1, 0x80000000, uint.MaxValue];
        var execution = new Execution();
        var instance = MakeTables(type, execution);

        // What stands at an index, as a number: the function's answer, or the object; -1 for null.
        int[] model = [.. Enumerable.Repeat(-1, Size)];
        WasmValue Made(int value) => type == FuncRef ? instance.Call("ref", value) : new WasmValue { Ref = execution.ToExternRef(string.Intern($"object {value}")) };
        void Same(string what)
        {
            Assert.Equal(model.Length, instance.Call("size").I32);
            for (int i = 0; i < model.Length; i++)
            {
                var found = instance.Call("get", i);
                Assert.True((model[i] < 0 ? 0 : Made(model[i]).Ref) == found.Ref, $"{what}: element {i}");
                Assert.Equal(model[i] < 0 ? 1 : 0, instance.Call("is_null", i).I32);
            }
        }

        foreach (uint at in places)
        {
            bool inside = at < Size;
            Agree(instance, inside ? null : TrapKind.TableOutOfBounds, "set", at, Made(2));
            Agree(instance, inside ? null : TrapKind.TableOutOfBounds, "get", at);
            if (inside)
                model[at] = 2;
            Same($"set {at}");
            foreach (uint length in lengths)
            {
                bool fits = Fits(at, length, Size);
                Agree(instance, fits ? null : TrapKind.TableOutOfBounds, "fill", at, Made(1), length);
                if (fits)
                    model.AsSpan((int)at, (int)length).Fill(1);
                Same($"fill {at} {length}");
                for (int i = 0; i < Size; i++)
                    instance.Call("set", i, (model[i] = i % 4 - 1) < 0 ? default : Made(i % 4 - 1));
                foreach (uint from in places)
                {
                    fits = Fits(at, length, Size) && Fits(from, length, Size);
                    Agree(instance, fits ? null : TrapKind.TableOutOfBounds, "copy", at, from, length);
                    if (fits)
                        model.AsSpan((int)from, (int)length).ToArray().CopyTo(model, (int)at);
                    Same($"copy {at} {from} {length}");
                }
            }
        }

        foreach (uint more in new uint[] { 0, 1, 0x80000000, uint.MaxValue, 3, 0 })
        {
            bool fits = model.Length + (long)more <= Size + 4;
            Assert.Equal(fits ? model.Length : -1, instance.Call("grow", Made(0), more).I32);
            if (fits)
                model = [.. model, .. Enumerable.Repeat(0, (int)more)];
            Same($"grow {more}");
        }

        Assert.Equal(-1, instance.Call("grow", Made(0), 1).I32);
    }

    [Fact]
    public void Table_init_reads_its_segment_until_that_is_dropped()
    {
        var instance = MakeTables(FuncRef, new Execution());
        int left = 3;
        for (int round = 0; round < 2; round++)
        {
            foreach (uint to in new uint[] { 0, 7, 8, 10, 11, uint.MaxValue })
            {
                foreach (uint from in new uint[] { 0, 1, 3, 4, uint.MaxValue })
                {
                    foreach (uint length in new uint[] { 0, 1, 2, 3, 4, uint.MaxValue })
                    {
                        Agree(instance, null, "fill", 0, default(WasmValue), 10);
                        bool fits = Fits(to, length, 10) && Fits(from, length, left);
                        Agree(instance, fits ? null : TrapKind.TableOutOfBounds, "init", to, from, length);
                        for (uint i = 0; i < 10; i++)
                        {
                            bool written = fits && i >= to && i - to < length;
                            Assert.Equal(written ? instance.Call("ref", (int)(from + i - to)).Ref : 0, instance.Call("get", i).Ref);
                        }
                    }
                }
            }

            instance.Call("drop_elements");
            instance.Call("drop_elements");
            left = 0;
        }
    }

    public static TheoryData<ValType> Types => [ValType.I32, ValType.I64, ValType.F32, ValType.F64, ValType.V128, ValType.FuncRef, ValType.ExternRef];

    [Theory]
    [MemberData(nameof(Types))]
    public void Locals_globals_select_and_drop_move_every_bit(ValType type)
    {
        var builder = new ModuleBuilder();
        FuncType F(int parameters, bool result, bool condition = false) => FuncType.Get([.. Enumerable.Repeat(type, parameters), .. condition ? new[] { ValType.I32 } : []], result ? [type] : []);
        int global = builder.Global(type, Constant(type, 0));
        int five = builder.Function("five", Type(">i"), [], I32Const(5));
        builder.Table(five);
        builder.Function("local", F(1, true), [type, type], Get(0), Set(1), Get(1), Tee(2), Drop, Get(2));
        builder.Function("fresh", F(0, true), [type], Get(0));
        builder.Function("global", F(1, true), [], Get(0), GlobalSet(global), GlobalGet(global));
        builder.Function("kept", F(0, true), [], GlobalGet(global));
        builder.Function("typed", F(2, true, condition: true), [], Get(0), Get(1), Get(2), [0x1C, 1, (byte)type]);
        builder.Function("below", F(2, true), [], Get(0), Get(1), Drop);
        if (!type.IsReference())
            builder.Function("select", F(2, true, condition: true), [], Get(0), Get(1), Get(2), Select);
        ulong[] values = [0, 1, 0x7F800001, 0x80000000, 0xFFFFFFFF, 0x7FF0000000000001, 0x8000000000000000, ulong.MaxValue];
        if (!type.IsReference())
        {
            for (int i = 0; i < values.Length; i++)
                builder.Function($"constant{i}", F(0, true), [], Constant(type, values[i]));
        }

        builder.Function("a_ref", Type(">n"), [], [0xD2, (byte)five]);
        var execution = new Execution();
        var instance = builder.Instantiate(execution: execution);
        WasmValue[] all = type switch
        {
            ValType.FuncRef => [default, instance.Call("a_ref")],
            ValType.ExternRef => [default, new WasmValue { Ref = execution.ToExternRef("something") }],
            ValType.V128 => [.. values.Select(v => (WasmValue)Vector128.Create(v, v == 0 ? 0 : ~v).AsByte())],
            _ => [.. values.Select(v => (WasmValue)v)],
        };
        Same(type, default, instance.Call("fresh"));
        for (int i = 0; i < all.Length; i++)
        {
            var other = all[(i + 1) % all.Length];
            Same(type, all[i], instance.Call("local", all[i]));
            Same(type, all[i], instance.Call("global", all[i]));
            Same(type, all[i], instance.Call("kept"));
            Same(type, all[i], instance.Call("below", all[i], other));
            foreach (int condition in new[] { 0, 1, -1, int.MinValue, 256 })
            {
                Same(type, condition != 0 ? all[i] : other, instance.Call("typed", all[i], other, condition));
                if (!type.IsReference())
                    Same(type, condition != 0 ? all[i] : other, instance.Call("select", all[i], other, condition));
            }

            if (!type.IsReference())
                Same(type, all[i], instance.Call($"constant{i}"));
        }
    }

    [Fact]
    public void No_instruction_is_left_out()
    {
        // What no other test of this folder has: everything from drop to ref.func and behind 0xFC that is not in the table of plain instructions.
        int[] elsewhere = [Op.TryTable];
        var expected = Enumerable.Range(Op.Drop, Op.RefFunc - Op.Drop + 1).Where(c => OpTable.Plain[c].Immediate == Immediate.Special)
            .Concat(Enumerable.Range(Op.MemoryInit, 10)).Where(c => IsInstruction(c) && !elsewhere.Contains(c));
        Assert.Equal(expected, Covered);
    }

    /// <summary>Codes that Op names; the rest of the range is not assigned.</summary>
    private static bool IsInstruction(int code) =>
        typeof(Op).GetFields().Any(f => f.IsLiteral && (int)f.GetRawConstantValue()! == code);

    private static bool Fits(uint at, uint length, int size) => (ulong)at + length <= (ulong)size;

    private static int Untouched(ReadOnlySpan<byte> bytes)
    {
        int count = 0;
        foreach (byte b in bytes)
            count += b == 0x55 ? 1 : 0;
        return count;
    }

    private static void Agree(Instance instance, TrapKind? trap, string name, params WasmValue[] arguments)
    {
        if (trap is { } kind)
            Assert.Equal(kind, instance.Trap(name, arguments).Kind);
        else
            instance.Call(name, arguments);
    }

    private static void Same(ValType type, WasmValue expected, WasmValue actual)
    {
        bool same = type switch
        {
            ValType.I32 or ValType.F32 => expected.I32 == actual.I32,
            ValType.V128 => expected == actual,
            _ => expected.I64 == actual.I64,
        };
        Assert.True(same, $"{type}: expected {expected.V128}, got {actual.V128}");
    }

    private static byte[] Constant(ValType type, ulong bits) => type switch
    {
        ValType.I32 => I32Const((int)bits),
        ValType.I64 => I64Const((long)bits),
        ValType.F32 => [0x43, .. BitConverter.GetBytes((uint)bits)],
        ValType.F64 => [0x44, .. BitConverter.GetBytes(bits)],
        ValType.V128 => [0xFD, 12, .. BitConverter.GetBytes(bits), .. BitConverter.GetBytes(bits == 0 ? 0 : ~bits)],
        _ => [0xD0, type == ValType.FuncRef ? FuncRef : ExternRef],
    };

    private static (Instance Instance, byte[] Segment) Make()
    {
        byte[] segment = [.. Enumerable.Range(1, 9).Select(i => (byte)(i * 3))];
        var builder = new ModuleBuilder().Memory(1, 4);
        int data = builder.PassiveData(segment);
        builder.Function("fill", Type("iii>"), [], Get(0), Get(1), Get(2), [0xFC, 11, 0]);
        builder.Function("copy", Type("iii>"), [], Get(0), Get(1), Get(2), [0xFC, 10, 0, 0]);
        builder.Function("init", Type("iii>"), [], Get(0), Get(1), Get(2), [0xFC, 8, (byte)data, 0]);
        builder.Function("drop_data", Type(">"), [], [0xFC, 9, (byte)data]);
        builder.Function("grow", Type("i>i"), [], Get(0), MemoryGrow);
        builder.Function("size", Type(">i"), [], MemorySize);
        return (builder.Instantiate(), segment);
    }

    /// <summary>A table of ten elements of a type, at most fourteen, all null; "ref" makes references to one of three functions.</summary>
    private static Instance MakeTables(byte type, Execution execution)
    {
        string letter = type == FuncRef ? "n" : "x";
        var builder = new ModuleBuilder().EmptyTable(type, 10, 14);
        int[] functions = [.. Enumerable.Range(0, 3).Select(i => builder.Function($"f{i}", Type(">i"), [], I32Const(i)))];
        int elements = builder.PassiveElements(functions);
        builder.Function("ref", Type("i>n"), [], Get(0), I32Eqz, If(FuncRef), [0xD2, 0], Else, Get(0), I32Const(1), I32Sub, If(FuncRef), [0xD2, 2], Else, [0xD2, 1], End, End);
        builder.Function("get", Type($"i>{letter}"), [], Get(0), [0x25, 0]);
        builder.Function("is_null", Type("i>i"), [], Get(0), [0x25, 0, 0xD1]);
        builder.Function("set", Type($"i{letter}>"), [], Get(0), Get(1), [0x26, 0]);
        builder.Function("fill", Type($"i{letter}i>"), [], Get(0), Get(1), Get(2), [0xFC, 17, 0]);
        builder.Function("copy", Type("iii>"), [], Get(0), Get(1), Get(2), [0xFC, 14, 0, 0]);
        builder.Function("grow", Type($"{letter}i>i"), [], Get(0), Get(1), [0xFC, 15, 0]);
        builder.Function("size", Type(">i"), [], [0xFC, 16, 0]);
        if (type == FuncRef)
        {
            builder.Function("init", Type("iii>"), [], Get(0), Get(1), Get(2), [0xFC, 12, (byte)elements, 0]);
            builder.Function("drop_elements", Type(">"), [], [0xFC, 13, (byte)elements]);
        }

        return builder.Instantiate(execution: execution);
    }
}
