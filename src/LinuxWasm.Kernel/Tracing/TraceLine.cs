using System.Globalization;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;

namespace LinuxWasm.Kernel.Tracing;

/// <summary>A call's line while it is made: what can be said on entry, and what only its end tells.</summary>
internal sealed class TraceLine
{
    private readonly SyscallRecord _call;
    private readonly SyscallParameter[]? _parameters;
    private readonly string?[] _texts;

    public TraceLine(SyscallRecord call)
    {
        _call = call;
        Name = call.Resumes ? "restart_syscall" : NameOf(call);
        _parameters = call.Resumes ? null : SyscallCatalogue.Find(call.Abi.Table, Name)?.Parameters;
        _texts = call.Resumes ? [$"<... resuming interrupted {NameOf(call)} ...>"] : _parameters is null ? RegistersOf(call) : new string?[_parameters.Length];
        Fill(result: null);
    }

    public string Name { get; }

    /// <summary>Others wrote meanwhile: the line was ended, and its rest stands on a line of its own.</summary>
    public bool IsBroken { get; set; }

    /// <summary>exit(2) is told when it is called: nothing comes behind it.</summary>
    public bool NeverReturns => Name is "exit" or "exit_group";

    /// <summary>True where nothing of the arguments waits for the call's end.</summary>
    public bool IsComplete => Array.TrueForAll(_texts, static text => text is not null);

    /// <summary>The line up to the first argument that the call's end tells.</summary>
    public string Head
    {
        get
        {
            var known = Known(_texts.TakeWhile(static text => text is not null));
            return $"{Name}({known}{(IsComplete || known.Length == 0 ? "" : ", ")}";
        }
    }

    /// <summary>The arguments that <see cref="Head"/> leaves out.</summary>
    public string Tail(long result)
    {
        var known = _texts.TakeWhile(static text => text is not null).Count();
        Fill(result);
        return Known(_texts.Skip(known));
    }

    public string Result(SysResult result)
    {
        if (Restarting(result.Errno) is { } restart)
            return $"? {Restart.NameOf(result.Errno)} ({restart})";
        if (result.IsError)
            return Error(result.Errno);
        if (!_call.Resumes && CallTexts.Result(_call, Name, result.Value) is { } special)
            return special;
        return Name is "brk" or "mmap" or "mmap2" or "mremap" or "shmat" or "old_mmap"
            ? $"0x{(uint)result.Value:x}"
            : result.Value.ToString(CultureInfo.InvariantCulture);
    }

    public static string Error(Errno errno) => $"-1 {errno} ({errno.Message()})";

    /// <summary>How a call that a signal interrupted is made again, in strace's words.</summary>
    private static string? Restarting(Errno errno) => errno switch
    {
        Restart.ERESTARTSYS => "To be restarted if SA_RESTART is set",
        Restart.ERESTARTNOINTR => "To be restarted",
        Restart.ERESTARTNOHAND => "To be restarted if no handler",
        Restart.ERESTART_RESTARTBLOCK => "Interrupted by signal",
        _ => null,
    };

    private void Fill(long? result)
    {
        if (_parameters is null)
            return;
        var arguments = new ArgumentReader(_call);
        for (var i = 0; i < _parameters.Length; i++)
        {
            var value = arguments.Next(_parameters[i].Kind);
            // What a pointer reads is shown as it was on entry: the call or another thread may change it.
            if (result is not null || (_parameters[i].Direction is not ParameterDirection.Out and not ParameterDirection.InOut && !CallTexts.IsLate(_call, Name, _parameters[i].Name)))
                _texts[i] ??= ArgumentFormatter.Format(_call, Name, _parameters, i, value, result);
        }
    }

    /// <summary>Text that belongs to the argument before it begins with a space.</summary>
    private static string Known(IEnumerable<string?> texts) =>
        texts.Where(static text => text != CallTexts.Nothing).Aggregate("", static (line, text) => line.Length == 0 || text!.StartsWith(' ') ? line + text : $"{line}, {text}");

    private static string NameOf(SyscallRecord call) =>
        SyscallCatalogue.NameOf(call.Abi.Table, call.Number) ?? string.Create(CultureInfo.InvariantCulture, $"syscall_0x{call.Number:x}");

    private static string[] RegistersOf(SyscallRecord call) =>
        [.. Enumerable.Range(0, 6).Select(i => call.Registers[i]).Select(static value => value == 0 ? "0" : $"0x{value:x}")];
}
