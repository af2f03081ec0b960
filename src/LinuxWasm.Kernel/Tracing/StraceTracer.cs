using System.Globalization;
using System.Text;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Tracing;

/// <summary>
/// Writes calls as strace(1) does: <c>openat(AT_FDCWD, "/etc/passwd", O_RDONLY) = 3</c>. Once a second task is seen, lines begin
/// with <c>[pid N]</c>, as with strace -f. A call within which others wrote is <c>&lt;unfinished ...&gt;</c> first and <c>&lt;... resumed&gt;</c> then.
/// Safe for several tasks.
/// </summary>
/// <param name="output">Where the lines go; the tracer does not dispose it.</param>
/// <param name="toFile">
/// Every line begins with the task's number, as with strace -f -o, and a call that sleeps is there already. Else a line is written when it is
/// complete, so that it does not mix with what the program writes to the same terminal.
/// </param>
/// <param name="shownBytes">Bytes of a string that are shown (strace's -s).</param>
public sealed class StraceTracer(TextWriter output, bool toFile = false, int shownBytes = 32) : ISyscallTracer
{
    /// <summary>Results stand in a column of their own (strace's -a 40).</summary>
    private const int ResultColumn = 40;

    private const string Unfinished = " <unfinished ...>";

    private readonly Lock _lock = new();

    /// <summary>The line that is not complete yet, and what of it is not written yet.</summary>
    private readonly StringBuilder _line = new();
    private TraceLine? _open;
    private int _written;
    private int _firstTid;
    private bool _several;

    public void Enter(SyscallRecord call)
    {
        call.ShownBytes = shownBytes;
        var line = new TraceLine(call);
        call.State = line;
        lock (_lock)
        {
            Begin(call.Task);
            _line.Append(line.Head);
            if (line.NeverReturns)
            {
                End("?");
            }
            else
            {
                _open = line;
                Flush();
            }
        }
    }

    public void Exit(SyscallRecord call, long result)
    {
        if (call.State is not TraceLine { NeverReturns: false } line)
            return;
        // Memory is read and text made before anybody else has to wait for it.
        var tail = line.Tail(result);
        lock (_lock)
        {
            Continue(call.Task, line);
            _line.Append(tail);
            End(line.Result(new SysResult(result)));
        }
    }

    public void Cut(SyscallRecord call)
    {
        if (call.State is not TraceLine { NeverReturns: false } line)
            return;
        lock (_lock)
        {
            Continue(call.Task, line);
            if (!line.IsComplete)
                _line.Append(Unfinished);
            End("?");
        }
    }

    public void ProgramStarted(LinuxTask task, string path, IReadOnlyList<string> arguments, int variables)
    {
        var quoted = arguments.Select(argument => StraceText.Quote(Encoding.UTF8.GetBytes(argument)));
        WriteCall(task, $"execve({StraceText.Quote(Encoding.UTF8.GetBytes(path))}, [{string.Join(", ", quoted)}], [/* {variables} vars */]", "0");
    }

    public void ThreadStarted(LinuxTask creator, int tid, GuestPtr stack, GuestPtr storage)
    {
        var spawned = CloneTexts.Spawned(stack, storage);
        WriteCall(creator, spawned[..^1], tid.ToString(CultureInfo.InvariantCulture));
    }

    public void SignalArrived(LinuxTask task, SignalInfo info) => WriteLine(task, $"--- {SignalTexts.Name(info.Signal)} {SignalTexts.Describe(info)} ---");

    public void HandlerReturned(LinuxTask task, SignalSet mask, bool withInfo, long result)
    {
        // Only i386 has kept a call for frames without siginfo.
        var name = withInfo || task.Abi.Table != SyscallTable.I386 ? "rt_sigreturn" : "sigreturn";
        var shown = new SysResult(result);
        WriteCall(task, $"{name}({{mask={SignalTexts.Set(mask.Bits)}}}", shown.IsError ? TraceLine.Error(shown.Errno) : result.ToString(CultureInfo.InvariantCulture));
    }

    public void Stopped(LinuxTask task, Signal signal) => WriteLine(task, $"--- stopped by {SignalTexts.Name(signal)} ---");

    public void Superseded(LinuxTask task, int tid) => WriteLine(task, string.Create(CultureInfo.InvariantCulture, $"+++ superseded by execve in pid {tid} +++"));

    public void TaskEnded(LinuxTask task, WaitStatus status) => WriteLine(task, status.TerminatingSignal == Signal.None
        ? string.Create(CultureInfo.InvariantCulture, $"+++ exited with {status.ShellStatus} +++")
        : $"+++ killed by {SignalTexts.Name(status.TerminatingSignal)} +++");

    private void WriteCall(LinuxTask task, string call, string result)
    {
        lock (_lock)
        {
            Begin(task);
            _line.Append(call);
            End(result);
        }
    }

    private void WriteLine(LinuxTask task, string text)
    {
        lock (_lock)
        {
            Begin(task);
            _line.Append(text);
            EndLine();
        }
    }

    /// <summary>Begins a line of the task's; another's that stands there is broken off. Caller holds the lock.</summary>
    private void Begin(LinuxTask task)
    {
        if (_open is not null)
        {
            _open.IsBroken = true;
            _line.Append(Unfinished);
            EndLine();
        }

        if (_firstTid == 0)
            _firstTid = task.Tid;
        _several |= task.Tid != _firstTid;
        if (toFile)
            _line.Append(CultureInfo.InvariantCulture, $"{task.Tid,-5} ");
        else if (_several)
            _line.Append(CultureInfo.InvariantCulture, $"[pid {task.Tid,5}] ");
    }

    /// <summary>Goes on with a call's line where it was left. Caller holds the lock.</summary>
    private void Continue(LinuxTask task, TraceLine line)
    {
        if (!line.IsBroken)
            return;
        Begin(task);
        _line.Append(CultureInfo.InvariantCulture, $"<... {line.Name} resumed>");
    }

    /// <summary>Caller holds the lock.</summary>
    private void End(string result)
    {
        _line.Append(") ");
        if (_line.Length < ResultColumn)
            _line.Append(' ', ResultColumn - _line.Length);
        _line.Append("= ").Append(result);
        EndLine();
    }

    /// <summary>Caller holds the lock.</summary>
    private void EndLine()
    {
        output.WriteLine(_line.ToString(_written, _line.Length - _written));
        output.Flush();
        _line.Clear();
        _written = 0;
        _open = null;
    }

    /// <summary>Caller holds the lock.</summary>
    private void Flush()
    {
        if (!toFile)
            return;
        output.Write(_line.ToString(_written, _line.Length - _written));
        output.Flush();
        _written = _line.Length;
    }
}
