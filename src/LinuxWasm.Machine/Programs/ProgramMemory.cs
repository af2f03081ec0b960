using LinuxWasm.Engine;
using LinuxWasm.Machine.Imports;

namespace LinuxWasm.Machine.Programs;

/// <summary>
/// The linear memory that a program's threads run on, and what the host hands out of it. A child of vfork(2) runs on its parent's; the last that leaves
/// gives it back.
/// </summary>
internal sealed class ProgramMemory(LinearMemory linear, HostHeap heap)
{
    private int _users = 1;

    public ProgramMemory(LinearMemory linear)
        : this(linear, new HostHeap())
    {
    }

    public LinearMemory Linear { get; } = linear;

    /// <summary>What <c>wasm_host_malloc</c> gives out.</summary>
    public HostHeap Heap { get; } = heap;

    /// <summary>One more thread runs on it.</summary>
    public ProgramMemory Share()
    {
        Interlocked.Increment(ref _users);
        return this;
    }

    /// <summary>A copy for a child of fork(2).</summary>
    /// <exception cref="OutOfMemoryException">The host has no room for it.</exception>
    public ProgramMemory Fork() => new(Linear.Clone(), Heap.Clone());

    /// <summary>A thread runs on it no more.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _users) == 0)
            Linear.Dispose();
    }
}
