using System.Globalization;

namespace LinuxWasm.Abi;

/// <summary>What signals are called.</summary>
public static class SignalNames
{
    /// <summary><c>SIGUSR1</c>; real-time signals as strace writes them, from the first one on: <c>SIGRT_3</c>. The number for what is no signal.</summary>
    public static string Name(this Signal signal) => signal switch
    {
        Signal.SIGRTMIN => nameof(Signal.SIGRTMIN),
        > Signal.SIGRTMIN and <= Signal.SIGRTMAX => string.Create(CultureInfo.InvariantCulture, $"SIGRT_{signal - Signal.SIGRTMIN}"),
        > Signal.None and < Signal.SIGRTMIN => signal.ToString(),
        _ => ((int)signal).ToString(CultureInfo.InvariantCulture),
    };
}
