using System.Runtime.InteropServices;
using System.Security.Cryptography;
using LinuxWasm.Engine.Compilation;

namespace LinuxWasm.Engine;

/// <summary>Making an instance from a file.</summary>
internal sealed unsafe partial class IlInstance
{
    public static IlInstance Restore(CompiledModule compiled, IImportResolver resolver, Execution execution, EngineOptions engine, Stream from, out SuspendedStack? stack, SnapshotOptions? options)
    {
        using var reader = new SnapshotReader(from);
        var restoring = new Restoring(compiled, resolver, execution, engine, reader, options ?? new SnapshotOptions());
        try
        {
            return restoring.Read(out stack);
        }
        catch
        {
            restoring.Abandon();
            throw;
        }
    }

    private sealed class Restoring(CompiledModule compiled, IImportResolver resolver, Execution execution, EngineOptions engine, SnapshotReader reader, SnapshotOptions options)
    {
        private readonly WasmModule module = compiled.Module;
        private readonly List<LinearMemory> made = [];
        private IlInstance instance = null!;

        public IlInstance Read(out SuspendedStack? stack)
        {
            ReadHeader();
            var linked = Linker.Link(module, new JumpImports(resolver, compiled.Facts, module));
            instance = new IlInstance(compiled, execution, linked.Functions, MakeTables(linked.Tables), MakeMemories(linked.Memories), linked.Globals);
            instance.FillTags(linked.Tags);
            ReadGlobals();
            ReadTables();
            ReadSegments();
            ReadMemories();
            reader.Part = "stack";
            stack = reader.Flag("whether there is a stack") ? ReadStack() : null;
            reader.Finish();
            instance.FillExports();
            return instance;
        }

        /// <summary>What was made for an instance that there will not be.</summary>
        public void Abandon() => made.ForEach(m => m.Dispose());

        private void ReadHeader()
        {
            ulong magic = reader.U64();
            if (magic != SnapshotFormat.Magic)
                throw new SnapshotException($"no snapshot of an instance: expected it to begin with 0x{SnapshotFormat.Magic:x16}, found 0x{magic:x16}");
            uint version = reader.U32();
            if (version != SnapshotFormat.Version)
                throw new SnapshotException($"a snapshot of another engine: expected format {SnapshotFormat.Version}, found {version}");
            CheckHash("a snapshot of another module: expected the one with SHA-256", SHA256.HashData(module.Bytes.Span));
            CheckHash("a snapshot by an engine with other options or imports that suspend: expected a hash of them of", HashOptions(compiled));
        }

        private void CheckHash(string complaint, byte[] expected)
        {
            var found = new byte[SnapshotFormat.HashSize];
            reader.Bytes(found);
            if (!expected.AsSpan().SequenceEqual(found))
                throw new SnapshotException($"{complaint} {Convert.ToHexStringLower(expected)}, found {Convert.ToHexStringLower(found)}");
        }

        private Table[] MakeTables(Table[] imported)
        {
            var tables = new Table[module.Tables.Count];
            imported.CopyTo(tables, 0);
            for (int i = imported.Length; i < tables.Length; i++)
                tables[i] = new Table(module.Tables[i]);
            return tables;
        }

        private LinearMemory[] MakeMemories(LinearMemory[] imported)
        {
            var memories = new LinearMemory[module.Memories.Count];
            imported.CopyTo(memories, 0);
            for (int i = imported.Length; i < memories.Length; i++)
            {
                if (i == 0 && options.Memory is { } given)
                {
                    memories[0] = Fitting(given, module.Memories[0]);
                    continue;
                }

                memories[i] = new LinearMemory(module.Memories[i], engine.MaximumMemoryPages);
                made.Add(memories[i]);
            }

            return memories;
        }

        private void ReadGlobals()
        {
            for (int i = 0; i < module.Globals.Count; i++)
            {
                reader.Part = $"global {i}";
                var value = Value(module.Globals[i].Type);

                // What the host gave as a constant is the host's to say.
                if (i >= module.ImportedGlobals)
                    *instance.GlobalCell(i) = value;
                else if (module.Globals[i].Mutable)
                    *instance.ImportedGlobals[i].Cell = value;
            }
        }

        private void ReadTables()
        {
            for (int i = 0; i < instance.Tables.Length; i++)
            {
                reader.Part = $"table {i}";
                var table = instance.Tables[i];
                uint length = reader.U32();
                ulong most = Math.Min(table.Type.Maximum ?? Table.MaximumElements, Table.MaximumElements);
                if (length < table.Length || length > most)
                    throw reader.Wrong($"a length from {table.Length} to {most}", length);

                // Grown as the elements come, so that a length alone costs no memory.
                for (uint k = 0; k < length; k++)
                {
                    var element = Value(table.Type.Element);
                    if (k == table.Length)
                        table.Grow(Math.Min(length - k, Math.Max(k, 64)), 0);
                    table[k] = element.Ref;
                }
            }
        }

        private void ReadSegments()
        {
            reader.Part = "segments";
            instance.EvaluateElements();
            for (int i = 0; i < instance.Elements.Length; i++)
            {
                if (reader.Flag("whether a segment is dropped"))
                    instance.Elements[i] = null;
            }

            for (int i = 0; i < instance.Data.Length; i++)
            {
                if (reader.Flag("whether a segment is dropped"))
                    instance.Data[i] = default;
            }
        }

        private void ReadMemories()
        {
            reader.Part = "memories";
            bool there = reader.Flag("whether there are memories");
            if (there != options.WithMemories || (there && options.Memory is not null))
                throw new SnapshotException(there ? "the snapshot has its own memories: expected one saved without" : "the snapshot was saved without memories: expected one that has them");
            if (!there)
            {
                if (module.ImportedMemories == 0 && module.Memories.Count > 0 && options.Memory is null)
                    throw new SnapshotException("the snapshot was saved without memories: expected one to be given in its place");
                return;
            }

            for (int i = 0; i < instance.Memories.Length; i++)
            {
                reader.Part = $"memory {i}";
                ReadMemory(instance.Memories[i], clear: i < module.ImportedMemories);
            }
        }

        private void ReadMemory(LinearMemory memory, bool clear)
        {
            ulong pages = reader.U32();
            ulong now = memory.Length / LinearMemory.PageSize;
            if (pages < now || pages > memory.LimitPages)
                throw reader.Wrong($"a size from {now} to {memory.LimitPages} pages", pages);
            if (memory.Grow(pages - now) < 0)
                throw new OutOfMemoryException($"no memory for {pages} pages");
            ulong end = memory.Length / SnapshotFormat.Page;
            for (ulong page = 0; clear && page < end; page++)
            {
                var bytes = new Span<byte>(memory.Base + page * SnapshotFormat.Page, SnapshotFormat.Page);
                if (bytes.ContainsAnyExcept((byte)0))
                    bytes.Clear();
            }

            while (true)
            {
                ulong page = reader.U32();
                uint count = reader.U32();
                if (count == 0)
                    return;
                if (count > SnapshotFormat.MostPages || page + count > end)
                    throw reader.Wrong($"at most {SnapshotFormat.MostPages} pages below page {end}", $"{count} at page {page}");
                reader.Bytes(new Span<byte>(memory.Base + page * SnapshotFormat.Page, (int)count * SnapshotFormat.Page));
            }
        }

        private SuspendedStack ReadStack()
        {
            uint count = reader.U32();
            if (count == 0)
                throw reader.Wrong("at least one frame", count);
            var frames = new List<SuspendedStack.Frame>();
            FuncType? inner = null;
            for (uint i = 0; i < count; i++)
            {
                frames.Add(ReadFrame(inner));
                inner = module.Functions[frames[^1].Function];
            }

            reader.Part = "setjmp's frames";
            var jumps = JumpFrames.Restore(reader);
            return new SuspendedStack(instance, [.. frames], jumps, ReadExceptions());
        }

        /// <param name="inner">The type of the function whose frame lies inside, null for the innermost.</param>
        private SuspendedStack.Frame ReadFrame(FuncType? inner)
        {
            reader.Part = "frame";
            int function = reader.Index(module.Functions.Count - 1, "a function's index");
            if (function < module.ImportedFunctions)
                throw reader.Wrong("a function that is not imported", function);
            reader.Part = $"frame of {module.FunctionName(function)}";
            int site = reader.Index(int.MaxValue, "a call's number");
            var known = compiled.Site(function, site) ?? throw reader.Wrong("a call that suspends", $"call {site}");
            uint layout = reader.U32();
            if (layout != known.Layout)
                throw reader.Wrong($"frame layout 0x{known.Layout:x8}, as this engine has it", $"0x{layout:x8}");

            // The code behind the call takes what the frame inside gives it: a value of another type would not be what it seems.
            if (inner is not null && !inner.Results.SequenceEqual(known.Callee.Results))
                throw reader.Wrong($"a frame inside that gives what {known.Callee} gives", inner);
            var values = new byte[known.Types.Length * 16];
            for (int i = 0; i < known.Types.Length; i++)
            {
                var value = Value(known.Types[i]);
                MemoryMarshal.Write(values.AsSpan(i * 16), in value);
            }

            return new SuspendedStack.Frame(function, site, known.Callee, values);
        }

        private GuestExceptions ReadExceptions()
        {
            reader.Part = "exceptions";
            ulong next = reader.U64();
            if (next is 0 or > long.MaxValue)
                throw reader.Wrong("a number from 1 on", next);
            int count = (int)Math.Min(next - 1, GuestExceptions.Kept);
            var ring = new List<GuestException>();
            for (int i = 0; i < count; i++)
            {
                var tag = instance.Tags[reader.Index(instance.Tags.Length - 1, "a tag's index")];
                var values = new WasmValue[tag.Type.Type.Parameters.Length];
                for (int k = 0; k < values.Length; k++)
                    values[k] = Value(tag.Type.Type.Parameters[k]);
                ring.Add(new GuestException(tag, values));
            }

            return new GuestExceptions((nint)next, ring);
        }

        private WasmValue Value(ValType type)
        {
            switch (type.Top())
            {
                case ValType.I32 or ValType.F32:
                    return reader.U32();
                case ValType.V128:
                    WasmValue vector = default;
                    reader.Bytes(MemoryMarshal.AsBytes(new Span<WasmValue>(ref vector)));
                    return vector;
                case ValType.FuncRef:
                    return FunctionReference(type, reader.Index(module.Functions.Count, "a function's index") - 1);
                case ValType.ExternRef:
                    return new WasmValue { Ref = reader.Flag("whether an externref is null") ? execution.ToExternRef(Extern(reader.Text())) : 0 };
                case ValType.AnyRef:
                    return reader.U64() == 0 ? default(WasmValue) : throw reader.Wrong("null", "a reference");
                default:
                    return reader.U64();
            }
        }

        /// <summary>Code that calls through a reference checks only that it is not null, whatever the reference's type: so its function's type is checked here.</summary>
        private WasmValue FunctionReference(ValType type, int index)
        {
            if (index < 0)
                return default;

            // What suspends was worked out from the functions that the module refers to; a reference to another could suspend unawares.
            if (!module.DeclaredFunctions.Contains(index))
                throw reader.Wrong("a function that the module refers to", module.FunctionName(index));
            if (!ValTypes.Reference(module.Functions[index]).NonNull().Matches(type))
                throw reader.Wrong($"a function for a {type.Name()}", module.FunctionName(index));
            return new WasmValue { Ref = (nint)instance.Reference(index) };
        }

        private object Extern(string name) =>
            options.FindExtern?.Invoke(name) ?? throw new SnapshotException($"{reader.Part} refers to \"{name}\" of the host, for which there is no object");
    }
}
