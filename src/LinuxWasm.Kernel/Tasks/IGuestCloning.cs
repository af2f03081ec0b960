using LinuxWasm.Kernel.Memory;

namespace LinuxWasm.Kernel.Tasks;

/// <summary>
/// What clone(2) and fork(2) ask of whoever runs a task's guest code, beside <see cref="IGuestExecution"/>. Where running code can't be duplicated
/// it is not implemented, and the calls answer ENOSYS.
/// </summary>
public interface IGuestCloning
{
    /// <summary>False where the calling code can't be duplicated just now: then the calls answer ENOSYS.</summary>
    bool CanClone { get; }

    /// <summary>A copy of the calling guest's memory, bytes and length, or null where there is no room for one (ENOMEM).</summary>
    MemoryBacking? CopyMemory();

    /// <summary>
    /// Lets a child's code go on from the call, which answers 0 there, on a thread of its own. The child is ready when this is called; whoever runs it
    /// calls <see cref="LinuxTask.Finish"/> in the end.
    /// </summary>
    /// <param name="child">The new task.</param>
    /// <param name="start">How its code begins.</param>
    void Start(LinuxTask child, in CloneStart start);
}

/// <summary>How a child's code begins.</summary>
/// <param name="SharesMemory">CLONE_VM: it runs on its creator's memory.</param>
/// <param name="StackPointer">Where its stack pointer is; 0: where its creator's is.</param>
/// <param name="ThreadPointer">CLONE_SETTLS' argument, or 0.</param>
public readonly record struct CloneStart(bool SharesMemory, uint StackPointer, ulong ThreadPointer);
