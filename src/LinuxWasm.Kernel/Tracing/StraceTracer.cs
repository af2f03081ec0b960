using System.Globalization;
using System.Text;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Tracing;

/// <summary>
/// Writes calls as strace(1) does: <c>openat(AT_FDCWD, "/etc/passwd", O_RDONLY) = 3</c>. Once a second task is seen, lines begin
/// with <c>[pid N]</c>, as with strace -f. Safe for several tasks; a line is written when its call has returned.
/// </summary>
/// <param name="output">Where the lines go; the tracer does not dispose it.</param>
/// <param name="toFile">Every line begins with the task's number, as with strace -f -o.</param>
public sealed class StraceTracer(TextWriter output, bool toFile = false) : ISyscallTracer
{
    /// <summary>Results stand in a column of their own (strace's -a 40).</summary>
    private const int ResultColumn = 39;

    private readonly Lock _lock = new();
    private int _firstTid;
    private bool _several;

    public void Enter(SyscallRecord call)
    {
        var parameters = Find(call)?.Parameters;
        if (parameters is null)
            return;
        // What a pointer reads is shown as it was on entry: the call or another thread may change it.
        var texts = new string?[parameters.Length];
        var arguments = new ArgumentReader(call);
        for (var i = 0; i < parameters.Length; i++)
        {
            var value = arguments.Next(parameters[i].Kind);
            if (parameters[i].Direction is not ParameterDirection.Out and not ParameterDirection.InOut)
                texts[i] = ArgumentFormatter.Format(call, NameOf(call), parameters, i, value, result: null);
        }

        call.State = texts;
        if (NeverReturns(call))
            Write(call.Task, Line(call, "?"));
    }

    public void Exit(SyscallRecord call, long result)
    {
        if (!NeverReturns(call))
            Write(call.Task, Line(call, ResultText(call, new SysResult(result)), result));
    }

    public void ProgramStarted(LinuxTask task, string path, IReadOnlyList<string> arguments, int variables)
    {
        var quoted = arguments.Select(argument => StraceText.Quote(Encoding.UTF8.GetBytes(argument)));
        var line = $"execve({StraceText.Quote(Encoding.UTF8.GetBytes(path))}, [{string.Join(", ", quoted)}], [/* {variables} vars */])";
        Write(task, $"{line.PadRight(ResultColumn)} = 0");
    }

    public void SignalArrived(LinuxTask task, SignalInfo info) => Write(task, $"--- {info.Signal} {{{string.Join(", ", CallTexts.Information(info))}}} ---");

    public void TaskEnded(LinuxTask task, WaitStatus status) => Write(task, status.TerminatingSignal == Signal.None
        ? string.Create(CultureInfo.InvariantCulture, $"+++ exited with {status.ShellStatus} +++")
        : $"+++ killed by {status.TerminatingSignal} +++");

    private static SyscallEntry? Find(SyscallRecord call)
    {
        var table = call.Task.Abi.Table;
        return SyscallCatalogue.NameOf(table, call.Number) is { } name ? SyscallCatalogue.Find(table, name) : null;
    }

    private static bool NeverReturns(SyscallRecord call) => NameOf(call) is "exit" or "exit_group";

    private static string NameOf(SyscallRecord call) =>
        SyscallCatalogue.NameOf(call.Task.Abi.Table, call.Number) ?? string.Create(CultureInfo.InvariantCulture, $"syscall_0x{call.Number:x}");

    private static string Line(SyscallRecord call, string resultText, long result = 0)
    {
        var line = $"{NameOf(call)}({Arguments(call, result)})";
        return $"{line.PadRight(ResultColumn)} = {resultText}";
    }

    private static string Arguments(SyscallRecord call, long result)
    {
        if (call.State is not string?[] texts)
            return string.Join(", ", Enumerable.Range(0, 6).Select(i => call.Registers[i]).Select(a => a == 0 ? "0" : $"0x{a:x}"));
        var parameters = Find(call)!.Parameters;
        var arguments = new ArgumentReader(call);
        for (var i = 0; i < parameters.Length; i++)
        {
            var value = arguments.Next(parameters[i].Kind);
            texts[i] ??= ArgumentFormatter.Format(call, NameOf(call), parameters, i, value, result);
        }

        return string.Join(", ", texts.Where(text => text != CallTexts.Nothing));
    }

    private static string ResultText(SyscallRecord call, SysResult result)
    {
        // A call that a signal interrupted and that the task's end kept from being made again.
        if (result.IsError && (int)result.Errno is >= (int)Restart.ERESTARTSYS and <= (int)Restart.ERESTART_RESTARTBLOCK)
            return "? ERESTARTSYS (To be restarted if SA_RESTART is set)";
        if (result.IsError)
            return $"-1 {result.Errno} ({result.Errno.Message()})";
        if (CallTexts.Result(call, NameOf(call), result.Value) is { } special)
            return special;
        return NameOf(call) is "brk" or "mmap" or "mmap2" or "mremap" or "shmat" or "old_mmap"
            ? $"0x{(uint)result.Value:x}"
            : result.Value.ToString(CultureInfo.InvariantCulture);
    }

    private void Write(LinuxTask task, string line)
    {
        lock (_lock)
        {
            if (_firstTid == 0)
                _firstTid = task.Tid;
            _several |= task.Tid != _firstTid;
            output.WriteLine(toFile ? string.Create(CultureInfo.InvariantCulture, $"{task.Tid,-5} {line}") : _several ? string.Create(CultureInfo.InvariantCulture, $"[pid {task.Tid,5}] {line}") : line);
            output.Flush();
        }
    }
}
