using LinuxWasm.Abi;
using LinuxWasm.Engine;
using LinuxWasm.Kernel.Syscalls;

namespace LinuxWasm.Machine.Processes;

/// <summary>
/// A system call that is made while its caller's frames are saved rather than on the stack: fork(2) and its like, which
/// copy them. The call's answer is what the guest's import returns when the frames go on.
/// </summary>
internal readonly record struct StandingCall(int Number, Registers Registers)
{
    private static readonly string[] Names = ["fork", "vfork", "clone", "clone3"];

    /// <summary>Which numbers of a table are such calls.</summary>
    public static readonly bool[] I386 = NumbersOf(SyscallTable.I386);
    public static readonly bool[] X64 = NumbersOf(SyscallTable.X64);
    public static readonly bool[] Generic = NumbersOf(SyscallTable.Generic);

    /// <summary>Whether a call of that name is one.</summary>
    public static bool IsOne(string name) => Names.Contains(name);

    /// <summary>Makes it, from an import whose <see cref="ImportTraits.Suspends"/> the engine knows.</summary>
    /// <returns>The answer where the caller's frames can't be saved, since the host's lie between them: the kernel then says what it can do. Else nothing that counts.</returns>
    public static long Make(Execution execution, int number, in Registers registers)
    {
        var thread = GuestThread.Of(execution);
        // A handler may jump out of it, which it can't do once the frames are saved.
        thread.AtSafepoint();
        if (execution.Unwinding != UnwindReason.None || thread.TryStandStill(new StandingCall(number, registers)))
            return 0;
        var answer = SyscallDispatch.Call(thread.Task, number, registers);
        if (thread.Task.MustEnd)
            execution.Exit();
        return answer;
    }

    private static bool[] NumbersOf(SyscallTable table)
    {
        // Loops, since every program's start waits while the JIT compiles a query's methods.
        var standing = new bool[16];
        foreach (var name in Names)
        {
            if (SyscallNumbers.Find(name)!.In(table) is not { } number)
                continue;
            if (number >= standing.Length)
                Array.Resize(ref standing, number + 16);
            standing[number] = true;
        }

        return standing;
    }
}
