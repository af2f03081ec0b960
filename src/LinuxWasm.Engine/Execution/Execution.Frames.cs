namespace LinuxWasm.Engine;

/// <summary>Suspension, setjmp and longjmp, exceptions.</summary>
public sealed unsafe partial class Execution
{
    private readonly List<SuspendedStack.Frame> saved = [];
    private IlInstance? suspendedInstance;
    private string? brokenBy;
    private SuspendedStack? rewind;
    private int rewindNext;
    private (int Site, byte[] Values)? relocated;
    private int pinned;
    private int injections;
    private bool keepInjections;
    private long jumpToken;
    private int jumpSite;
    private GuestException? caught;

    /// <summary>
    /// Called when a guest has called setjmp or sigsetjmp: the buffer's address, and whether the signal mask is to be kept. The bytes
    /// from 16 to 199 of the buffer are the host's.
    /// </summary>
    public Action<Execution, uint, bool>? OnSetJump { get; set; }

    /// <summary>Called when a guest calls longjmp with a valid buffer, before its frames unwind.</summary>
    public Action<Execution, uint>? OnLongJump { get; set; }

    /// <summary>The frames of the guest whose outermost call has answered <see cref="Completion.Suspended"/>.</summary>
    public SuspendedStack? Suspended { get; private set; }

    internal JumpFrames Jumps { get; private set; } = new();

    internal GuestExceptions Exceptions { get; private set; } = new();

    internal int JumpValue { get; private set; }

    /// <summary>
    /// Asks for the guest's frames to be saved: once the host function that calls this returns, whatever its result, the outermost call
    /// answers <see cref="Completion.Suspended"/>. The function's import must have <see cref="ImportTraits.Suspends"/>.
    /// </summary>
    /// <returns>
    /// False if that can't be, since host frames lie between the guest's: in <see cref="OnSafepoint"/>, or in a call that a host function has made.
    /// </returns>
    public bool TrySuspend()
    {
        if (depth != 1 || pinned > 0 || Unwinding != UnwindReason.None)
            return false;
        saved.Clear();
        suspendedInstance = null;
        brokenBy = null;
        Suspended = null;
        SetUnwind(UnwindReason.Suspend);
        return true;
    }

    /// <summary>For tests: suspends a bounded number of times in each outermost call.</summary>
    internal void InjectSuspension()
    {
        const int Most = 300;
        if (injections < Most && !instances.Exists(i => i.CallsOthers) && TrySuspend())
            injections++;
    }

    internal void SaveFrame(IlInstance instance, int function, int site, int calleeType, ReadOnlySpan<byte> values)
    {
        if (suspendedInstance is not null && suspendedInstance != instance)
            brokenBy ??= "it has frames of several instances";
        suspendedInstance = instance;
        saved.Add(new SuspendedStack.Frame(function, site, calleeType == 0 ? FuncType.Get([], []) : (FuncType)DefinedType.FromId(calleeType), values.ToArray()));
    }

    /// <summary>A frame without code to save it is leaving: the suspension is void.</summary>
    internal void NoteUnsavedFrame(string name) => brokenBy ??= $"{name} calls something that suspends without the engine's knowing";

    /// <summary>
    /// A loop has noticed an interrupt, or that there is a better form to go on in. False if frames are to return; else the rewinding form
    /// entered next goes on from the values.
    /// </summary>
    internal bool Relocate(int site, ReadOnlySpan<byte> values)
    {
        byte[] kept = values.ToArray();
        TakeInterrupt();
        if (Unwinding != UnwindReason.None)
            return false;
        relocated = (site, kept);
        return true;
    }

    internal void BeginRewind(SuspendedStack stack, IlInstance instance)
    {
        if (depth != 0)
            throw new InvalidOperationException("the execution is running");
        rewind = stack;
        keepInjections = true;
        rewindNext = stack.Frames.Length - 1;
        Jumps = stack.Jumps.Copy();
        Exceptions = stack.Instance == instance ? stack.Exceptions.Copy() : stack.Exceptions.Copy((type, reference) => instance.Adopted(type, reference, stack.Instance));
    }

    internal int RestoreFrame(IlInstance instance, byte* values)
    {
        if (relocated is { } moved)
        {
            relocated = null;
            moved.Values.CopyTo(new Span<byte>(values, moved.Values.Length));
            return moved.Site;
        }

        var frame = rewind!.Frames[rewindNext];
        var target = new Span<byte>(values, frame.Values.Length);
        frame.Values.CopyTo(target);
        instance.AdoptFrame(frame, target, rewind.Instance);
        return frame.Site;
    }

    /// <summary>The function of the next frame inside, or -1.</summary>
    internal int NextFrame()
    {
        if (rewindNext == 0)
        {
            rewind = null;
            return -1;
        }

        // The thread that resumes may have a smaller stack than the one that was suspended.
        nuint here = (nuint)(&here);
        if (here < stackLimit)
            throw new TrapException(TrapKind.StackOverflow);
        return rewind!.Frames[--rewindNext].Function;
    }

    internal void LongJump(long token, int site, int value)
    {
        jumpToken = token;
        jumpSite = site;
        JumpValue = value;
        SetUnwind(UnwindReason.LongJump);
    }

    /// <summary>A frame with setjmp is unwinding. Its jump's site, from 1, if it is the target; else 0, and its token is closed.</summary>
    internal int ArriveJump(long token)
    {
        if (Unwinding == UnwindReason.LongJump && token == jumpToken)
        {
            SetUnwind(UnwindReason.None);
            return jumpSite;
        }

        if (token != 0 && Unwinding != UnwindReason.Suspend)
            Jumps.Close(token);
        return 0;
    }

    internal void Throw(GuestException exception)
    {
        caught = exception;
        SetUnwind(UnwindReason.Exception);
    }

    /// <summary>Ends the unwinding if an exception of that tag causes it, or any exception for null.</summary>
    internal bool Catch(Tag? tag)
    {
        if (Unwinding != UnwindReason.Exception || (tag is not null && caught!.Tag != tag))
            return false;
        SetUnwind(UnwindReason.None);
        caught!.Values.CopyTo(new Span<WasmValue>(Results, caught.Values.Length));
        return true;
    }

    /// <summary>A reference to the exception caught last.</summary>
    internal nint KeepCaught() => Exceptions.Add(caught!);

    private Completion FinishSuspension()
    {
        SetUnwind(UnwindReason.None);
        if (saved.Count == 0)
            brokenBy ??= "it has no frames";
        if (brokenBy is not null)
            throw new InvalidOperationException($"the guest can't be suspended: {brokenBy}");
        Suspended = new SuspendedStack(suspendedInstance!, [.. saved], Jumps, Exceptions.Copy());
        Jumps = new JumpFrames();
        return Completion.Suspended;
    }
}
