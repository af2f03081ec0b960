using LinuxWasm.Abi;
using LinuxWasm.Conformance.Running;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Conformance.OwnKernel;

/// <summary>A kernel task whose guest code is the harness: between two requests it does nothing, during one it is in a call.</summary>
internal sealed class KernelTask : ICaseTask, IGuestExecution, IGuestCloning, IGuestExecuting
{
    private readonly KernelSession _session;
    private readonly WorkerPool _pool;
    private readonly Worker _worker;
    private readonly List<int> _signals = [];
    private StepReply? _reply;
    private Exception? _failure;
    private bool _finished;
    private LinuxTask? _task;
    private KernelTask? _expected;

    public KernelTask(KernelSession session, WorkerPool pool)
    {
        _session = session;
        _pool = pool;
        _worker = pool.Take();
    }

    /// <summary>The kernel's task. A child that a call is to make has none before that call.</summary>
    public LinuxTask Task
    {
        get => _task ?? throw new TargetException("the call that was to make this task has not made it");
        set
        {
            _task = value;
            value.Execution = this;
            // A task that is not in a call comes to a safepoint at once, as a guest's loop would.
            value.Interrupted += _ => _worker.TryBegin(AtSafepoint);
        }
    }

    /// <summary>The guest has no stack: handlers get their arguments without one.</summary>
    public uint StackPointer => 0;

    public TaskActivity Activity =>
        Volatile.Read(ref _finished) ? TaskActivity.Gone
        : _task is { Group.IsStopped: true } ? TaskActivity.Stopped
        : _worker.IsIdle || _task is { IsSleeping: true } ? TaskActivity.Sleeping
        : TaskActivity.Running;

    public StepReply? Execute(StepRequest request, TimeSpan patience)
    {
        // What it does at a safepoint may take until another task lets it go on.
        if (!_worker.Wait(patience))
            throw new TargetException("the task has been stopped");
        if (_finished)
            return null;
        _worker.Begin(() => Carry(request));
        return Wait(patience);
    }

    public StepReply? Wait(TimeSpan patience)
    {
        if (!_worker.Wait(patience))
            return null;
        if (_failure is { } failure)
            throw new TargetException($"the kernel threw {failure.GetType().Name}: {failure.Message}", failure);
        return _finished ? null : _reply;
    }

    public int? WaitForEnd(TimeSpan patience)
    {
        _worker.Wait(patience);
        return _finished ? Task.Group.Status?.Value : null;
    }

    public HandlerOutcome RunHandler(in HandlerCall call)
    {
        _signals.Add((int)call.Signal);
        return HandlerOutcome.Returned;
    }

    public bool CanClone => true;

    public MemoryBacking? CopyMemory() => _session.Copy(Task.Memory.Backing);

    /// <summary>A child does what the case says that it does; one that the case does not know does nothing.</summary>
    public void Start(LinuxTask child, in CloneStart start)
    {
        var task = _expected ?? (KernelTask)_session.ExpectChild();
        _expected = null;
        task.Task = child;
    }

    /// <summary>No file is a program: what the harness runs is steps.</summary>
    public IGuestProgram? Load(string path, ReadOnlyMemory<byte> content) => null;

    public void Replace(IGuestProgram program, IReadOnlyList<byte[]> arguments, IReadOnlyList<byte[]> environment) => throw new InvalidOperationException("there is no program");

    /// <summary>Ends the task at the end of the run, when the kernel has been stopped. False when its thread is still in a call.</summary>
    public bool End()
    {
        if (!_worker.Wait(TimeSpan.FromSeconds(5)))
        {
            _pool.Return(_worker);
            return false;
        }

        if (!_finished && _task is not null)
        {
            _worker.Begin(Finish);
            _worker.Wait(TimeSpan.FromSeconds(5));
        }

        _pool.Return(_worker);
        return true;
    }

    private void Carry(StepRequest request)
    {
        try
        {
            _expected = (KernelTask?)request.Child;
            var result = WriteAll(request.Writes) ? 0 : -(long)Errno.EFAULT;
            if (request.Number is { } number)
            {
                ulong Argument(int index) => index < request.Arguments.Count ? request.Arguments[index] : 0;
                result = SyscallDispatch.Call(Task, number, new Registers(Argument(0), Argument(1), Argument(2), Argument(3), Argument(4), Argument(5)));
            }

            if (Task.MustEnd)
                Finish();
            else
                _reply = new StepReply(result, request.Number is null ? [] : [.. _signals], [.. request.Reads.Select(Read)]);
            // A signal that came between two calls is told with the second, and not with a look at the memory in between.
            if (request.Number is not null)
                _signals.Clear();
        }
        catch (Exception error)
        {
            // Nothing may come out of a call; that something did is the run's failure, not the harness's end.
            _failure = error;
        }
    }

    private void AtSafepoint()
    {
        try
        {
            if (_finished)
                return;
            Task.Safepoint();
            if (Task.MustEnd)
                Finish();
        }
        catch (Exception error)
        {
            _failure = error;
        }
    }

    private void Finish()
    {
        Task.Finish();
        Volatile.Write(ref _finished, true);
    }

    private bool WriteAll(IReadOnlyList<MemoryWrite> writes)
    {
        var written = true;
        foreach (var write in writes)
            written &= Pointer(write.Address) is { } pointer && Task.Memory.TryWrite(pointer, write.Bytes.Span);
        return written;
    }

    private byte[]? Read(MemoryRange range) =>
        Pointer(range.Address) is { } pointer && Task.Memory.TryGetReadable(pointer, (uint)range.Length, out var bytes) ? bytes.ToArray() : null;

    private static GuestPtr? Pointer(ulong address) => address <= uint.MaxValue ? new GuestPtr((uint)address) : null;
}
