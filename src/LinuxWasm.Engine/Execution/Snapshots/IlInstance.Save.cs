using System.Runtime.InteropServices;
using System.Security.Cryptography;
using LinuxWasm.Engine.Compilation;

namespace LinuxWasm.Engine;

/// <summary>Writing an instance to a file.</summary>
internal sealed unsafe partial class IlInstance
{
    public override void Save(Stream to, SuspendedStack? stack = null, SnapshotOptions? options = null)
    {
        if (Execution.Depth > 0)
            throw new InvalidOperationException("the instance is running; suspend it first");
        if (stack is not null && stack.Instance.compiled != compiled)
            throw new ArgumentException("the stack belongs to another module", nameof(stack));
        using var writer = new SnapshotWriter(to);
        new Saving(this, writer, options ?? new SnapshotOptions()).Write(stack);
    }

    /// <summary>What the layout of frames depends on besides the module: how the host describes its imports, and the options.</summary>
    private static byte[] HashOptions(CompiledModule compiled)
    {
        var traits = new byte[compiled.Module.ImportedFunctions + 2];
        for (int i = 0; i < traits.Length - 2; i++)
            traits[i] = (byte)compiled.Facts.Traits(i);
        traits[^2] = compiled.Options.SuspendAtEveryCall ? (byte)1 : (byte)0;
        traits[^1] = compiled.Options.EmulateFunctionPointerCasts ? (byte)1 : (byte)0;
        return SHA256.HashData(traits);
    }

    private sealed class Saving(IlInstance instance, SnapshotWriter writer, SnapshotOptions options)
    {
        /// <summary>What holds the value being written, for error messages.</summary>
        private string holder = "";

        public void Write(SuspendedStack? stack)
        {
            writer.U64(SnapshotFormat.Magic);
            writer.U32(SnapshotFormat.Version);
            writer.Bytes(SHA256.HashData(instance.Module.Bytes.Span));
            writer.Bytes(HashOptions(instance.compiled));
            WriteGlobals();
            WriteTables();
            foreach (var segment in instance.Elements)
                writer.U8(segment is null ? 1 : 0);
            for (int i = 0; i < instance.Data.Length; i++)
                writer.U8(instance.Data[i].IsEmpty ? 1 : 0);
            writer.U8(options.WithMemories ? 1 : 0);
            if (options.WithMemories)
            {
                foreach (var memory in instance.Memories)
                    WriteMemory(memory);
            }

            writer.U8(stack is null ? 0 : 1);
            if (stack is not null)
                WriteStack(stack);
            writer.Finish();
        }

        private void WriteGlobals()
        {
            for (int i = 0; i < instance.Module.Globals.Count; i++)
            {
                holder = $"global {i}";
                Value(instance.Module.Globals[i].Type, instance.GetGlobal(i)!.Value, instance);
            }
        }

        private void WriteTables()
        {
            for (int i = 0; i < instance.Tables.Length; i++)
            {
                var table = instance.Tables[i];
                holder = $"table {i}";
                writer.U32((uint)table.Length);
                for (ulong k = 0; k < table.Length; k++)
                    Value(table.Type.Element, new WasmValue { Ref = table[k] }, instance);
            }
        }

        /// <summary>Runs of pages that are not all zero: where, how many, their bytes; none ends the list.</summary>
        private void WriteMemory(LinearMemory memory)
        {
            ulong pages = memory.Length / SnapshotFormat.Page;
            writer.U32((uint)(memory.Length / LinearMemory.PageSize));
            for (ulong page = 0; page < pages;)
            {
                ulong end = page;
                while (end < pages && end - page < SnapshotFormat.MostPages && !IsZero(memory, end))
                    end++;
                if (end == page)
                {
                    page++;
                    continue;
                }

                writer.U32((uint)page);
                writer.U32((uint)(end - page));
                writer.Bytes(new ReadOnlySpan<byte>(memory.Base + page * SnapshotFormat.Page, (int)(end - page) * SnapshotFormat.Page));
                page = end;
            }

            writer.U32(0);
            writer.U32(0);
        }

        private static bool IsZero(LinearMemory memory, ulong page) =>
            !new ReadOnlySpan<byte>(memory.Base + page * SnapshotFormat.Page, SnapshotFormat.Page).ContainsAnyExcept((byte)0);

        private void WriteStack(SuspendedStack stack)
        {
            writer.U32((uint)stack.Frames.Length);
            foreach (var frame in stack.Frames)
            {
                var site = instance.compiled.Site(frame.Function, frame.Site)!;
                holder = $"a frame of {instance.Module.FunctionName(frame.Function)}";
                writer.U32((uint)frame.Function);
                writer.U32((uint)frame.Site);
                writer.U32(site.Layout);
                for (int i = 0; i < site.Types.Length; i++)
                    Value(site.Types[i], MemoryMarshal.Read<WasmValue>(frame.Values.AsSpan(i * 16)), stack.Instance);
            }

            stack.Jumps.Save(writer);
            WriteExceptions(stack);
        }

        private void WriteExceptions(SuspendedStack stack)
        {
            holder = "an exception";
            writer.U64((ulong)stack.Exceptions.Next);
            foreach (var exception in stack.Exceptions.All)
            {
                int tag = Array.IndexOf(instance.Tags, exception.Tag);
                if (tag < 0)
                    throw new SnapshotException("the guest holds an exception of another module's tag, which can't be saved");
                writer.U32((uint)tag);
                for (int i = 0; i < exception.Values.Length; i++)
                    Value(exception.Tag.Type.Type.Parameters[i], exception.Values[i], stack.Instance);
            }
        }

        /// <param name="type">Says what is written.</param>
        /// <param name="value">The value.</param>
        /// <param name="owner">Whose functions references mean.</param>
        private void Value(ValType type, WasmValue value, IlInstance owner)
        {
            switch (type.Top())
            {
                case ValType.I32 or ValType.F32:
                    writer.U32((uint)value.I32);
                    break;
                case ValType.V128:
                    writer.Bytes(MemoryMarshal.AsBytes(new ReadOnlySpan<WasmValue>(in value)));
                    break;
                case ValType.FuncRef:
                    writer.U32((uint)(owner.IndexOf((FuncRef*)value.Ref, holder) + 1));
                    break;
                case ValType.ExternRef:
                    Extern(owner.Execution.FromExternRef(value.Ref));
                    break;
                default:
                    writer.U64((ulong)value.I64);
                    break;
            }
        }

        private void Extern(object? value)
        {
            writer.U8(value is null ? 0 : 1);
            if (value is not null)
                writer.Text(options.NameExtern?.Invoke(value) ?? throw new SnapshotException($"{holder} holds an externref to a {value.GetType()}, for which there is no name"));
        }
    }

    /// <summary>A reference's index in this module; -1 for null.</summary>
    private int IndexOf(FuncRef* reference, string holder)
    {
        if (reference == null)
            return -1;
        long distance = (byte*)reference - (byte*)FunctionRefs;
        if (distance >= 0 && distance < (long)Module.Functions.Count * FuncRef.Size)
            return reference->Index;
        for (int i = 0; i < Module.ImportedFunctions; i++)
        {
            if (Canonical(FunctionRefs + i) == reference && Module.DeclaredFunctions.Contains(i))
                return i;
        }

        throw new SnapshotException($"{holder} refers to a function of another instance that is not among the imports");
    }
}
