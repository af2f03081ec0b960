using static LinuxWasm.Engine.Tests.Wasm;

namespace LinuxWasm.Engine.Tests;

/// <summary>
/// What an instance had of the host's memory goes back, however it ends. Each way is gone a few hundred times, with 4 GiB reserved and some megabytes
/// touched each time: kept, that would be close to a terabyte of addresses.
/// </summary>
[Collection(HostMemory.Alone)]
public sealed class ReleaseTests
{
    private const int Rounds = 200;

    /// <summary>Pages that each instance writes to: 2 MiB.</summary>
    private const int Touched = 32;

    /// <summary>Far below what one round in ten would leave, far above what the runtime itself may take meanwhile.</summary>
    private const long MostAddresses = 100L << 30;
    private const long MostResident = 120L << 20;

    private static readonly Dictionary<string, Action<Guest>> Ends = new()
    {
        ["returns"] = guest => guest.Instance.Call("touch"),
        ["traps"] = guest => Assert.Equal(TrapKind.MemoryOutOfBounds, guest.Instance.Trap("outside").Kind),
        ["overflows its stack"] = guest => Assert.Equal(TrapKind.StackOverflow, guest.Instance.Trap("deep").Kind),
        ["is killed"] = guest =>
        {
            guest.Execution.Interrupt();
            Assert.Equal(Completion.Exited, guest.Instance.GetFunction("endless")!.Invoke([], []));
        },
        ["grows until it may not"] = guest =>
        {
            Assert.Equal(Touched, guest.Instance.Call("grow", 256).I32);
            Assert.Equal(-1, guest.Instance.Call("grow", 65536).I32);
        },
        ["has copies"] = guest =>
        {
            using var memory = guest.Instance.Memory!.Clone();
            using var second = memory.Clone();
            var copy = guest.Instance.Clone(new Execution(), memory);
            copy.Clone(new Execution(), second).Call("touch");
            Assert.Equal(TrapKind.MemoryOutOfBounds, copy.Trap("outside").Kind);
        },
        ["is suspended, goes on in a copy, and is never resumed itself"] = guest =>
        {
            Assert.Equal(Completion.Suspended, guest.Instance.GetFunction("wait")!.Invoke([], new WasmValue[1]));
            var stack = guest.Execution.Suspended!;
            using var memory = guest.Instance.Memory!.Clone();
            var results = new WasmValue[1];
            Assert.Equal(Completion.Returned, guest.Instance.Clone(new Execution(), memory).Resume(stack, [5], results));
            Assert.Equal(6, results[0].I32);
        },
        ["is continued from a snapshot"] = guest =>
        {
            using var snapshot = new MemoryStream();
            guest.Instance.Save(snapshot);
            snapshot.Position = 0;
            var restored = guest.Engine.Restore(guest.Instance.Module, guest.Imports, new Execution(), snapshot, out _);
            using var memory = restored.Memory!;
            restored.Call("touch");
        },
    };

    public static TheoryData<string> Ways => [.. Ends.Keys];

    [Theory]
    [MemberData(nameof(Ways))]
    public void What_is_disposed_of_is_given_back_at_once(string way)
    {
        var module = Module().Build();
        var engine = new IlEngine(new EngineOptions { Traits = i => i.Name == "wait" ? ImportTraits.Suspends : ImportTraits.None });
        void Round()
        {
            var guest = new Guest(engine, module);
            using var memory = guest.Instance.Memory!;
            guest.Instance.Call("touch");
            Ends[way](guest);
        }

        Round();
        var before = HostMemory.Measure();
        for (int i = 0; i < Rounds; i++)
            Round();

        // Addresses without waiting for the garbage collector, to which four reserved gigabytes look like nothing.
        long addresses = HostMemory.AddressSpace() - before.Addresses;
        Assert.True(addresses < MostAddresses, $"{addresses >> 30} GiB of addresses are not given back");
        var after = HostMemory.Measure();
        Assert.True(after.Resident - before.Resident < MostResident, $"{(after.Resident - before.Resident) >> 20} MiB are not given back");
    }

    [Theory]
    [InlineData("a segment that does not fit")]
    [InlineData("a start function that traps")]
    [InlineData("a second memory above the limit")]
    [InlineData("a table above the limit")]
    public void What_can_not_be_instantiated_leaves_nothing(string why)
    {
        var builder = new ModuleBuilder().Memory(Touched);
        switch (why)
        {
            case "a segment that does not fit":
                builder.Data(1, new byte[100_000]);
                builder.Data((Touched * LinearMemory.PageSize) - 1, [1, 2]);
                break;
            case "a start function that traps":
                builder.Start(builder.Function("start", Type(">"), [], Touch(), Unreachable));
                break;
            case "a second memory above the limit":
                builder.Memory(65537 - 1);
                break;
            default:
                builder.EmptyTable(0x70, 20_000_000, 20_000_000);
                break;
        }

        var module = builder.Build();
        var engine = new IlEngine(new EngineOptions { MaximumMemoryPages = 65535 });
        void Round()
        {
            var e = Record.Exception(() => engine.Instantiate(module, new ImportTable(), new Execution()));
            Assert.True(e is TrapException or OutOfMemoryException, $"{e}");
        }

        Round();
        var before = HostMemory.Measure();
        for (int i = 0; i < Rounds; i++)
            Round();
        long addresses = HostMemory.AddressSpace() - before.Addresses;
        Assert.True(addresses < MostAddresses, $"{addresses >> 30} GiB of addresses are not given back");
        Assert.True(HostMemory.Measure().Resident - before.Resident < MostResident);
    }

    [Fact]
    public void What_nobody_disposes_of_is_given_back_when_it_is_collected()
    {
        var module = Module().Build();
        var engine = new IlEngine(new EngineOptions { Traits = i => i.Name == "wait" ? ImportTraits.Suspends : ImportTraits.None });
        var before = HostMemory.Measure();
        for (int i = 0; i < Rounds; i++)
            new Guest(engine, module).Instance.Call("touch");
        Assert.True(HostMemory.AddressSpace() - before.Addresses > MostAddresses || GC.CollectionCount(0) > 0, "nothing was reserved: this test can't fail");
        var after = HostMemory.Measure();
        Assert.True(after.Addresses - before.Addresses < MostAddresses, $"{(after.Addresses - before.Addresses) >> 30} GiB of addresses are not given back");
        Assert.True(after.Resident - before.Resident < MostResident, $"{(after.Resident - before.Resident) >> 20} MiB are not given back");
    }

    private static ModuleBuilder Module()
    {
        var builder = new ModuleBuilder();
        int wait = builder.Import("env", "wait", Type(">i"));
        builder.Memory(Touched);
        builder.Function("touch", Type(">"), [], Touch());
        builder.Function("outside", Type(">i"), [], I32Const(-4), Memory(0x28, 0));
        builder.Function("deep", Type(">i"), [], Call(wait + 3), I32Const(1), I32Add);
        builder.Function("endless", Type(">"), [], Loop(), Br(0), End);
        builder.Function("grow", Type("i>i"), [], Get(0), MemoryGrow);
        builder.Function("wait", Type(">i"), [], Call(wait), I32Const(1), I32Add);
        return builder;
    }

    /// <summary>Writes to every page.</summary>
    private static byte[] Touch() => [.. I32Const(0), .. I32Const(1), .. I32Const(Touched * LinearMemory.PageSize), 0xFC, 11, 0];

    private sealed class Guest
    {
        public Guest(IlEngine engine, WasmModule module)
        {
            Engine = engine;
            Execution = new Execution(new ExecutionOptions { MaximumStack = 128 << 10 }) { OnSafepoint = e => e.Exit() };
            Imports = new ImportTable { ["env", "wait"] = HostFunction.Create((Execution e) => e.TrySuspend() ? 0 : -1) };
            Instance = engine.Instantiate(module, Imports, Execution);
        }

        public IlEngine Engine { get; }

        public Execution Execution { get; }

        public ImportTable Imports { get; }

        public Instance Instance { get; }
    }
}
