using System.Runtime.CompilerServices;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>The way into the kernel: number and registers in, register out, as the guest's machine has them.</summary>
public static unsafe partial class SyscallDispatch
{
    /// <summary>Above every table's last number (469).</summary>
    private const int TableSize = 512;

    private static readonly nint[] I386 = new nint[TableSize];
    private static readonly nint[] X64 = new nint[TableSize];
    private static readonly nint[] Generic = new nint[TableSize];

    static SyscallDispatch()
    {
        FillI386(I386);
        FillX64(X64);
        FillGeneric(Generic);
    }

    /// <summary>
    /// Makes a system call as a task. Never throws: a bug in the kernel ends the process as an oops does, and is logged.
    /// </summary>
    /// <param name="task">Who calls; the current thread runs it.</param>
    /// <param name="number">The number in the table of the task's ABI. One that is not implemented answers ENOSYS and is counted.</param>
    /// <param name="registers">The arguments.</param>
    /// <returns>A value, or the negated error number. Where <see cref="LinuxTask.MustEnd"/> is set afterwards, nobody is to look at it.</returns>
    public static long Call(LinuxTask task, int number, in Registers registers)
    {
        try
        {
            return task.Tracer is { } tracer ? Traced(tracer, task, number, registers) : Make(task, number, registers);
        }
        catch (Exception bug)
        {
            return Oops(task, number, bug);
        }
    }

    /// <summary>Which table numbers an ABI's calls.</summary>
    internal static nint[] TableOf(SyscallTable table) => table switch
    {
        SyscallTable.I386 => I386,
        SyscallTable.X64 => X64,
        SyscallTable.Generic => Generic,
        _ => throw new ArgumentOutOfRangeException(nameof(table), table, "one table is expected"),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Make(LinuxTask task, int number, in Registers registers)
    {
        var table = task.DispatchTable;
        var entry = (uint)number < (uint)table.Length ? table[number] : 0;
        var result = entry != 0
            ? ((delegate*<LinuxTask, in Registers, long>)entry)(task, registers)
            : Unimplemented(task, number);
        return task.HasWorkPending ? WithWork(task, entry, result, registers) : result;
    }

    /// <summary>Signals and the like on the way back; a call that they interrupted is made again where Linux makes it again.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long WithWork(LinuxTask task, nint entry, long result, in Registers registers)
    {
        while (task.HasWorkPending)
        {
            switch (task.ReturnToGuest(ref result))
            {
                case CallEnd.Again:
                    result = ((delegate*<LinuxTask, in Registers, long>)entry)(task, registers);
                    break;
                case CallEnd.Resume:
                    result = task.Resume().Value;
                    break;
                default:
                    return result;
            }
        }

        return result;
    }

    /// <summary>The same with a tracer, which sees each time that the call is made.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Traced(ISyscallTracer tracer, LinuxTask task, int number, in Registers registers)
    {
        var result = Watched(tracer, new SyscallRecord(task, number, registers));
        while (task.HasWorkPending)
        {
            switch (task.ReturnToGuest(ref result, number))
            {
                case CallEnd.Again:
                    result = Watched(tracer, new SyscallRecord(task, number, registers));
                    break;
                case CallEnd.Resume:
                    result = Watched(tracer, new SyscallRecord(task, number, registers, Resumes: true));
                    break;
                default:
                    return result;
            }
        }

        return result;
    }

    private static long Watched(ISyscallTracer tracer, SyscallRecord call)
    {
        var task = call.Task;
        tracer.Enter(call);
        var entry = (uint)call.Number < TableSize ? task.DispatchTable[call.Number] : 0;
        var result = call.Resumes ? task.Resume().Value
            : entry != 0 ? ((delegate*<LinuxTask, in Registers, long>)entry)(task, call.Registers)
            : Unimplemented(task, call.Number);
        task.BreakOff(ref result);
        if (task.MustEnd)
            tracer.Cut(call);
        else
            tracer.Exit(call, result);
        return result;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Unimplemented(LinuxTask task, int number)
    {
        task.Kernel.CountUnimplemented(task.Abi.Table, number);
        return -(long)Errno.ENOSYS;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long Oops(LinuxTask task, int number, Exception bug)
    {
        task.Kernel.Log.Write(task.Kernel.Clock.Monotonic, $"BUG: {task.Comm}[{task.Tid}]: {SyscallCatalogue.NameOf(task.Abi.Table, number) ?? $"syscall {number}"}: {bug}");
        task.Group.Kill(Signal.SIGKILL);
        return -(long)Errno.EFAULT;
    }

    private static partial void FillI386(nint[] table);

    private static partial void FillX64(nint[] table);

    private static partial void FillGeneric(nint[] table);
}
