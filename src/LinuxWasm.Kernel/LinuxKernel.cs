using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Time;

namespace LinuxWasm.Kernel;

/// <summary>One Linux: its clock, its tasks, its mounts, its log. Several may live in one host process and know nothing of each other.</summary>
public sealed partial class LinuxKernel : IDisposable
{
    public LinuxKernel(KernelOptions? options = null)
    {
        Options = options ?? new KernelOptions();
        Clock = Options.VirtualClock ? new VirtualClock() : new RealClock();
        Pids = new PidTable();
    }

    public KernelOptions Options { get; }

    public KernelClock Clock { get; }

    public PidTable Pids { get; }

    public KernelLog Log { get; } = new();

    /// <summary>Stops the kernel: its tasks end, its timers are called off.</summary>
    public void Dispose() => Clock.Dispose();
}
