using System.Runtime.CompilerServices;
using LinuxWasm.Engine.Platform;

namespace LinuxWasm.Engine;

/// <summary>Why frames are returning without having finished.</summary>
public enum UnwindReason
{
    None = 0,
    Exit = 1,
    Trap = 2,
    LongJump = 3,
    Suspend = 4,
    Exception = 5,
}

/// <summary>Bounds and host state of an <see cref="Execution"/>.</summary>
public sealed record ExecutionOptions
{
    /// <summary>
    /// Bytes of the thread's stack that guest frames may use. What the thread has less, it has less: the bound is always
    /// kept inside the thread's own stack, with room left for the host. Run guests on a thread with a large one.
    /// </summary>
    public ulong MaximumStack { get; init; } = 64 << 20;
}

/// <summary>
/// One thread of guest execution: what its instances share while they run. At any time one thread at most runs it; host functions get it
/// as first argument and find their own state in <see cref="Host"/>. The members that any thread may call say so.
/// </summary>
public sealed unsafe partial class Execution
{
    /// <summary>Left for the host's functions and for throwing a trap, which needs stack of its own.</summary>
    private const nuint HostReserve = 256 << 10;

    [ThreadStatic]
    private static nuint threadStackLowest;

    private readonly Lock gate = new();
    private readonly List<IlInstance> instances = [];
    private readonly List<object?> externRefs = [null];
    private readonly Dictionary<object, nint> externIds = new(ReferenceEqualityComparer.Instance);
    private readonly ExecutionOptions options;
    private readonly WasmValue[] results = GC.AllocateArray<WasmValue>(1024, pinned: true);
    private nuint stackLimit = nuint.MaxValue;
    private bool interrupted;
    private int depth;
    private int threadId;

    public Execution(ExecutionOptions? options = null)
    {
        this.options = options ?? new ExecutionOptions();
        Results = (WasmValue*)Unsafe.AsPointer(ref results[0]);
    }

    /// <summary>The host's own state, such as the kernel's task.</summary>
    public object? Host { get; set; }

    /// <summary>
    /// Called in the guest's thread at the first safepoint after <see cref="Interrupt"/>. It may call guest functions
    /// (signal handlers) and return, or call <see cref="Exit"/>.
    /// </summary>
    public Action<Execution>? OnSafepoint { get; set; }

    /// <summary>Calls into the guest that have not ended, one inside the other.</summary>
    public int Depth => depth;

    /// <summary>Why guest frames are returning; None while they run.</summary>
    public UnwindReason Unwinding { get; private set; }

    /// <summary>How the last call through <see cref="GuestFunction"/> ended.</summary>
    public Completion LastCompletion { get; internal set; }

    internal WasmValue* Results { get; }

    /// <summary>The memory.atomic.wait that the guest sleeps in.</summary>
    internal volatile WaitQueues.Waiter? Waiting;

    /// <summary>The trap that the state word carries outwards, and the functions it has left.</summary>
    internal TrapKind PendingTrap { get; private set; }

    internal List<string> UnwoundFrames { get; } = [];

    /// <summary>Asks the guest to call <see cref="OnSafepoint"/> at its next loop or function entry. Any thread may call it.</summary>
    public void Interrupt()
    {
        lock (gate)
        {
            interrupted = true;
            foreach (var instance in instances)
                Arm(instance.Context);
        }

        Waiting?.Disturb();
    }

    /// <summary>
    /// Ends all guest calls of this execution, from any depth: once the host function that calls this returns, each frame returns to its
    /// caller without running further, and the outermost call answers <see cref="Completion.Exited"/>. Only the guest's own thread may call it.
    /// </summary>
    public void Exit()
    {
        if (depth > 0)
            SetUnwind(UnwindReason.Exit);
    }

    /// <summary>A number for a host object that guests can hold as an externref: the same for the same object; 0 for null. It lives as long as this execution.</summary>
    public nint ToExternRef(object? value)
    {
        if (value is null)
            return 0;
        lock (gate)
        {
            if (externIds.TryGetValue(value, out nint known))
                return known;
            externRefs.Add(value);
            return externIds[value] = externRefs.Count - 1;
        }
    }

    /// <summary>The host object behind an externref.</summary>
    public object? FromExternRef(nint reference)
    {
        lock (gate)
            return externRefs[(int)reference];
    }

    internal void Add(IlInstance instance)
    {
        lock (gate)
        {
            instances.Add(instance);
            var context = instance.Context;
            context->Results = Results;
            context->Unwind = (int)Unwinding;
            context->StackLimit = stackLimit;
            if (interrupted)
                Arm(context);
        }
    }

    /// <summary>Before a call into the guest.</summary>
    internal void Enter()
    {
        if (depth == 0)
            EnterThread();
        else if (threadId != Environment.CurrentManagedThreadId)
            throw new InvalidOperationException("an execution runs on one thread at a time");
        depth++;
    }

    /// <summary>Around what can't be suspended.</summary>
    internal void Pin(int change) => pinned += change;

    /// <summary>After a call into the guest that returned by itself; says how, and throws the trap that ended it.</summary>
    internal Completion Leave()
    {
        depth--;
        if (Unwinding == UnwindReason.None)
            return LastCompletion = Completion.Returned;
        return LastCompletion = LeaveUnwinding();
    }

    /// <summary>After a call into the guest that an exception ended.</summary>
    internal void Abandon(int jumps)
    {
        depth--;
        Jumps.Truncate(jumps);
        rewind = null;
        if (depth == 0)
            SetUnwind(UnwindReason.None);
    }

    internal void SetUnwind(UnwindReason reason)
    {
        Unwinding = reason;
        foreach (var instance in instances)
            instance.Context->Unwind = (int)reason;
    }

    /// <summary>The cold path of a loop's poll or of a function's entry.</summary>
    internal void Safepoint()
    {
        lock (gate)
        {
            interrupted = false;
            foreach (var instance in instances)
                Disarm(instance.Context);
        }

        pinned++;
        try
        {
            OnSafepoint?.Invoke(this);
        }
        finally
        {
            pinned--;
        }
    }

    /// <summary>Where the guest sleeps: calls the host if there is an interrupt.</summary>
    internal bool TakeInterrupt()
    {
        if (!Volatile.Read(ref interrupted))
            return false;
        Safepoint();
        return true;
    }

    /// <summary>The cold path of a function's entry: an overflow, or an interrupt that raised the limit.</summary>
    internal void EnterFunction(nuint frame)
    {
        if (frame < stackLimit)
        {
            PendingTrap = TrapKind.StackOverflow;
            UnwoundFrames.Clear();
            SetUnwind(UnwindReason.Trap);
            return;
        }

        Safepoint();
    }

    private static void Arm(VmContext* context)
    {
        Volatile.Write(ref context->Poll, 1);
        Volatile.Write(ref *(ulong*)&context->StackLimit, ulong.MaxValue);
    }

    private void Disarm(VmContext* context)
    {
        context->Poll = 0;
        context->StackLimit = stackLimit;
    }

    private void EnterThread()
    {
        if (threadStackLowest == 0)
            threadStackLowest = AddressSpace.Current.StackLowest();
        injections = keepInjections ? injections : 0;
        keepInjections = false;
        nuint here = (nuint)(&here);
        nuint deepest = threadStackLowest + HostReserve;
        ulong allowed = Math.Min(options.MaximumStack, here);
        lock (gate)
        {
            stackLimit = Math.Max(deepest, here - (nuint)allowed);
            threadId = Environment.CurrentManagedThreadId;
            foreach (var instance in instances)
            {
                Disarm(instance.Context);
                if (interrupted)
                    Arm(instance.Context);
            }
        }
    }

    private Completion LeaveUnwinding()
    {
        switch (Unwinding)
        {
            case UnwindReason.Trap:
                SetUnwind(UnwindReason.None);
                var frames = UnwoundFrames.ToArray();
                throw new TrapException(new TrapException(PendingTrap), () => frames);
            case UnwindReason.Exception:
                // The host's frames are no place for a guest's exception to pass through.
                SetUnwind(UnwindReason.None);
                throw new TrapException(TrapKind.UncaughtException);
            case UnwindReason.LongJump:
                return Completion.LongJumped;
            case UnwindReason.Suspend:
                return FinishSuspension();
            default:
                if (depth == 0)
                    SetUnwind(UnwindReason.None);
                return Completion.Exited;
        }
    }
}
