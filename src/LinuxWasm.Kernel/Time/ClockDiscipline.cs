namespace LinuxWasm.Kernel.Time;

/// <summary>
/// What adjtimex(2) reads and sets (kernel/time/ntp.c), in the kernel's units. It is kept and given back, but does not bend the clock: the host's time
/// is disciplined by the host.
/// </summary>
internal sealed class ClockDiscipline
{
    public const int STA_UNSYNC = 0x40;
    public const int STA_NANO = 0x2000;

    public Lock Lock { get; } = new();

    public long Offset { get; set; }

    /// <summary>Scaled parts per million: ppm with a 16-bit fraction.</summary>
    public long Frequency { get; set; }

    /// <summary>Microseconds: NTP_PHASE_LIMIT at the start.</summary>
    public long MaxError { get; set; } = 16_000_000;

    public long EstimatedError { get; set; } = 16_000_000;

    public int Status { get; set; } = STA_UNSYNC;

    public long TimeConstant { get; set; } = 2;

    /// <summary>Microseconds between clock ticks.</summary>
    public long Tick { get; set; } = 10_000;

    /// <summary>What remains of an adjtime(3) correction, in microseconds.</summary>
    public long TimeAdjust { get; set; }

    /// <summary>Seconds that CLOCK_TAI is ahead of CLOCK_REALTIME.</summary>
    public int TaiOffset { get; set; }
}
