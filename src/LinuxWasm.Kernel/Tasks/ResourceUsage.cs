namespace LinuxWasm.Kernel.Tasks;

/// <summary>
/// What getrusage(2) tells. A task counts as using the processor whenever it does not sleep in the kernel: the host does not say of its threads
/// how long they really ran, and this is the same on every host and on the virtual clock. All of it is user time.
/// </summary>
/// <param name="UserTime">Nanoseconds.</param>
/// <param name="SystemTime">Nanoseconds.</param>
/// <param name="MaxResident">The most memory at any time, in KiB.</param>
/// <param name="VoluntarySwitches">Sleeps.</param>
public readonly record struct ResourceUsage(long UserTime, long SystemTime, long MaxResident, long VoluntarySwitches)
{
    /// <summary>Nanoseconds, user and system together.</summary>
    public long ProcessorTime => UserTime + SystemTime;

    /// <summary>Times and counts add up; of the memory the most counts.</summary>
    public static ResourceUsage operator +(ResourceUsage a, ResourceUsage b) => new(
        a.UserTime + b.UserTime, a.SystemTime + b.SystemTime, Math.Max(a.MaxResident, b.MaxResident), a.VoluntarySwitches + b.VoluntarySwitches);
}
