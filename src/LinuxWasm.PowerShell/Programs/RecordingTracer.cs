using System.Collections.Concurrent;
using System.Globalization;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Tracing;
using LinuxWasm.PowerShell.Output;

namespace LinuxWasm.PowerShell.Programs;

/// <summary>Hands each call to a pipeline as a record. A guest waits where the pipeline is slow, so that nothing piles up.</summary>
internal sealed class RecordingTracer(CancellationToken stop) : ISyscallTracer
{
    private const int MostRecords = 4096;

    private readonly BlockingCollection<WasmSyscallTrace> _records = new(MostRecords);

    /// <summary>The records as they come, until <see cref="Complete"/>.</summary>
    public IEnumerable<WasmSyscallTrace> Records => _records.GetConsumingEnumerable(stop);

    /// <summary>No more calls are made.</summary>
    public void Complete() => _records.CompleteAdding();

    public void Enter(SyscallRecord call)
    {
        var line = new Line();
        line.Tracer.Enter(call);
        line.State = call.State;
        call.State = line;
        // A call that never returns is written when it begins.
        if (line.Text.Length > 0)
            Add(call, line, result: null);
    }

    public void Exit(SyscallRecord call, long result)
    {
        if (call.State is not Line line || line.Text.Length > 0)
            return;
        call.State = line.State;
        line.Tracer.Exit(call, result);
        Add(call, line, new SysResult(result));
    }

    public void Cut(SyscallRecord call)
    {
        if (call.State is not Line line || line.Text.Length > 0)
            return;
        call.State = line.State;
        line.Tracer.Cut(call);
        Add(call, line, result: null);
    }

    public void TaskEnded(LinuxTask task, WaitStatus status)
    {
    }

    private void Add(SyscallRecord call, Line line, SysResult? result)
    {
        var record = new WasmSyscallTrace
        {
            ProcessId = call.Task.Group.Pid,
            ThreadId = call.Task.Tid,
            Name = SyscallCatalogue.NameOf(call.Task.Abi.Table, call.Number) ?? string.Create(CultureInfo.InvariantCulture, $"syscall_{call.Number}"),
            ReturnValue = result is null ? null : result.Value.IsError ? -1 : result.Value.Value,
            Errno = result is { IsError: true } error ? Restart.NameOf(error.Errno) ?? error.Errno.ToString() : null,
            Time = DateTime.Now,
            Text = line.Text,
        };
        try
        {
            _records.Add(record, stop);
        }
        catch (Exception over) when (over is OperationCanceledException or InvalidOperationException)
        {
            // Nobody looks any more: the guest goes on without being watched.
        }
    }

    /// <summary>One call's line, and what the writer keeps between its begin and its end.</summary>
    private sealed class Line
    {
        private readonly StringWriter _text = new(CultureInfo.InvariantCulture);

        public Line() => Tracer = new StraceTracer(_text);

        public StraceTracer Tracer { get; }

        public object? State { get; set; }

        public string Text => _text.ToString().TrimEnd();
    }
}
