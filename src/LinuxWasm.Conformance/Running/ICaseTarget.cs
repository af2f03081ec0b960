using LinuxWasm.Conformance.Cases;

namespace LinuxWasm.Conformance.Running;

/// <summary>Something that carries out system calls: real Linux, or LinuxWasm. One case at a time; a target is not shared between threads.</summary>
public interface ICaseTarget : IDisposable
{
    /// <summary>For reports, such as <c>Linux 6.18.4</c>.</summary>
    string Description { get; }

    /// <summary>Why this target can't run the case, or null when it can.</summary>
    string? ReasonToSkip(CaseRun run);

    /// <summary>A fresh system: an empty tree with /dev, /proc, /tmp and /t, and a task that may do everything.</summary>
    ICaseSession Begin(CaseRun run);
}

/// <summary>One fresh system for one run; disposing it ends all that lives in it.</summary>
public interface ICaseSession : IDisposable
{
    /// <summary>Where the memory begins that every new process has, all zero and writable, and ends: the address after it is not mapped.</summary>
    ulong MemoryBase { get; }

    ulong MemorySize { get; }

    /// <summary>The first process: root. The harness makes the tree with it and looks at the tree's end state.</summary>
    ICaseTask Init { get; }

    /// <summary>A process made from <see cref="Init"/>: root, umask 022, in /t, with /dev/null as descriptors 0 to 2.</summary>
    ICaseTask CreateProcess();

    /// <summary>A thread of a process.</summary>
    ICaseTask CreateThread(ICaseTask process);

    /// <summary>A process forked from another.</summary>
    ICaseTask Fork(ICaseTask parent);

    /// <summary>A task that a call of a case will make: see <see cref="StepRequest.Child"/>.</summary>
    ICaseTask ExpectChild();

    /// <summary>The address that stands for <c>HANDLER</c>, <c>RESTORER</c> or <c>RT_RESTORER</c> in an ABI; null for other names.</summary>
    ulong? Symbol(string name, GuestAbi abi);
}

/// <summary>What a task is doing.</summary>
public enum TaskActivity
{
    Running,

    /// <summary>Its call sleeps, or it has none to make.</summary>
    Sleeping,

    /// <summary>Its call waits for the kernel's own work, or sleeps so that no signal wakes it: state D.</summary>
    Uninterruptible,
    Stopped,
    Gone,
}

/// <summary>A task that makes the calls it is told to.</summary>
public interface ICaseTask
{
    /// <summary>Starts the request and waits for its end; null when the call has not returned after <paramref name="patience"/>.</summary>
    StepReply? Execute(StepRequest request, TimeSpan patience);

    /// <summary>Waits on for a request that had not returned.</summary>
    StepReply? Wait(TimeSpan patience);

    TaskActivity Activity { get; }

    /// <summary>The wait status of a process that ended; null when it has not within the time, or is not the harness's child.</summary>
    int? WaitForEnd(TimeSpan patience);
}

/// <summary>A write of memory before a call.</summary>
public readonly record struct MemoryWrite(ulong Address, ReadOnlyMemory<byte> Bytes);

/// <summary>A range of memory to be read after a call.</summary>
public readonly record struct MemoryRange(ulong Address, int Length);

/// <summary>One call with what must be in memory before it, and what is wanted of memory after it.</summary>
public sealed record StepRequest
{
    public required GuestAbi Abi { get; init; }

    /// <summary>The call's number; null makes no call, only the writes and reads.</summary>
    public int? Number { get; init; }

    /// <summary>At most six registers.</summary>
    public IReadOnlyList<ulong> Arguments { get; init; } = [];

    public IReadOnlyList<MemoryWrite> Writes { get; init; } = [];

    public IReadOnlyList<MemoryRange> Reads { get; init; } = [];

    /// <summary>The task that goes on in the child that this call makes.</summary>
    public ICaseTask? Child { get; init; }
}

/// <summary>What came of a request.</summary>
/// <param name="Result">The register as the ABI returns it; for no call, 0 or -EFAULT for the writes.</param>
/// <param name="Signals">The signals whose handlers ran.</param>
/// <param name="Memory">The bytes of each range; null where it can't be read.</param>
public sealed record StepReply(long Result, IReadOnlyList<int> Signals, IReadOnlyList<byte[]?> Memory);

/// <summary>A target that broke, not a case that failed.</summary>
public sealed class TargetException : Exception
{
    public TargetException(string message)
        : base(message)
    {
    }

    public TargetException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
