using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace LinuxWasm.Engine;

/// <summary>What compiled code calls. The last parameter of most is the calling function's reference.</summary>
internal static unsafe class Helpers
{
    private static readonly ConcurrentDictionary<string, MethodInfo> Methods = new(StringComparer.Ordinal);

    public static MethodInfo Method(string name) => Methods.GetOrAdd(name, n =>
        typeof(Helpers).GetMethod(n, BindingFlags.Public | BindingFlags.Static) ?? throw new MissingMethodException(nameof(Helpers), n));

    /// <summary>Small and without a branch, so that the JIT sees that it never returns.</summary>
    [DoesNotReturn]
    public static void Throw(TrapKind kind) => throw new TrapException(kind);

    public static void ThrowWrongType(FuncRef* reference) =>
        throw new TrapException(reference == NullFunction.Address ? TrapKind.UninitializedElement : TrapKind.IndirectCallTypeMismatch);

    /// <summary>Not 0 if a table's element is of a type declared below the one that a call expects.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int IsOfSubtype(FuncRef* reference, int type) =>
        reference != NullFunction.Address && DefinedType.FromId(reference->TypeId).IsSubtypeOf(DefinedType.FromId(type)) ? 1 : 0;

    /// <summary>A reference of another type as one of the type that a call expects. Null traps all the same.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static FuncRef* CastReference(FuncRef* reference, int type, FuncRef* self)
    {
        if (reference == NullFunction.Address)
            ThrowWrongType(reference);
        return InstanceOf(self).CastReference(reference, type);
    }

    /// <summary>A loop's cold path: calls the host, and answers the rewinding form that goes on from the values; 0 if frames are to return.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static nint Relocate(FuncRef* self, int site, byte* values, int bytes)
    {
        var instance = InstanceOf(self);
        return instance.Execution.Relocate(site, new ReadOnlySpan<byte>(values, bytes)) ? instance.RewindCode(self->Index) : 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Safepoint(FuncRef* self) => InstanceOf(self).Execution.Safepoint();

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void EnterFunction(FuncRef* self, nuint frame) => InstanceOf(self).Execution.EnterFunction(frame);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void NoteUnwound(FuncRef* self) => InstanceOf(self).NoteUnwound(self->Index);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static nint CompileFunction(FuncRef* self) => InstanceOf(self).Compile(self);

    /// <summary>A quick form has been called often.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void CallsAreMany(FuncRef* self) => InstanceOf(self).Improve(self);

    /// <summary>A quick form has looped often: not 0 if the loop can go on in an optimized form.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int RoundsAreMany(FuncRef* self) => InstanceOf(self).Improve(self) && InstanceOf(self).HasRewinding(self->Index) ? 1 : 0;

    /// <summary>Saves a frame that is being left; the innermost comes first.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void SaveFrame(FuncRef* self, int site, int calleeType, byte* values, int bytes) =>
        InstanceOf(self).Execution.SaveFrame(InstanceOf(self), self->Index, site, calleeType, new ReadOnlySpan<byte>(values, bytes));

    /// <summary>Fills a frame's area anew and answers its call site.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int RestoreFrame(FuncRef* self, byte* values) => InstanceOf(self).Execution.RestoreFrame(InstanceOf(self), values);

    /// <summary>The function whose frame lies inside the one just restored; null if that was the innermost.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static FuncRef* NextFrame(FuncRef* self) => InstanceOf(self).NextFrame();

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static nint RewindCode(FuncRef* reference) => InstanceOf(reference).RewindCode(reference->Index);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void InjectSuspension(FuncRef* self) => InstanceOf(self).Execution.InjectSuspension();

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static long SetJump(int buffer, int mask, int site, long token, FuncRef* self) =>
        InstanceOf(self).SetJump((uint)buffer, mask, site, token);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void ThrowException(int tag, FuncRef* self)
    {
        var instance = InstanceOf(self);
        var thrown = instance.Tags[tag];
        var values = new ReadOnlySpan<WasmValue>(instance.Execution.Results, thrown.Type.Type.Parameters.Length);
        instance.Execution.Throw(new GuestException(thrown, values.ToArray()));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void RethrowException(nint reference, FuncRef* self)
    {
        var execution = InstanceOf(self).Execution;
        execution.Throw(execution.Exceptions.Get(reference));
    }

    /// <summary>True if an exception of that tag, or any for -1, is under way: it is now caught, its values where results stand.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static bool CatchException(int tag, FuncRef* self) =>
        InstanceOf(self).Execution.Catch(tag < 0 ? null : InstanceOf(self).Tags[tag]);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static nint CaughtException(FuncRef* self) => InstanceOf(self).Execution.KeepCaught();

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int ArriveJump(long token, FuncRef* self) => InstanceOf(self).Execution.ArriveJump(token);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int JumpValue(FuncRef* self) => InstanceOf(self).Execution.JumpValue;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void CloseJump(long token, FuncRef* self) => InstanceOf(self).Execution.Jumps.Close(token);

    /// <summary>The reference that stands for an imported function everywhere: its owner's own.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static FuncRef* Canonical(FuncRef* reference) => IlInstance.Canonical(reference);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Delegate DelegateOf(FuncRef* self) => Unsafe.As<Delegate>(GCHandle.FromIntPtr(self->Target).Target!);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Execution ExecutionOf(FuncRef* self) => Unsafe.As<Execution>(GCHandle.FromIntPtr(self->Owner).Target!);

    public static void CallHost(FuncRef* self, WasmValue* arguments, WasmValue* results)
    {
        var callback = (HostCallback)DelegateOf(self);
        var execution = ExecutionOf(self);
        var type = (FuncType)DefinedType.FromId(self->TypeId);
        var span = new Span<WasmValue>(results, type.Results.Length);
        span.Clear();
        callback(execution, new ReadOnlySpan<WasmValue>(arguments, type.Parameters.Length), span);
        for (int i = 1; i < span.Length; i++)
            execution.Results[i] = span[i];
    }

    /// <summary>Not inlined: the JIT would keep the constant as a double, which quietens a signalling NaN.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static float F32FromBits(int bits) => BitConverter.Int32BitsToSingle(bits);

    /// <summary>Not inlined: the JIT takes a sum with a NaN that it knows for that NaN, signalling as it may be; the sum is a quiet one.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static double F64FromBits(long bits) => BitConverter.Int64BitsToDouble(bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> ZeroVector() => Vector128<byte>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long HighOfProduct(long left, long right) => Math.BigMul(left, right, out long _);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long HighOfUnsignedProduct(long left, long right) => (long)Math.BigMul((ulong)left, (ulong)right, out ulong _);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static long MemoryGrow(long pages, int memory, FuncRef* self) => InstanceOf(self).Memories[memory].Grow((ulong)pages);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void MemoryInit(long to, int from, int count, int segment, int memory, FuncRef* self)
    {
        var instance = InstanceOf(self);
        var data = instance.Data[segment].Span;
        var target = instance.Memories[memory];
        if ((ulong)(uint)from + (uint)count > (ulong)data.Length || !Fits((ulong)to, (uint)count, target.Length))
            Throw(TrapKind.MemoryOutOfBounds);
        data.Slice(from, count).CopyTo(new Span<byte>(target.Base + to, count));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void DataDrop(int segment, FuncRef* self) => InstanceOf(self).Data[segment] = default;

    /// <summary>Both ranges have been checked; they may overlap.</summary>
    public static void MemoryCopy(byte* to, byte* from, ulong count) => Buffer.MemoryCopy(from, to, count, count);

    /// <summary>The range has been checked.</summary>
    public static void MemoryFill(byte* to, long value, ulong count) => NativeMemory.Fill(to, (nuint)count, (byte)value);

    public static nint TableGet(long index, int table, FuncRef* self)
    {
        var target = InstanceOf(self).Tables[table];
        if ((ulong)index >= target.Length)
            Throw(TrapKind.TableOutOfBounds);
        return target[(ulong)index];
    }

    public static void TableSet(long index, nint value, int table, FuncRef* self)
    {
        var target = InstanceOf(self).Tables[table];
        if ((ulong)index >= target.Length)
            Throw(TrapKind.TableOutOfBounds);
        target[(ulong)index] = value;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void TableInit(long to, int from, int count, int segment, int table, FuncRef* self) =>
        InstanceOf(self).InitializeTable(table, (ulong)to, segment, (uint)from, (uint)count);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void ElemDrop(int segment, FuncRef* self) => InstanceOf(self).Elements[segment] = null;

    public static void TableCopy(long to, long from, long count, int toTable, int fromTable, FuncRef* self)
    {
        var instance = InstanceOf(self);
        var target = instance.Tables[toTable];
        var source = instance.Tables[fromTable];
        ulong length = (ulong)count;
        if (!Fits((ulong)from, length, source.Length) || !Fits((ulong)to, length, target.Length))
            Throw(TrapKind.TableOutOfBounds);
        source.Elements.Slice((int)from, (int)count).CopyTo(target.Elements[(int)to..]);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static long TableGrow(nint value, long count, int table, FuncRef* self) =>
        InstanceOf(self).Tables[table].Grow((ulong)count, value);

    public static long TableLength(int table, FuncRef* self) => (long)InstanceOf(self).Tables[table].Length;

    public static void TableFill(long to, nint value, long count, int table, FuncRef* self)
    {
        var target = InstanceOf(self).Tables[table];
        if (!Fits((ulong)to, (ulong)count, target.Length))
            Throw(TrapKind.TableOutOfBounds);
        target.Elements.Slice((int)to, (int)count).Fill(target.Encode(value));
    }

    internal static bool Fits(ulong start, ulong count, ulong length) => start <= length && count <= length - start;

    internal static IlInstance InstanceOf(FuncRef* self) => Unsafe.As<IlInstance>(GCHandle.FromIntPtr(self->Owner).Target!);
}
