using LinuxWasm.Engine.Binary;
using static LinuxWasm.Engine.Tests.Wasm;

namespace LinuxWasm.Engine.Tests.Instructions;

/// <summary>Every atomic instruction, on memory that is shared and on memory that is not, with edge values, at the memory's end and unaligned.</summary>
public sealed class AtomicTests
{
    private const int Notify = 0;
    private const int Wait32 = 1;
    private const int Wait64 = 2;
    private const int Fence = 3;
    private const int FirstLoad = 0x10;
    private const int FirstStore = 0x17;
    private const int FirstChange = 0x1E;
    private const int FirstExchange = 0x48;
    private const int Forms = 7;

    private static readonly ulong[] Edges =
    [
        0, 1, 2, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x100000000, long.MaxValue, 1UL << 63, ulong.MaxValue, 0x123456789ABCDEF0,
    ];

    /// <summary>add, sub, and, or, xor, xchg: the memory's new value from the old one and the operand.</summary>
    private static readonly Func<ulong, ulong, ulong>[] Changes =
        [(a, b) => a + b, (a, b) => a - b, (a, b) => a & b, (a, b) => a | b, (a, b) => a ^ b, (_, b) => b];

    public static TheoryData<int, bool> Accesses
    {
        get
        {
            var data = new TheoryData<int, bool>();
            foreach (int code in Known().Where(c => c >= FirstLoad))
            {
                data.Add(code, false);
                data.Add(code, true);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Accesses))]
    public void Reads_changes_and_answers_as_one_step(int code, bool shared)
    {
        const int Offset = 8;
        var info = OpTable.Atomic[code];
        int width = info.Width;
        var instance = Make(code, info, Offset, shared);
        using var memory = instance.Memory!;
        Assert.True(memory.TryGetSpan(0, LinearMemory.PageSize, out var bytes));
        int[] places = [Offset, 64, LinearMemory.PageSize - width];
        foreach (ulong old in Edges)
        {
            foreach (ulong operand in Edges)
            {
                int at = places[(int)((old + operand) % 3)];

                // A comparison that holds, one that holds but for bits above the width, and one that mostly does not.
                foreach (ulong compared in code < FirstExchange ? [0] : new[] { Cut(old, width), old, operand })
                {
                    bytes.Fill(0xA5);
                    BitConverter.GetBytes(old).AsSpan(0, width).CopyTo(bytes[at..]);
                    byte[] expected = bytes.ToArray();
                    var (answer, stored) = Model(code, info, old, operand, compared);
                    BitConverter.GetBytes(stored).AsSpan(0, width).CopyTo(expected.AsSpan(at));
                    WasmValue[] arguments = info.Inputs switch
                    {
                        1 => [at - Offset],
                        2 => [at - Offset, operand],
                        _ => [at - Offset, compared, operand],
                    };
                    var result = instance.Call("run", arguments);
                    if (info.Out != ValTypes.Unknown)
                        Assert.Equal(answer, info.Out == ValType.I32 ? (uint)result.I32 : (ulong)result.I64);
                    Assert.True(bytes.SequenceEqual(expected), $"{old:x} {operand:x} {compared:x}: memory has {Convert.ToHexString(bytes.Slice(at, width))}, expected {stored:x}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Accesses))]
    public void Traps_beyond_the_end_and_where_unaligned(int code, bool shared)
    {
        var info = OpTable.Atomic[code];
        var instance = Make(code, info, 0, shared);
        using var memory = instance.Memory!;
        Assert.True(memory.TryGetSpan(0, LinearMemory.PageSize, out var bytes));
        byte[] before = bytes.ToArray();
        foreach (int at in new[] { LinearMemory.PageSize, -info.Width, int.MinValue })
            Assert.Equal(TrapKind.MemoryOutOfBounds, instance.Trap("run", Arguments(info, at)).Kind);
        for (int odd = 1; odd < info.Width; odd++)
            Assert.Equal(TrapKind.UnalignedAtomic, instance.Trap("run", Arguments(info, 16 + odd)).Kind);
        Assert.True(bytes.SequenceEqual(before));
    }

    [Fact]
    public void Waits_notifies_and_fences()
    {
        var builder = new ModuleBuilder().Memory(1, 1, shared: true);
        builder.Function("notify", Type("ii>i"), [], Get(0), Get(1), Atomic(Notify, 2));
        builder.Function("wait32", Type("iil>i"), [], Get(0), Get(1), Get(2), Atomic(Wait32, 2));
        builder.Function("wait64", Type("ill>i"), [], Get(0), Get(1), Get(2), Atomic(Wait64, 3));
        builder.Function("fence", Type("i>i"), [], [0xFE, Fence, 0], Get(0));
        var instance = builder.Instantiate();
        using var memory = instance.Memory!;
        Assert.True(memory.TryGetSpan(0, 16, out var bytes));
        BitConverter.GetBytes(1UL << 40).CopyTo(bytes[8..]);
        Assert.Equal(7, instance.Call("fence", 7).I32);

        // Nobody waits; another value; the time is up at once, or soon.
        Assert.Equal(0, instance.Call("notify", 8, -1).I32);
        Assert.Equal(1, instance.Call("wait32", 8, 1, -1L).I32);
        Assert.Equal(1, instance.Call("wait64", 8, 0L, -1L).I32);
        Assert.Equal(2, instance.Call("wait32", 8, 0, 0L).I32);
        Assert.Equal(2, instance.Call("wait64", 8, 1L << 40, 1000L).I32);
        foreach (string name in new[] { "wait32", "wait64" })
        {
            Assert.Equal(TrapKind.UnalignedAtomic, instance.Trap(name, 2, 0, 0).Kind);
            Assert.Equal(TrapKind.MemoryOutOfBounds, instance.Trap(name, LinearMemory.PageSize, 0, 0).Kind);
        }

        Assert.Equal(TrapKind.UnalignedAtomic, instance.Trap("wait64", 4, 0, 0).Kind);
        Assert.Equal(TrapKind.UnalignedAtomic, instance.Trap("notify", 1, 0).Kind);
        Assert.Equal(TrapKind.MemoryOutOfBounds, instance.Trap("notify", -4, 0).Kind);
    }

    [Theory]
    [InlineData(Wait32, 3)]
    [InlineData(Wait64, 2)]
    public void Notify_wakes_as_many_as_it_is_told(int code, int waiters)
    {
        var builder = new ModuleBuilder().Memory(1, 1, shared: true);
        builder.Function("notify", Type("i>i"), [], I32Const(64), Get(0), Atomic(Notify, 2));
        builder.Function("wait", Type(">i"), [], I32Const(64), code == Wait32 ? I32Const(0) : I64Const(0), I64Const(-1), Atomic((byte)code, code == Wait32 ? 2 : 3));
        var instance = builder.Instantiate();
        using var memory = instance.Memory!;
        var results = new int[waiters];
        var threads = Enumerable.Range(0, waiters).Select(i => new Thread(() => results[i] = 10 + instance.Clone(new Execution()).Call("wait").I32)).ToArray();
        foreach (var thread in threads)
            thread.Start();
        int woken = 0;
        while (woken == 0)
        {
            woken = instance.Call("notify", 1).I32;
            Thread.Yield();
        }

        Assert.Equal(1, woken);
        while (woken < waiters)
        {
            woken += instance.Call("notify", -1).I32;
            Thread.Yield();
        }

        Assert.Equal(waiters, woken);
        foreach (var thread in threads)
            thread.Join();
        Assert.All(results, r => Assert.Equal(10, r));
    }

    [Fact]
    public void On_memory_that_is_not_shared_notify_finds_nobody_and_waiting_traps()
    {
        var builder = new ModuleBuilder().Memory(1);
        builder.Function("notify", Type(">i"), [], I32Const(8), I32Const(-1), Atomic(Notify, 2));
        builder.Function("wait32", Type(">i"), [], I32Const(8), I32Const(0), I64Const(-1), Atomic(Wait32, 2));
        builder.Function("wait64", Type(">i"), [], I32Const(8), I64Const(0), I64Const(-1), Atomic(Wait64, 3));
        var instance = builder.Instantiate();
        using var memory = instance.Memory!;
        Assert.Equal(0, instance.Call("notify").I32);
        Assert.Equal(TrapKind.ExpectedSharedMemory, instance.Trap("wait32").Kind);
        Assert.Equal(TrapKind.ExpectedSharedMemory, instance.Trap("wait64").Kind);
    }

    [Fact]
    public void No_instruction_is_left_out()
    {
        int[] expected = [Notify, Wait32, Wait64, .. Enumerable.Range(FirstLoad, 0x4F - FirstLoad)];
        Assert.Equal(expected, Known());
        Assert.Equal((expected.Length - 3) * 2, Accesses.Count);
    }

    /// <summary>All but the fence, which has no operands and so no entry in the table.</summary>
    private static IEnumerable<int> Known() => Enumerable.Range(0, OpTable.Atomic.Length).Where(c => OpTable.Atomic[c].Immediate != Immediate.Special);

    private static Instance Make(int code, OpInfo info, int offset, bool shared)
    {
        var builder = new ModuleBuilder().Memory(1, 1, shared);
        var type = FuncType.Get(new[] { info.In0, info.In1, info.In2 }.AsSpan(0, info.Inputs), info.Out == ValTypes.Unknown ? [] : [info.Out]);
        builder.Function("run", type, [], [.. Enumerable.Range(0, info.Inputs).SelectMany(Get)], Atomic((byte)code, int.TrailingZeroCount(info.Width), (uint)offset));
        return builder.Instantiate();
    }

    private static WasmValue[] Arguments(OpInfo info, int address) => [address, .. new WasmValue[info.Inputs - 1]];

    private static ulong Cut(ulong value, int width) => width == 8 ? value : value & ((1UL << (8 * width)) - 1);

    private static (ulong Answer, ulong Stored) Model(int code, OpInfo info, ulong old, ulong operand, ulong compared)
    {
        int width = info.Width;
        ulong there = Cut(old, width);
        if (code < FirstStore)
            return (there, there);
        if (code < FirstChange)
            return (0, operand);
        if (code < FirstExchange)
            return (there, Changes[(code - FirstChange) / Forms](there, operand));

        // What is expected is cut to the access' width first, as the specification has it since its tests were corrected.
        return (there, Cut(compared, width) == there ? operand : there);
    }
}
