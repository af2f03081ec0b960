using static LinuxWasm.Engine.Tests.Wasm;

namespace LinuxWasm.Engine.Tests;

public sealed class ThreadTests
{
    private const byte AtomicAdd = 0x1E;
    private const byte AtomicNotify = 0x00;
    private const byte AtomicWait = 0x01;

    [Fact]
    public void Threads_share_memory_and_have_their_own_globals_and_tables()
    {
        var instance = Shared().Instantiate();
        using var memory = instance.Memory!;
        instance.Call("set", 1);
        var clone = instance.Clone(new Execution());
        clone.Call("set", 2);
        Assert.Equal(1, instance.Call("get").I32);
        Assert.Equal(2, clone.Call("get").I32);
        Assert.Equal(2, clone.Call("get_through_table").I32);
        Assert.Equal(1, instance.Call("get_through_table").I32);
        Assert.Equal(2, clone.GetTable(0)!.GetFunction(0)!.CreateDelegate<Func<int>>()());

        var threads = new[] { instance, clone, instance.Clone(new Execution()), clone.Clone(new Execution()) }
            .Select(i => new Thread(() => i.Call("add", 100_000))).ToArray();
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
        Assert.True(memory.TryGetSpan(0, 4, out var bytes));
        Assert.Equal(400_000, BitConverter.ToInt32(bytes));
    }

    [Fact]
    public void A_waiter_wakes_by_notify_by_time_and_not_at_all_for_another_value()
    {
        var instance = Shared().Instantiate();
        using var memory = instance.Memory!;
        Assert.Equal(1, instance.Call("wait", 5, -1L).I32);
        Assert.Equal(2, instance.Call("wait", 0, 1_000_000L).I32);
        var clone = instance.Clone(new Execution());
        int woken = -1;
        var thread = new Thread(() => woken = clone.Call("wait", 0, -1L).I32);
        thread.Start();
        while (instance.Call("notify", 1).I32 == 0)
            Thread.Yield();
        thread.Join();
        Assert.Equal(0, woken);
    }

    [Fact]
    public void A_waiter_can_be_interrupted_and_ended()
    {
        var execution = new Execution();
        var instance = Shared().Instantiate(execution: execution);
        using var memory = instance.Memory!;
        int seen = 0;
        using var first = new SemaphoreSlim(0);
        execution.OnSafepoint = e =>
        {
            if (++seen == 2)
                e.Exit();
            first.Release();
        };
        var completion = Completion.Returned;
        var thread = new Thread(() => completion = instance.GetFunction("wait")!.Invoke([0, -1L], new WasmValue[1]));
        thread.Start();
        execution.Interrupt();
        Assert.True(first.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.True(thread.IsAlive);
        execution.Interrupt();
        Assert.True(thread.Join(TimeSpan.FromSeconds(30)));
        Assert.Equal(Completion.Exited, completion);
    }

    [Fact]
    public void An_unaligned_atomic_access_and_a_wait_on_memory_of_ones_own_trap()
    {
        var builder = new ModuleBuilder().Memory(1, 1);
        builder.Function("add", Type("i>i"), [], Get(0), I32Const(1), Atomic(AtomicAdd, 2));
        builder.Function("wait", Type(">i"), [], I32Const(0), I32Const(0), I64Const(-1), Atomic(AtomicWait, 2));
        var instance = builder.Instantiate();
        using var memory = instance.Memory!;
        Assert.Equal(TrapKind.UnalignedAtomic, instance.Trap("add", 2).Kind);
        Assert.Equal(TrapKind.MemoryOutOfBounds, instance.Trap("add", 65536).Kind);
        Assert.Equal(TrapKind.ExpectedSharedMemory, instance.Trap("wait").Kind);
    }

    private static ModuleBuilder Shared()
    {
        var builder = new ModuleBuilder().Memory(1, 1, shared: true);
        int global = builder.Global(ValType.I32, I32Const(0));
        builder.Function("set", Type("i>"), [], Get(0), GlobalSet(global));
        int get = builder.Function("get", Type(">i"), [], GlobalGet(global));
        builder.Table(get);
        builder.Function("get_through_table", Type(">i"), [], I32Const(0), CallIndirect(builder.Type(Type(">i"))));
        builder.Function("add", Type("i>"), [], Loop(), I32Const(0), I32Const(1), Atomic(AtomicAdd, 2), Drop, Get(0), I32Const(1), I32Sub, Tee(0), BrIf(0), End);
        builder.Function("wait", Type("il>i"), [], I32Const(8), Get(0), Get(1), Atomic(AtomicWait, 2));
        builder.Function("notify", Type("i>i"), [], I32Const(8), Get(0), Atomic(AtomicNotify, 2));
        return builder;
    }
}
