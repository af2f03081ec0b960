using static LinuxWasm.Engine.Tests.Wasm;

namespace LinuxWasm.Engine.Tests;

public sealed class MemoryTests
{
    private const byte Load32 = 0x28;
    private const byte Load8 = 0x2D;
    private const byte Store64 = 0x37;

    [Theory]
    [InlineData(0xFFFFFFFCu, 0u, true)]
    [InlineData(0xFFFFFFFDu, 0u, false)]
    [InlineData(0xFFFFFFFFu, 0u, false)]
    [InlineData(0u, 0xFFFFFFFCu, true)]
    [InlineData(0u, 0xFFFFFFFDu, false)]
    [InlineData(1u, 0xFFFFFFFCu, false)]
    [InlineData(0xFFFFFFFFu, 0xFFFFFFFFu, false)]
    public void Accesses_at_the_end_of_4_GiB(uint address, uint offset, bool inside)
    {
        var builder = new ModuleBuilder().Memory(65536);
        builder.Function("load", Type("i>i"), [], Get(0), Memory(Load32, offset));
        builder.Function("constant", Type(">i"), [], I32Const((int)address), Memory(Load32, offset));
        var instance = builder.Instantiate();
        using var memory = instance.Memory!;
        Assert.Equal(1ul << 32, memory.Length);
        foreach (var call in new Action[] { () => instance.Call("load", address), () => instance.Call("constant") })
        {
            if (inside)
                call();
            else
                Assert.Equal(TrapKind.MemoryOutOfBounds, Assert.Throws<TrapException>(call).Kind);
        }
    }

    [Fact]
    public void A_store_that_does_not_fit_writes_nothing()
    {
        var builder = new ModuleBuilder().Memory(1);
        builder.Function("store", Type("i>"), [], Get(0), I64Const(-1), Memory(Store64, 0));
        builder.Function("load", Type("i>i"), [], Get(0), Memory(Load8, 0));
        var instance = builder.Instantiate();
        using var memory = instance.Memory!;
        instance.Trap("store", 65529);
        Assert.Equal(0, instance.Call("load", 65535).I32);
        instance.Call("store", 65528);
        Assert.Equal(255, instance.Call("load", 65535).I32);
    }

    [Fact]
    public void A_check_already_made_holds_only_for_what_it_covered()
    {
        var builder = new ModuleBuilder().Memory(1);
        builder.Function("wider", Type("i>i"), [], Get(0), Memory(Load8, 0), Get(0), Memory(Load32, 0), I32Add);
        builder.Function("moved", Type("i>i"), [], Get(0), Memory(Load8, 0), Get(0), I32Const(1), I32Add, Set(0), Get(0), Memory(Load8, 0), I32Add);
        builder.Function("joined", Type("ii>i"), [], Get(1), If(), Get(0), Memory(Load32, 0), Drop, End, Get(0), Memory(Load32, 0));
        var instance = builder.Instantiate();
        using var memory = instance.Memory!;
        Assert.Equal(TrapKind.MemoryOutOfBounds, instance.Trap("wider", 65533).Kind);
        Assert.Equal(TrapKind.MemoryOutOfBounds, instance.Trap("moved", 65535).Kind);
        Assert.Equal(TrapKind.MemoryOutOfBounds, instance.Trap("joined", 65533, 0).Kind);
        Assert.Equal(0, instance.Call("moved", 65534).I32);
    }

    [Fact]
    public void Growth_by_guest_and_host_is_seen_at_once_and_never_moves()
    {
        var builder = new ModuleBuilder().Memory(1, 5);
        builder.Function("grow", Type("i>i"), [], Get(0), MemoryGrow);
        builder.Function("size", Type(">i"), [], MemorySize);
        builder.Function("grow_and_load", Type("i>i"), [], Get(0), Memory(Load8, 0), Drop, I32Const(1), MemoryGrow, Drop, I32Const(2 * 65536 + 5), Memory(Load8, 0));
        var instance = builder.Instantiate();
        using var memory = instance.Memory!;
        unsafe
        {
            var before = (nint)memory.Base;
            Assert.Equal(1, instance.Call("grow", 1).I32);
            Assert.Equal(0, instance.Call("grow_and_load", 70000).I32);
            Assert.Equal(3, memory.Grow(1));
            Assert.Equal(4, instance.Call("size").I32);
            Assert.Equal(-1, instance.Call("grow", 2).I32);
            Assert.Equal(-1, instance.Call("grow", -1).I32);
            Assert.Equal(4, instance.Call("grow", 1).I32);
            Assert.Equal(before, (nint)memory.Base);
        }
    }

    [Fact]
    public void The_hosts_limit_is_below_the_modules_maximum()
    {
        var builder = new ModuleBuilder().Memory(1, 100);
        builder.Function("grow", Type("i>i"), [], Get(0), MemoryGrow);
        var instance = builder.Instantiate(options: new EngineOptions { MaximumMemoryPages = 3 });
        using var memory = instance.Memory!;
        Assert.Equal(1, instance.Call("grow", 2).I32);
        Assert.Equal(-1, instance.Call("grow", 1).I32);
        Assert.Throws<OutOfMemoryException>(() => new ModuleBuilder().Memory(4).Instantiate(options: new EngineOptions { MaximumMemoryPages = 3 }));
    }

    [Fact]
    public void A_copy_has_the_content_and_goes_its_own_way()
    {
        using var memory = new LinearMemory(new MemoryType(2, 10, Shared: false));
        Assert.True(memory.TryGetSpan(65536, 3, out var bytes));
        bytes.Fill(7);
        using var copy = memory.Clone();
        bytes.Fill(8);
        Assert.True(copy.TryGetSpan(65536, 3, out var copied));
        Assert.Equal([7, 7, 7], copied.ToArray());
        Assert.Equal(memory.Length, copy.Length);
        Assert.False(copy.TryGetSpan(2 * 65536 - 1, 2, out _));
        Assert.False(copy.TryGetSpan(ulong.MaxValue, 2, out _));
    }

    [Fact]
    public void One_check_for_several_loads_changes_nothing_that_can_be_seen()
    {
        byte[] near = Memory(0x28, 0), far = Memory(0x28, 65536);
        var builder = new ModuleBuilder().Memory(1);
        int global = builder.Global(ValType.I32, I32Const(0));

        // Each reads near its address, does something, and reads beyond the end.
        builder.Function("store", Type("i>i"), [], Get(0), near, Drop, I32Const(8), I32Const(7), Memory(0x36, 0), Get(0), far);
        builder.Function("global", Type("i>i"), [], Get(0), near, Drop, I32Const(7), GlobalSet(global), Get(0), far);
        builder.Function("divide", Type("i>i"), [], Get(0), near, Get(0), I32DivS, Drop, Get(0), far);
        builder.Function("leave", Type("i>i"), [], Block(), Get(0), near, I32Eqz, BrIf(0), Get(0), far, Return, End, I32Const(3));
        builder.Function("other", Type("i>i"), [], Get(0), near, Drop, I32Const(-65536), Set(0), Get(0), far);
        builder.Function("read", Type(">i"), [], GlobalGet(global), I32Const(8), near, I32Add);
        var instance = builder.Instantiate();
        using var memory = instance.Memory!;
        Assert.Equal(TrapKind.MemoryOutOfBounds, instance.Trap("store", 0).Kind);
        Assert.Equal(7, instance.Call("read").I32);
        Assert.Equal(TrapKind.MemoryOutOfBounds, instance.Trap("global", 0).Kind);
        Assert.Equal(14, instance.Call("read").I32);
        Assert.Equal(TrapKind.IntegerDivideByZero, instance.Trap("divide", 0).Kind);
        Assert.Equal(3, instance.Call("leave", 0).I32);
        Assert.Equal(TrapKind.MemoryOutOfBounds, instance.Trap("leave", 8).Kind);
        Assert.Equal(TrapKind.MemoryOutOfBounds, instance.Trap("other", 0).Kind);
    }

    [Fact]
    public void A_memory_smaller_than_the_usual_offset_is_checked_all_the_same()
    {
        var builder = new ModuleBuilder().Memory(0, 3);
        byte[] often = Memory(0x28, 100_000);
        builder.Function("far", Type("i>i"), [], Get(0), often, Get(0), I32Const(4), I32Add, often, I32Add, Get(0), I32Const(8), I32Add, often, I32Add);
        builder.Function("near", Type("i>i"), [], Get(0), I32Const(4), I32Add, Memory(0x2D, 0), Get(0), often, I32Add, Get(0), I32Const(8), I32Add, often, I32Add);
        builder.Function("grow", Type(">i"), [], I32Const(1), MemoryGrow);
        var instance = builder.Instantiate();
        using var memory = instance.Memory!;
        for (int pages = 0; pages <= 3; pages++)
        {
            foreach (int address in new[] { 0, 1, 31_072, 65_535, 96_596, 96_597, -4, -100_000, int.MinValue })
            {
                bool inside = (uint)address + 100_012UL <= (ulong)pages * 65536;
                foreach (string name in new[] { "far", "near" })
                {
                    if (inside)
                        Assert.Equal(0, instance.Call(name, address).I32);
                    else
                        Assert.Equal(TrapKind.MemoryOutOfBounds, instance.Trap(name, address).Kind);
                }
            }

            Assert.Equal(pages < 3 ? pages : -1, instance.Call("grow").I32);
        }
    }

    [Fact]
    public void Addresses_of_64_bits_are_checked_in_full()
    {
        var builder = new ModuleBuilder().Memory(1, 3, shared: true, is64: true);
        int segment = builder.PassiveData([1, 2, 3]);
        ulong[] offsets = [0, 1, 65_532, 65_533, uint.MaxValue, 1UL << 32, 1UL << 40, long.MaxValue, 1UL << 63, ulong.MaxValue - 3, ulong.MaxValue];
        for (int i = 0; i < offsets.Length; i++)
        {
            builder.Function($"load{i}", Type("l>i"), [], Get(0), Memory64(0x28, offsets[i]));
            builder.Function($"constant{i}", Type(">i"), [], I64Const((long)offsets[i]), Memory64(0x28, 0));
        }

        builder.Function("store", Type("ll>"), [], Get(0), Get(1), Memory64(0x37, 0), Get(0), Get(1), Memory64(0x37, 8));
        builder.Function("copy", Type("lll>"), [], Get(0), Get(1), Get(2), [0xFC, 10, 0, 0]);
        builder.Function("fill", Type("lil>"), [], Get(0), Get(1), Get(2), [0xFC, 11, 0]);
        builder.Function("init", Type("lii>"), [], Get(0), Get(1), Get(2), [0xFC, 8, (byte)segment, 0]);
        builder.Function("add", Type("ll>l"), [], Get(0), Get(1), [0xFE, 0x1F, 3, 0]);
        builder.Function("vector", Type("l>v"), [], Get(0), [0xFD, 0, 0, 8]);
        builder.Function("grow", Type("l>l"), [], Get(0), MemoryGrow);
        builder.Function("size", Type(">l"), [], MemorySize);
        var instance = builder.Instantiate();
        using var memory = instance.Memory!;
        foreach (long address in new[] { 0, 1, 65_532, 1L << 32, (1L << 32) + 8, 1L << 40, long.MaxValue, long.MinValue, -1, -8, -65_536 })
        {
            for (int i = 0; i < offsets.Length; i++)
            {
                if ((UInt128)(ulong)address + offsets[i] + 4 <= 65536)
                    instance.Call($"load{i}", address);
                else
                    Assert.Equal(TrapKind.MemoryOutOfBounds, instance.Trap($"load{i}", address).Kind);
            }

            if ((ulong)address < 65_520)
                continue;
            Assert.Equal(TrapKind.MemoryOutOfBounds, instance.Trap("store", address, 1L).Kind);
            Assert.Equal(TrapKind.MemoryOutOfBounds, instance.Trap("copy", address, 0L, 5L).Kind);
            Assert.Equal(TrapKind.MemoryOutOfBounds, instance.Trap("copy", 0L, address, 5L).Kind);
            Assert.Equal(TrapKind.MemoryOutOfBounds, instance.Trap("copy", 8L, 8L, address == 65_532 ? 65_529L : address).Kind);
            Assert.Equal(TrapKind.MemoryOutOfBounds, instance.Trap("fill", address, 1, 5L).Kind);
            Assert.Equal(TrapKind.MemoryOutOfBounds, instance.Trap("fill", 65_536L, 1, address == 65_532 ? 1L : address).Kind);
            Assert.Equal(TrapKind.MemoryOutOfBounds, instance.Trap("vector", address).Kind);
            if (address != 65_532)
                Assert.Equal(TrapKind.MemoryOutOfBounds, instance.Trap("init", address, 0, 1).Kind);
        }

        for (int i = 0; i < offsets.Length; i++)
        {
            if (offsets[i] <= 65_532)
                instance.Call($"constant{i}");
            else
                Assert.Equal(TrapKind.MemoryOutOfBounds, instance.Trap($"constant{i}").Kind);
        }

        instance.GetFunction("store")!.Invoke([8L, 0x0102030405060708L], []);
        instance.GetFunction("copy")!.Invoke([40L, 8L, 16L], []);
        instance.GetFunction("fill")!.Invoke([41L, 9, 2L], []);
        instance.GetFunction("init")!.Invoke([44L, 1, 2], []);
        Assert.Equal(0x0102_0302_0509_0908, instance.Call("add", 40L, 1L).I64);
        Assert.Equal(0x0102_0302_0509_0909, instance.Call("vector", 32L).I64);
        Assert.Equal(-1, instance.Call("grow", -1L).I64);
        Assert.Equal(-1, instance.Call("grow", 1L << 48).I64);
        Assert.Equal(1, instance.Call("grow", 2L).I64);
        Assert.Equal(3, instance.Call("size").I64);
    }
}
