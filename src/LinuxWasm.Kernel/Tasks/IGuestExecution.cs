using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;

namespace LinuxWasm.Kernel.Tasks;

/// <summary>
/// What the kernel asks of whoever runs a task's guest code. The kernel decides which handler runs when, with which signals blocked and on which
/// stack, and restores mask and alternate stack afterwards; the machine only calls the function.
/// </summary>
public interface IGuestExecution
{
    /// <summary>The guest's stack pointer as it is now, less what a leaf function may use below it; 0 where the guest has no stack in memory.</summary>
    uint StackPointer { get; }

    /// <summary>
    /// Calls a handler on the task's own thread. No guest trap comes out as an exception: it becomes a signal or the task's end.
    /// </summary>
    HandlerOutcome RunHandler(in HandlerCall call);
}

/// <summary>A handler to call.</summary>
/// <param name="Function">Its index in the guest's table 0.</param>
/// <param name="Signal">Its first argument.</param>
/// <param name="Info">siginfo_t *, its second where <paramref name="TakesInfo"/> holds and its type takes three; null without a stack.</param>
/// <param name="Context">ucontext_t *, its third.</param>
/// <param name="StackPointer">Where the guest's stack pointer is to be set while it runs; 0: leave it.</param>
/// <param name="TakesInfo">SA_SIGINFO was given.</param>
public readonly record struct HandlerCall(ulong Function, Signal Signal, GuestPtr Info, GuestPtr Context, uint StackPointer, bool TakesInfo);

/// <summary>How a handler came to an end.</summary>
public enum HandlerOutcome
{
    /// <summary>It returned: what was interrupted goes on.</summary>
    Returned,

    /// <summary>It jumped out (longjmp), or the task ends: what was interrupted does not go on, and the mask stays as the handler left it.</summary>
    Left,

    /// <summary>There is no such function, or it is of another type: the task gets SIGSEGV.</summary>
    NotCallable,
}
