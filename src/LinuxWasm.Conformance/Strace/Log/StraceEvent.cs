namespace LinuxWasm.Conformance.Strace.Log;

/// <summary>Something that a log says happened, in the order of the log.</summary>
/// <param name="Pid">The task; 0 where the log names none.</param>
/// <param name="Line">The line on which it began, from 1.</param>
public abstract record StraceEvent(int Pid, int Line);

/// <summary>A system call.</summary>
/// <param name="LastLine">The line on which it ended; greater than <paramref name="Line"/> where others came in between.</param>
public sealed record StraceCall(int Pid, int Line, int LastLine, string Name, IReadOnlyList<StraceValue> Arguments, StraceResult Result) : StraceEvent(Pid, Line)
{
    /// <summary>strace printed it in two parts, because something else happened in the meantime.</summary>
    public bool IsSplit => LastLine != Line;
}

/// <summary>What a call gave.</summary>
/// <param name="Value">Null for <c>?</c>: it did not return.</param>
/// <param name="Error">The error's name, or null.</param>
/// <param name="Note">What stands in parentheses behind a result, such as poll's events; null without.</param>
public sealed record StraceResult(StraceWord? Value, string? Error, StraceValue? Note)
{
    public bool Failed => Error is not null;
}

/// <summary><c>--- SIGCHLD {...} ---</c>: a signal arrived.</summary>
public sealed record StraceSignal(int Pid, int Line, string Signal, StraceValue? Info) : StraceEvent(Pid, Line);

/// <summary><c>+++ exited with 0 +++</c>, <c>+++ killed by SIGKILL +++</c>.</summary>
public sealed record StraceEnd(int Pid, int Line, int? Status, string? Signal) : StraceEvent(Pid, Line);

/// <summary>The task goes on with the other table: <c>[ Process PID=7 runs in 32 bit mode. ]</c>.</summary>
public sealed record StraceMode(int Pid, int Line, bool Is32Bit) : StraceEvent(Pid, Line);

/// <summary>A line, or a part of one, that could not be read.</summary>
/// <param name="Call">The call that it is about, as far as that could be seen; null otherwise.</param>
public sealed record StraceProblem(string File, int Line, int Column, string? Call, string Problem)
{
    public override string ToString() => $"{File}:{Line}:{Column}: {Problem}";
}
