using System.Globalization;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Tracing;
using LinuxWasm.Kernel.Vfs;
using LinuxWasm.PowerShell.Kernels;
using LinuxWasm.PowerShell.Output;

namespace LinuxWasm.PowerShell.Calls;

/// <summary>
/// The process in which a session makes single system calls. What a call leaves behind (descriptors, working directory, credentials, umask) is there
/// for the next one. A process that a call ended is followed by a new one.
/// </summary>
internal sealed class SyscallProcess(WasmKernel kernel) : IDisposable
{
    /// <summary>Bytes for the buffers of one call; the host gives memory only for what is used.</summary>
    private const uint BufferMemory = 64 << 20;

    private readonly Lock _lock = new();
    private HostTask? _task;

    /// <summary>The process's number; it is made where there is none.</summary>
    public int Pid
    {
        get
        {
            lock (_lock)
                return Living().Task.Group.Pid;
        }
    }

    /// <summary>The descriptors of the process.</summary>
    public FdTable Files
    {
        get
        {
            lock (_lock)
                return Living().Task.Files;
        }
    }

    /// <summary>Makes a call and waits for its end.</summary>
    /// <param name="call">Which one.</param>
    /// <param name="cancel">Ends a call that sleeps: it answers EINTR.</param>
    /// <param name="warn">Told what the caller may not have meant.</param>
    /// <exception cref="CallArgumentException">An argument does not fit.</exception>
    public WasmSyscallResult Invoke(CallRequest call, CancellationToken cancel, Action<string> warn)
    {
        lock (_lock)
        {
            var task = Living();
            var mark = task.Mark();
            try
            {
                return Invoke(task, call, cancel, warn);
            }
            finally
            {
                task.FreeTo(mark);
                if (task.Task.MustEnd)
                    End();
            }
        }
    }

    /// <summary>Makes a call as another process: a thread of that process makes it, which lives as long as the call.</summary>
    /// <returns>The answer, or null where there is no such process any more.</returns>
    /// <exception cref="CallArgumentException">An argument does not fit.</exception>
    public WasmSyscallResult? InvokeAs(int pid, CallRequest call, CancellationToken cancel, Action<string> warn)
    {
        if (kernel.Machine.Kernel.Pids.FindGroup(pid)?.Tasks is not [var process, ..])
            return null;
        using var task = HostTask.Join(process, BufferMemory);
        return task is null ? null : Invoke(task, call, cancel, warn);
    }

    /// <summary>close(2), between two calls of the process.</summary>
    public Errno Close(int fd)
    {
        lock (_lock)
            return Living().Task.Files.Close(fd);
    }

    public void Dispose()
    {
        lock (_lock)
            End();
    }

    private WasmSyscallResult Invoke(HostTask task, CallRequest call, CancellationToken cancel, Action<string> warn)
    {
        task.Abi = call.Abi;
        var encoded = new ArgumentEncoder(task, call.Name, call.Parameters, call.Arguments).Encode();
        foreach (var warning in encoded.Warnings)
            warn(warning);
        using var trace = new StringWriter(CultureInfo.InvariantCulture);
        task.Task.Tracer = new StraceTracer(trace);
        SysResult result;
        using (cancel.Register(task.Interrupt))
            result = task.Call(call.Number, encoded.Registers);
        task.ClearInterrupt();
        task.Task.Tracer = null;
        var ended = task.Task.MustEnd;
        return new WasmSyscallResult
        {
            Kernel = kernel,
            ProcessId = task.Task.Group.Pid,
            Name = call.Name,
            Number = call.Number,
            Abi = call.Abi.Name,
            ReturnValue = ended ? null : result.IsError ? -1 : result.Value,
            Errno = ended || !result.IsError ? null : result.Errno.ToString(),
            Message = ended ? $"The process ended: {Describe(task.Task.Group.Status)}. The next call is made by a new one." : result.IsError ? result.Errno.Message() : null,
            Output = ended ? null : ResultDecoder.Decode(task, encoded, result),
            Trace = trace.ToString().Trim(),
        };
    }

    private static string Describe(WaitStatus? status) => status switch
    {
        null => "its only thread has left it",
        { TerminatingSignal: not Signal.None and var signal } => $"killed by {signal}",
        { ShellStatus: var code } => string.Create(CultureInfo.InvariantCulture, $"exited with {code}"),
    };

    /// <summary>Caller holds the lock.</summary>
    private HostTask Living()
    {
        if (_task is null)
        {
            _task = new HostTask(kernel.Machine.Kernel, new FdTable(), kernel.Machine.Kernel.CreateFsContext(), memorySize: BufferMemory);
            OpenStandardFiles(_task);
        }

        return _task;
    }

    /// <summary>Descriptors 0 to 2 are taken, as in any process, so that the first file that is opened is 3. A tree without devices has none to offer.</summary>
    private static void OpenStandardFiles(HostTask task)
    {
        const ulong ReadWrite = 2;
        var mark = task.Mark();
        var device = task.Put("/dev/null");
        for (var fd = 0; fd < 3 && !task.Call("open", device, ReadWrite).IsError; fd++)
        {
        }

        task.FreeTo(mark);
    }

    private void End()
    {
        _task?.Dispose();
        _task = null;
    }
}

/// <summary>A call that is to be made.</summary>
/// <param name="Name">As the table has it.</param>
/// <param name="Number">In the ABI's table.</param>
/// <param name="Abi">Whose number and layouts.</param>
/// <param name="Parameters">What the catalogue says; for calls without an implementation six nameless words.</param>
/// <param name="Arguments">PowerShell's values.</param>
internal sealed record CallRequest(string Name, int Number, GuestAbi Abi, SyscallParameter[] Parameters, IReadOnlyList<object?> Arguments);
