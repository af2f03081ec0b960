using System.Buffers.Binary;
using System.Security.Cryptography;
using static LinuxWasm.Engine.Tests.Wasm;

namespace LinuxWasm.Engine.Tests;

/// <summary>References to functions of a known type: what the validator must see to, since code that calls them checks nothing but null.</summary>
public sealed class TypedReferenceTests
{
    private const byte NonNull = 0x64;
    private const byte Nullable = 0x63;

    /// <summary>The types of the modules here: (func (param i32) (result i32)), the same with f64, and an open one with a final subtype.</summary>
    private static readonly byte[][] Types =
    [
        [0x60, 1, 0x7F, 1, 0x7F],
        [0x60, 1, 0x7C, 1, 0x7C],
        [0x50, 0, 0x60, 0, 0],
        [0x4F, 1, 2, 0x60, 0, 0],
    ];

    [Theory]
    [InlineData("a local that is never null, read before it is set", "uninitialized local", new byte[] { 1, 1, NonNull, 0, 0x20, 1, 0x1A })]
    [InlineData("set in a block, read behind it", "uninitialized local", new byte[] { 1, 1, NonNull, 0, 0x02, 0x40, 0xD2, 0, 0x21, 1, 0x0B, 0x20, 1, 0x1A })]
    [InlineData("set in one arm, read behind both", "uninitialized local", new byte[] { 1, 1, NonNull, 0, 0x20, 0, 0x04, 0x40, 0xD2, 0, 0x21, 1, 0x05, 0x0B, 0x20, 1, 0x1A })]
    [InlineData("call_ref of a function of another type", "type mismatch", new byte[] { 0, 0x41, 0, 0xD2, 0, 0x14, 1, 0x1A })]
    [InlineData("call_ref of a funcref", "type mismatch", new byte[] { 0, 0x41, 0, 0xD0, 0x70, 0x14, 0, 0x1A })]
    [InlineData("call_ref of no function's type", "unknown type", new byte[] { 0, 0xD2, 0, 0x14, 99 })]
    [InlineData("null where there can be none", "type mismatch", new byte[] { 1, 1, NonNull, 0, 0xD0, 0, 0x21, 1 })]
    [InlineData("a reference of another type", "type mismatch", new byte[] { 1, 1, Nullable, 1, 0xD2, 0, 0x21, 1 })]
    [InlineData("a type above where the subtype is wanted", "type mismatch", new byte[] { 2, 1, Nullable, 2, 1, Nullable, 3, 0x20, 1, 0x21, 2 })]
    [InlineData("br_on_null with a number", "expected a reference", new byte[] { 0, 0x41, 0, 0xD5, 0, 0x1A })]
    [InlineData("br_on_non_null to a label that takes none", "takes no reference", new byte[] { 0, 0xD2, 0, 0xD6, 0 })]
    [InlineData("select of references without a type", "needs a type", new byte[] { 0, 0xD2, 0, 0xD2, 0, 0x41, 0, 0x1B, 0x1A })]
    [InlineData("return_call_ref with other results", "tail call's results", new byte[] { 0, 0x44, 0, 0, 0, 0, 0, 0, 0, 0, 0xD0, 1, 0x15, 1 })]
    public void Code_that_could_call_the_wrong_function_is_refused(string what, string reason, byte[] code)
    {
        var builder = WithTypes();
        builder.RawFunction("f", 0, [.. code, 0x20, 0, 0x0B]);
        var error = Assert.Throws<WasmFormatException>(builder.Build);
        Assert.True(error.Reason.Contains(reason, StringComparison.Ordinal), $"{what}: {error.Reason}");
        Assert.Null(error.Feature);
    }

    [Theory]
    [InlineData("a subtype of a final type", "final super type", new byte[] { 0x50, 1, 0, 0x60, 1, 0x7F, 1, 0x7F })]
    [InlineData("a subtype with another result", "does not match super type", new byte[] { 0x50, 1, 2, 0x60, 0, 1, 0x7F })]
    [InlineData("two supertypes", "more than one super type", new byte[] { 0x50, 2, 2, 2, 0x60, 0, 0 })]
    [InlineData("a supertype that comes later", "defined later", new byte[] { 0x50, 1, 5, 0x60, 0, 0 })]
    [InlineData("a reference to a type that comes later", "unknown type 5", new byte[] { 0x60, 1, Nullable, 5, 0 })]
    [InlineData("a structure below a function", "does not match super type", new byte[] { 0x50, 1, 2, 0x5F, 0 })]
    [InlineData("a form that there is not", "malformed type form", new byte[] { 0x5D })]
    public void Types_that_do_not_fit_are_refused(string what, string reason, byte[] type)
    {
        var builder = WithTypes();
        builder.RawType(type);
        var error = Assert.Throws<WasmFormatException>(builder.Build);
        Assert.True(error.Reason.Contains(reason, StringComparison.Ordinal), $"{what}: {error.Reason}");
    }

    [Theory]
    [InlineData("garbage collection", new byte[] { 0, 0xFB, 0x1C, 0x1A })]
    [InlineData("custom descriptors", new byte[] { 0, 0xD0, 0x62, 0, 0x1A })]
    public void What_the_engine_does_not_have_is_refused_by_name(string feature, byte[] code)
    {
        var builder = WithTypes();
        builder.RawFunction("f", 0, [.. code, 0x20, 0, 0x0B]);
        var error = Assert.Throws<WasmFormatException>(builder.Build);
        Assert.Equal(feature, error.Feature);
        Assert.Contains(feature, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Equal_groups_of_types_are_the_same_in_all_modules_and_others_are_not()
    {
        // Two functions that take a reference to the other's type; then the same with another result, and the same alone.
        byte[] pair = [0x4E, 2, 0x60, 1, Nullable, 1, 0, 0x60, 1, Nullable, 0, 1, 0x7F];
        byte[] otherPair = [0x4E, 2, 0x60, 1, Nullable, 1, 0, 0x60, 1, Nullable, 0, 1, 0x7E];
        var exporter = new ModuleBuilder();
        exporter.RawType(pair);
        exporter.RawFunction("f", 0, [0, 0x0B]);
        var imports = new ImportTable { ["m", "f"] = exporter.Instantiate().GetExport("f")! };
        Importer(pair, 0).Instantiate(imports);
        Assert.Throws<LinkException>(() => Importer(otherPair, 0).Instantiate(imports));
        Assert.Throws<LinkException>(() => Importer(pair, 1).Instantiate(imports));
        Assert.Throws<LinkException>(() => Importer([0x60, 1, Nullable, 0, 0], 0).Instantiate(imports));

        static ModuleBuilder Importer(byte[] types, int type)
        {
            var builder = new ModuleBuilder();
            builder.RawType(types);
            builder.ImportFunction("m", "f", type);
            return builder;
        }
    }

    [Fact]
    public void A_subtype_is_imported_as_the_type_above_and_not_the_other_way()
    {
        var exporter = new ModuleBuilder();
        byte[] above = [0x50, 0, 0x60, 0, 1, 0x70];
        byte[] below = [0x50, 1, 0, 0x60, 0, 1, 0x73];
        exporter.RawType(above);
        exporter.RawType(below);
        exporter.RawFunction("above", 0, [0, 0xD0, 0x70, 0x0B]);
        exporter.RawFunction("below", 1, [0, 0xD0, 0x73, 0x0B]);
        var instance = exporter.Instantiate();
        Importer(0).Instantiate(new ImportTable { ["m", "f"] = instance.GetExport("below")! });
        Assert.Throws<LinkException>(() => Importer(1).Instantiate(new ImportTable { ["m", "f"] = instance.GetExport("above")! }));

        ModuleBuilder Importer(int type)
        {
            var builder = new ModuleBuilder();
            builder.RawType(above);
            builder.RawType(below);
            builder.ImportFunction("m", "f", type);
            return builder;
        }
    }

    [Fact]
    public void A_copys_typed_references_are_its_own()
    {
        var builder = new ModuleBuilder();
        int suspend = builder.Import("env", "suspend", Type("i>i"));
        var nullary = Type(">i");
        int type = builder.Type(nullary);
        int counter = builder.Global(ValType.I32, I32Const(0));
        int get = builder.Function("get", nullary, [], GlobalGet(counter));
        builder.FilledTable(ValTypes.Reference(nullary).NonNull(), 1, [0xD2, (byte)get]);
        builder.Function("run", nullary, [ValTypes.Reference(nullary).NonNull()], [0xD2, (byte)get], Set(0), I32Const(0), Call(suspend), GlobalSet(counter),
            Get(0), [0x14, (byte)type], I32Const(0), [0x25, 0, 0x14, (byte)type], I32Add);
        var imports = new ImportTable { ["env", "suspend"] = HostFunction.Create((Execution e, int _) => e.TrySuspend() ? 0 : 1) };
        var parent = builder.Instantiate(imports, options: SnapshotScenarios.Options);
        var results = new WasmValue[1];
        Assert.Equal(Completion.Suspended, parent.GetFunction("run")!.Invoke([], results));
        var stack = parent.Execution.Suspended!;
        Assert.Equal(Completion.Returned, parent.Clone(new Execution()).Resume(stack, [21], results));
        Assert.Equal(42, results[0].I32);
        Assert.Equal(0, parent.Call("get").I32);
        Assert.Equal(Completion.Returned, parent.Resume(stack, [4], results));
        Assert.Equal(8, results[0].I32);
    }

    [Fact]
    public void A_snapshot_with_a_function_of_another_type_in_a_references_place_is_refused()
    {
        byte[] bytes = SnapshotScenarios.All["typed references"]().Bytes();
        var module = WasmModule.Decode(bytes);
        var engine = new IlEngine(SnapshotScenarios.Options);
        var instance = engine.Instantiate(module, SnapshotScenarios.Imports(), new Execution());
        Assert.Equal(Completion.Suspended, instance.GetFunction("run")!.Invoke([], new WasmValue[1]));
        using var file = new MemoryStream();
        instance.Save(file, instance.Execution.Suspended, SnapshotScenarios.Names);

        // References stand there as the function's number and one: the square's becomes that of "other".
        const int Square = 1, Other = 3;
        Assert.Equal("square", module.FunctionName(Square));
        Assert.Equal("other", module.FunctionName(Other));
        int refused = 0;
        for (int at = 76; at + 4 <= file.Length - 32; at++)
        {
            byte[] forged = file.ToArray();
            if (BinaryPrimitives.ReadInt32LittleEndian(forged.AsSpan(at)) != Square + 1)
                continue;
            BinaryPrimitives.WriteInt32LittleEndian(forged.AsSpan(at), Other + 1);
            SHA256.HashData(forged.AsSpan(0, forged.Length - 32)).CopyTo(forged, forged.Length - 32);
            try
            {
                engine.Restore(module, SnapshotScenarios.Imports(), new Execution(), new MemoryStream(forged), out _);
            }
            catch (SnapshotException e) when (e.Message.Contains("a function for a (ref func type", StringComparison.Ordinal))
            {
                refused++;
            }
            catch (SnapshotException)
            {
                // The number meant something else there.
            }
        }

        // The table's first element and the local.
        Assert.Equal(2, refused);
    }

    /// <summary>A frame with handlers saves all its locals, those too that have no value yet.</summary>
    [Fact]
    public void A_local_that_is_never_null_may_be_unset_in_a_snapshot()
    {
        var builder = new ModuleBuilder();
        int suspend = builder.Import("env", "suspend", Type("i>i"));
        var unary = Type("i>i");
        int type = builder.Type(unary);
        int square = builder.Function("square", unary, [], Get(0), Get(0), I32Mul);
        builder.PassiveElements(square);
        builder.Function("run", Type(">i"), [ValTypes.Reference(unary).NonNull(), ValType.I32], [0x1F, NoValue, 0], I32Const(0), Call(suspend), Set(1), End,
            [0xD2, (byte)square], Set(0), Get(1), Get(0), [0x14, (byte)type]);
        var module = builder.Build();
        var engine = new IlEngine(SnapshotScenarios.Options);
        var instance = engine.Instantiate(module, SnapshotScenarios.Imports(), new Execution());
        Assert.Equal(Completion.Suspended, instance.GetFunction("run")!.Invoke([], new WasmValue[1]));
        using var file = new MemoryStream();
        instance.Save(file, instance.Execution.Suspended);
        file.Position = 0;
        var restored = engine.Restore(module, SnapshotScenarios.Imports(), new Execution(), file, out var stack);
        var results = new WasmValue[1];
        Assert.Equal(Completion.Returned, restored.Resume(stack!, [9], results));
        Assert.Equal(81, results[0].I32);
    }

    [Fact]
    public void A_cast_call_never_makes_a_null_where_there_can_be_none()
    {
        var builder = new ModuleBuilder();
        var nullary = Type(">i");
        var wants = FuncType.Get([ValTypes.Reference(nullary).NonNull()], [ValType.I32]);
        int wanted = builder.Type(nullary);
        int one = builder.Function("one", nullary, [], I32Const(1));
        int calls = builder.Function("calls", wants, [], Get(0), [0x14, (byte)wanted]);
        int quiet = builder.Function("quiet", Type("i>"), []);
        builder.Table(calls, quiet, one);
        int nothing = builder.Type(Type(">"));
        builder.Function("short", Type(">"), [], I32Const(0), CallIndirect(nothing));
        builder.Function("surplus", Type(">"), [], I32Const(1), CallIndirect(nothing));
        var instance = builder.Instantiate(options: new EngineOptions { EmulateFunctionPointerCasts = true });
        Assert.Equal(TrapKind.IndirectCallTypeMismatch, instance.Trap("short").Kind);
        Assert.Equal(Completion.Returned, instance.GetFunction("surplus")!.Invoke([], []));
    }

    private static ModuleBuilder WithTypes()
    {
        var builder = new ModuleBuilder();
        foreach (byte[] type in Types)
            builder.RawType(type);
        return builder;
    }
}
