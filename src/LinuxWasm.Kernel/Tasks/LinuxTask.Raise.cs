using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Tasks;

public sealed partial class LinuxTask
{
    /// <summary>Sends the task a signal for what it just did itself (SIGPIPE, SIGXFSZ).</summary>
    internal void Raise(Signal signal) => Group.Kill(signal);
}
