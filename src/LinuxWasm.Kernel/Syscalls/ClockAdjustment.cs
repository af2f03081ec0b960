using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Time;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>adjtimex(2)'s modes.</summary>
[Flags]
internal enum AdjustModes : uint
{
    ADJ_OFFSET = 0x1,
    ADJ_FREQUENCY = 0x2,
    ADJ_MAXERROR = 0x4,
    ADJ_ESTERROR = 0x8,
    ADJ_STATUS = 0x10,
    ADJ_TIMECONST = 0x20,
    ADJ_TAI = 0x80,
    ADJ_SETOFFSET = 0x100,
    ADJ_MICRO = 0x1000,
    ADJ_NANO = 0x2000,
    ADJ_TICK = 0x4000,

    /// <summary>With ADJ_OFFSET: adjtime(3) of old.</summary>
    ADJ_ADJTIME = 0x8000,
    ADJ_OFFSET_READONLY = 0x2000,
}

/// <summary>adjtimex(2), clock_adjtime(2): the state is kept and told, but the clock is not bent (<see cref="ClockDiscipline"/>).</summary>
public static class ClockAdjustment
{
    private const SyscallTable WideOnly = SyscallTable.X64 | SyscallTable.Generic;
    private const int TIME_OK = 0;
    private const int TIME_ERROR = 5;
    private const int STA_PLL = 0x1;
    private const int STA_RONLY = 0xff00;
    private const long MaxFrequency = 500L << 16;
    private const long MaxPhase = 500_000_000;
    private const long MaxError = 16_000_000;
    private const int MaxTimeConstant = 10;
    private const int MaxTai = 100_000;
    private const long TicksPerSecond = 100;

    [Syscall("adjtimex", On = WideOnly)]
    public static SysResult AdjTimex(LinuxTask task, [In, Out] GuestPtr<Timex> buf) => Adjust(task, buf);

    [Syscall("adjtimex", On = SyscallTable.I386)]
    public static SysResult AdjTimex32(LinuxTask task, [In, Out] GuestPtr<Timex32> buf) => Adjust32(task, buf);

    [Syscall("clock_adjtime", On = WideOnly, Man = "adjtimex(2)")]
    [Syscall("clock_adjtime64", Man = "adjtimex(2)")]
    public static SysResult ClockAdjTime(LinuxTask task, ClockId clockid, [In, Out] GuestPtr<Timex> buf)
    {
        if (!task.Memory.TryRead<Timex>(buf, out _))
            return Errno.EFAULT;
        var refusal = Refusal(task, clockid);
        return refusal != Errno.None ? refusal : Adjust(task, buf);
    }

    [Syscall("clock_adjtime", On = SyscallTable.I386, Man = "adjtimex(2)")]
    public static SysResult ClockAdjTime32(LinuxTask task, ClockId clockid, [In, Out] GuestPtr<Timex32> buf)
    {
        if (!task.Memory.TryRead<Timex32>(buf, out _))
            return Errno.EFAULT;
        var refusal = Refusal(task, clockid);
        return refusal != Errno.None ? refusal : Adjust32(task, buf);
    }

    /// <summary>Only CLOCK_REALTIME is adjusted; a descriptor's clock might be, if there were one.</summary>
    private static Errno Refusal(LinuxTask task, ClockId id)
    {
        if (id == ClockId.CLOCK_REALTIME)
            return Errno.None;
        var source = ClockSource.Find(task, (int)id);
        return !source.IsKnown || source is { Now: null, IsCpu: false, SleepRefusal: not Errno.None } ? Errno.EINVAL : Errno.EOPNOTSUPP;
    }

    private static SysResult Adjust(LinuxTask task, GuestPtr<Timex> buf)
    {
        if (!task.Memory.TryRead<Timex>(buf, out var timex))
            return Errno.EFAULT;
        var result = Exchange(task, ref timex);
        return result.IsError || task.Memory.TryWrite(buf, timex) ? result : Errno.EFAULT;
    }

    private static SysResult Adjust32(LinuxTask task, GuestPtr<Timex32> buf)
    {
        if (!task.Memory.TryRead<Timex32>(buf, out var narrow))
            return Errno.EFAULT;
        var timex = new Timex
        {
            modes = narrow.modes,
            offset = narrow.offset,
            freq = narrow.freq,
            maxerror = narrow.maxerror,
            esterror = narrow.esterror,
            status = narrow.status,
            constant = narrow.constant,
            time_sec = narrow.time_sec,
            time_usec = narrow.time_usec,
            tick = narrow.tick,
        };
        var result = Exchange(task, ref timex);
        if (result.IsError)
            return result;
        narrow = new Timex32
        {
            modes = timex.modes,
            offset = (int)timex.offset,
            freq = (int)timex.freq,
            maxerror = (int)timex.maxerror,
            esterror = (int)timex.esterror,
            status = timex.status,
            constant = (int)timex.constant,
            precision = (int)timex.precision,
            tolerance = (int)timex.tolerance,
            time_sec = (int)timex.time_sec,
            time_usec = (int)timex.time_usec,
            tick = (int)timex.tick,
            tai = timex.tai,
        };
        return task.Memory.TryWrite(buf, narrow) ? result : Errno.EFAULT;
    }

    /// <summary>do_adjtimex: checks, changes what the modes say, and fills in the state. Answers the clock's state.</summary>
    private static SysResult Exchange(LinuxTask task, ref Timex timex)
    {
        var modes = (AdjustModes)timex.modes;
        var error = Check(task, modes, timex);
        if (error != Errno.None)
            return error;
        var clock = task.Kernel.Clock;
        if (Has(modes, AdjustModes.ADJ_SETOFFSET) && !Has(modes, AdjustModes.ADJ_ADJTIME))
        {
            var fraction = Has(modes, AdjustModes.ADJ_NANO) ? timex.time_usec : timex.time_usec * 1000;
            var target = Moment.Add(clock.Realtime, Moment.FromParts(timex.time_sec, fraction));
            if (target < clock.Now)
                return Errno.EINVAL;
            clock.SetRealtime(target);
        }

        var state = clock.Discipline;
        lock (state.Lock)
        {
            if (Has(modes, AdjustModes.ADJ_ADJTIME))
            {
                var before = state.TimeAdjust;
                if (!Has(modes, AdjustModes.ADJ_OFFSET_READONLY))
                    state.TimeAdjust = timex.offset;
                timex.offset = before;
            }
            else
            {
                Change(state, modes, timex);
                timex.offset = (state.Status & ClockDiscipline.STA_NANO) != 0 ? state.Offset : state.Offset / 1000;
            }

            Fill(state, ref timex);
            var now = Moment.ToParts(clock.Realtime);
            timex.time_sec = now.Seconds;
            timex.time_usec = (state.Status & ClockDiscipline.STA_NANO) != 0 ? now.Nanoseconds : now.Nanoseconds / 1000;
            return (state.Status & ClockDiscipline.STA_UNSYNC) != 0 ? TIME_ERROR : TIME_OK;
        }
    }

    /// <summary>timekeeping_validate_timex.</summary>
    private static Errno Check(LinuxTask task, AdjustModes modes, in Timex timex)
    {
        var maySet = task.Credentials.Has(Capability.CAP_SYS_TIME);
        if (Has(modes, AdjustModes.ADJ_ADJTIME))
        {
            // Only with the bit of ADJ_OFFSET it is one of the two requests that exist.
            if (!Has(modes, AdjustModes.ADJ_OFFSET))
                return Errno.EINVAL;
            if (!Has(modes, AdjustModes.ADJ_OFFSET_READONLY) && !maySet)
                return Errno.EPERM;
        }
        else
        {
            if (modes != 0 && !maySet)
                return Errno.EPERM;
            const long LeastTick = 900_000 / TicksPerSecond, MostTick = 1_100_000 / TicksPerSecond;
            if (Has(modes, AdjustModes.ADJ_TICK) && timex.tick is < LeastTick or > MostTick)
                return Errno.EINVAL;
        }

        if (Has(modes, AdjustModes.ADJ_SETOFFSET))
        {
            if (!maySet)
                return Errno.EPERM;
            var limit = Has(modes, AdjustModes.ADJ_NANO) ? Moment.PerSecond : 1_000_000;
            if (timex.time_usec < 0 || timex.time_usec >= limit)
                return Errno.EINVAL;
        }

        if (Has(modes, AdjustModes.ADJ_FREQUENCY) && timex.freq is < long.MinValue / 65536 or > long.MaxValue / 65536)
            return Errno.EINVAL;
        return Errno.None;
    }

    /// <summary>process_adjtimex_modes.</summary>
    private static void Change(ClockDiscipline state, AdjustModes modes, in Timex timex)
    {
        if (Has(modes, AdjustModes.ADJ_STATUS))
            state.Status = (state.Status & STA_RONLY) | (timex.status & ~STA_RONLY);
        if (Has(modes, AdjustModes.ADJ_NANO))
            state.Status |= ClockDiscipline.STA_NANO;
        if (Has(modes, AdjustModes.ADJ_MICRO))
            state.Status &= ~ClockDiscipline.STA_NANO;
        if (Has(modes, AdjustModes.ADJ_FREQUENCY))
            state.Frequency = Math.Clamp(timex.freq, -MaxFrequency, MaxFrequency);
        if (Has(modes, AdjustModes.ADJ_MAXERROR))
            state.MaxError = Math.Clamp(timex.maxerror, 0, MaxError);
        if (Has(modes, AdjustModes.ADJ_ESTERROR))
            state.EstimatedError = Math.Clamp(timex.esterror, 0, MaxError);
        if (Has(modes, AdjustModes.ADJ_TIMECONST))
        {
            var constant = Math.Clamp(timex.constant, 0, MaxTimeConstant);
            if ((state.Status & ClockDiscipline.STA_NANO) == 0)
                constant += 4;
            state.TimeConstant = Math.Clamp(constant, 0, MaxTimeConstant);
        }

        if (Has(modes, AdjustModes.ADJ_TAI) && timex.constant is >= 0 and <= MaxTai)
            state.TaiOffset = (int)timex.constant;
        if (Has(modes, AdjustModes.ADJ_OFFSET) && (state.Status & STA_PLL) != 0)
        {
            var offset = (state.Status & ClockDiscipline.STA_NANO) != 0 ? timex.offset : Math.Clamp(timex.offset, -MaxPhase, MaxPhase) * 1000;
            state.Offset = Math.Clamp(offset, -MaxPhase, MaxPhase);
        }

        if (Has(modes, AdjustModes.ADJ_TICK))
            state.Tick = timex.tick;
    }

    private static void Fill(ClockDiscipline state, ref Timex timex)
    {
        timex.freq = state.Frequency;
        timex.maxerror = state.MaxError;
        timex.esterror = state.EstimatedError;
        timex.status = state.Status;
        timex.constant = state.TimeConstant;
        timex.precision = 1;
        timex.tolerance = MaxFrequency;
        timex.tick = state.Tick;
        timex.tai = state.TaiOffset;
        timex.ppsfreq = timex.jitter = timex.stabil = timex.jitcnt = timex.calcnt = timex.errcnt = timex.stbcnt = 0;
        timex.shift = 0;
    }

    private static bool Has(AdjustModes modes, AdjustModes mode) => (modes & mode) == mode;
}
