using System.Diagnostics.CodeAnalysis;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Tasks;

/// <summary>
/// What the scheduler runs: one thread of a process (Linux's task_struct). Several tasks may share memory, descriptors, working
/// directory and signal handlers, as clone(2) was asked. A task's own fields are changed by its own thread only, except where said.
/// </summary>
public sealed partial class LinuxTask
{
    private readonly Waiter _waiter;
    private int _work;

    internal LinuxTask(LinuxKernel kernel, ThreadGroup group, int tid, TaskResources resources)
    {
        Kernel = kernel;
        Group = group;
        Tid = tid;
        SetAbi(resources.Abi);
        AddressSpace = resources.AddressSpace;
        Files = resources.Files;
        Fs = resources.Fs;
        Credentials = resources.Credentials;
        Comm = resources.Comm;
        IsHost = resources.IsHost;
        _waiter = new Waiter(this);
    }

    public LinuxKernel Kernel { get; }

    /// <summary>The process that the task is a thread of.</summary>
    public ThreadGroup Group { get; }

    /// <summary>gettid(2). Changed by execve(2) alone, under <see cref="PidTable"/>'s lock.</summary>
    public int Tid { get; internal set; }

    /// <summary>The host itself acts through it: it may mount what guests may not (<see cref="FileSystemType.IsForHostOnly"/>). Never inherited.</summary>
    public bool IsHost { get; }

    public GuestAbi Abi { get; private set; }

    /// <summary>The function pointers that the ABI's numbers index.</summary>
    internal nint[] DispatchTable { get; private set; }

    public AddressSpace AddressSpace { get; internal set; }

    public GuestMemory Memory => AddressSpace.Memory;

    public FdTable Files { get; internal set; }

    /// <summary>Root, working directory and umask.</summary>
    public FsContext Fs { get; internal set; }

    /// <summary>Replaced as a whole; other tasks read it at any time.</summary>
    public Credentials Credentials { get; internal set; }

    /// <summary>The name that ps shows: at most 15 bytes (prctl(2), PR_SET_NAME).</summary>
    public string Comm { get; internal set; }

    /// <summary>Who sees the task's calls, or null. May be set from any thread; a call under way is not affected.</summary>
    public ISyscallTracer? Tracer { get; set; }

    /// <summary>True while the task sleeps in a call. From any thread; it may have been woken by the time one looks.</summary>
    public bool IsSleeping => _waiter.IsSleeping;

    /// <summary>True where the way back to the guest has something to do: a signal, an exit.</summary>
    public bool HasWorkPending => Volatile.Read(ref _work) != 0;

    /// <summary>True where a wait has to end: a signal, an exit, the host that breaks it off.</summary>
    internal bool IsInterrupted => (Volatile.Read(ref _work) & (int)(TaskWork.Signal | TaskWork.End | TaskWork.Break)) != 0;

    /// <summary>True where the task must not run guest code any more.</summary>
    public bool MustEnd => (Volatile.Read(ref _work) & (int)TaskWork.End) != 0;

    /// <summary>Runs on other memory from now on, as after execve(2). The task takes it over.</summary>
    public void SetAddressSpace(AddressSpace addressSpace)
    {
        ReleaseThreadWords();
        AddressSpace.Release();
        AddressSpace = addressSpace;
    }

    /// <summary>Runs on a new program's memory from now on.</summary>
    public void EnterProgram(AddressSpace addressSpace)
    {
        addressSpace.Dumpable = AddressSpace.Dumpable;
        SetAddressSpace(addressSpace);
    }

    /// <summary>Takes another number table and other layouts, as execve(2) of a module built for them does.</summary>
    [MemberNotNull(nameof(Abi), nameof(DispatchTable))]
    internal void SetAbi(GuestAbi abi)
    {
        Abi = abi;
        DispatchTable = SyscallDispatch.TableOf(abi.Table);
    }

    /// <summary>Begins a wait on a queue. One wait at a time per task.</summary>
    public Wait BeginWait(WaitQueue queue)
    {
        _waiter.Join(queue);
        return new Wait(_waiter);
    }

    /// <summary>Begins a wait on nothing yet: for a deadline, for signals, or for queues that are added.</summary>
    public Wait BeginWait() => new(_waiter);

    /// <summary>Tells the task to look at what is pending: at its next safepoint or return from a call, or at once if it sleeps. From any thread.</summary>
    internal void Notify(TaskWork work)
    {
        Interlocked.Or(ref _work, (int)work);
        _waiter.Wake();
        Interrupted?.Invoke(this);
    }

    internal void ClearWork(TaskWork work) => Interlocked.And(ref _work, ~(int)work);

    /// <summary>Raised when work became pending, for whoever runs the guest's code: it has to come to a safepoint. From any thread.</summary>
    public event Action<LinuxTask>? Interrupted;
}

/// <summary>Reasons to stop before guest code goes on.</summary>
[Flags]
internal enum TaskWork
{
    Signal = 1,
    End = 2,

    /// <summary>A wait's temporary mask ends (Linux's TIF_RESTORE_SIGMASK). No reason to end a wait.</summary>
    RestoreMask = 4,

    /// <summary>The host breaks off the call that its task makes (<see cref="HostTask.Interrupt"/>).</summary>
    Break = 8,
}

/// <summary>What a new task gets: its own or shared with its creator.</summary>
public sealed record TaskResources
{
    public required GuestAbi Abi { get; init; }

    public required AddressSpace AddressSpace { get; init; }

    public required FdTable Files { get; init; }

    public required FsContext Fs { get; init; }

    public required Credentials Credentials { get; init; }

    public required string Comm { get; init; }

    /// <summary>See <see cref="LinuxTask.IsHost"/>.</summary>
    public bool IsHost { get; init; }
}
