using System.Runtime.InteropServices;

namespace LinuxWasm.Engine;

/// <summary>
/// What compiled code reads of its instance: unmanaged, at a fixed address, reached through the <see cref="FuncRef"/>
/// that every call passes. Behind these fields follow, at offsets that the module's layout gives, the memories'
/// <see cref="MemorySlot"/>s, the globals, the tables' addresses, the type numbers and the function references.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct VmContext
{
    /// <summary>A frame below this address has overflowed, or is to look for an interrupt: then this is the highest address.</summary>
    public nuint StackLimit;

    /// <summary>Not 0: a loop is to look for an interrupt. Any thread may set it.</summary>
    public int Poll;

    /// <summary>An <see cref="UnwindReason"/>; not 0 after a call: the frame is to return at once. Only the running thread sets it.</summary>
    public int Unwind;

    /// <summary>Where results behind the first travel; the caller reads them before anything else runs.</summary>
    public WasmValue* Results;

    /// <summary>GC handle of the <see cref="IlInstance"/>.</summary>
    public nint Instance;

    /// <summary>The element bytes of tables, one <see cref="TableSlot"/> pointer each, start here; see the layout.</summary>
    public nint Reserved;

    public const int Size = 48;
}

/// <summary>A memory as compiled code sees it. The base never changes; the length only grows.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MemorySlot
{
    public byte* Base;
    public ulong Length;

    public const int Size = 16;
}

/// <summary>A table as compiled code sees it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct TableSlot
{
    public nint* Elements;
    public ulong Length;
}

/// <summary>
/// A function of one instance: the target of every call, and the value of a funcref. Code receives its own reference as
/// first argument; since it stands inside its instance's context at a known offset, that one register is context and callee at once.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct FuncRef
{
    /// <summary>Managed code with the function's own parameters behind the reference. Before the first call: a stub that compiles.</summary>
    public nint Code;

    /// <summary><see cref="DefinedType.Id"/>.</summary>
    public int TypeId;

    public int Index;

    /// <summary>
    /// Imports: GC handle of the host's delegate, or address of the other instance's <see cref="FuncRef"/>. Functions of the module's own:
    /// how many more calls and loop rounds the quick form makes before it asks for a better one.
    /// </summary>
    public nint Target;

    /// <summary>GC handle of the <see cref="IlInstance"/> (guest functions) or of the <see cref="Execution"/> (host functions).</summary>
    public nint Owner;

    public const int Size = 32;
}
