namespace LinuxWasm.Engine;

/// <summary>memory.atomic.wait and notify.</summary>
internal static class Atomics
{
    /// <summary>Who waits at which address of one memory.</summary>
    internal sealed class WaitQueues
    {
    }
}
