namespace LinuxWasm.Abi;

/// <summary>How a process ended, as wait(2) tells it.</summary>
public readonly record struct WaitStatus(int Value)
{
    /// <summary>Ended by exit: its code, 0 to 255.</summary>
    public static WaitStatus Exited(int code) => new((code & 0xff) << 8);

    /// <summary>Ended by a signal.</summary>
    public static WaitStatus Killed(Signal signal) => new((int)signal & 0x7f);

    /// <summary>Stopped by a signal.</summary>
    public static WaitStatus Stopped(Signal signal) => new(((int)signal << 8) | 0x7f);

    /// <summary>Went on after a stop.</summary>
    public static WaitStatus Continued => new(0xffff);

    /// <summary>WEXITSTATUS: the code that it ended with.</summary>
    public int ExitCode => (Value >> 8) & 0xff;

    /// <summary>WTERMSIG: the signal that ended it, or <see cref="Signal.None"/>.</summary>
    public Signal TerminatingSignal => (Signal)(Value & 0x7f);

    /// <summary>What a shell makes of it: the exit code, or 128 and the signal's number.</summary>
    public int ShellStatus => TerminatingSignal == Signal.None ? (Value >> 8) & 0xff : 128 + (int)TerminatingSignal;
}
