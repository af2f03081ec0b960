using System.Globalization;
using System.Text;

namespace LinuxWasm.Kernel.FileSystems.Proc;

/// <summary>What the files at the top of proc say, in proc(5)'s formats.</summary>
internal static class KernelTexts
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>One processor, as sched_getaffinity(2) says.</summary>
    public static string CpuInfo(LinuxKernel kernel) =>
        """
        processor	: 0
        vendor_id	: LinuxWasm
        cpu family	: 6
        model		: 0
        model name	: WebAssembly
        stepping	: 0
        cpu MHz		: 1000.000
        cache size	: 0 KB
        physical id	: 0
        siblings	: 1
        core id		: 0
        cpu cores	: 1
        flags		: fpu
        bogomips	: 2000.00
        address sizes	: 32 bits physical, 32 bits virtual


        """.ReplaceLineEndings("\n");

    public static string FileSystems(LinuxKernel kernel) =>
        string.Concat(kernel.FileSystems.All.Select(type => $"{(type.IsNoDev ? "nodev" : "")}\t{type.Name}\n"));

    public static string LoadAverage(LinuxKernel kernel)
    {
        var groups = kernel.Pids.Groups;
        return $"0.00 0.00 0.00 1/{kernel.Pids.Tasks.Count} {groups.Select(group => group.Pid).DefaultIfEmpty().Max()}\n";
    }

    public static string MemoryInfo(LinuxKernel kernel)
    {
        var total = kernel.Options.MemoryLimit >> 10;
        var used = Math.Min(total, kernel.Pids.Groups.Aggregate(0UL, (sum, group) => sum + (ProcessTexts.MappedBytes(group) >> 10)));
        var text = new StringBuilder();
        void Row(string name, ulong kilobytes) => text.Append(CultureInfo.InvariantCulture, $"{name + ":",-15} {kilobytes,8} kB\n");
        Row("MemTotal", total);
        Row("MemFree", total - used);
        Row("MemAvailable", total - used);
        Row("Buffers", 0);
        Row("Cached", 0);
        Row("SwapCached", 0);
        Row("SwapTotal", 0);
        Row("SwapFree", 0);
        return text.ToString();
    }

    public static string Statistics(LinuxKernel kernel)
    {
        var ticks = kernel.Pids.Groups.Sum(group => group.Usage.UserTime) / Time.ClockTicks.Nanoseconds;
        var idle = Math.Max(0, (kernel.Clock.Now / Time.ClockTicks.Nanoseconds) - ticks);
        var boot = (kernel.Clock.Realtime - kernel.Clock.Monotonic) / NanosecondsPerSecond;
        return $"cpu  {ticks} 0 0 {idle} 0 0 0 0 0 0\ncpu0 {ticks} 0 0 {idle} 0 0 0 0 0 0\nintr 0\nctxt 0\nbtime {boot}\n"
            + $"processes {kernel.Pids.Groups.Count}\nprocs_running 1\nprocs_blocked 0\n";
    }

    public static string Uptime(LinuxKernel kernel)
    {
        var hundredths = kernel.Clock.Monotonic / (NanosecondsPerSecond / 100);
        var text = $"{hundredths / 100}.{hundredths % 100:00}";
        return $"{text} {text}\n";
    }

    public static string Version(LinuxKernel kernel) => $"{SystemNames.System} version {SystemNames.Release} {SystemNames.Version}\n";
}
