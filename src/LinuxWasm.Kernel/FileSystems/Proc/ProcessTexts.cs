using System.Globalization;
using System.Text;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Proc;

/// <summary>What the files of a process say, in proc(5)'s formats. They are told as they are at the moment, without stopping the process.</summary>
internal static class ProcessTexts
{
    public static string CommandLine(LinuxTask task) => string.Concat(task.Group.CommandLine.Select(argument => argument + "\0"));

    public static string Comm(LinuxTask task) => task.Comm + "\n";

    public static string Environment(LinuxTask task) => string.Concat(task.Group.Environment.Select(variable => variable + "\0"));

    public static string Status(LinuxTask task)
    {
        var group = task.Group;
        var credentials = task.Credentials;
        var (letter, state) = StateOf(group);
        var (mapped, locked) = task.AddressSpace.Usage;
        var text = new StringBuilder();
        void Row(string name, string value) => text.Append(name).Append(":\t").Append(value).Append('\n');
        void Kilobytes(string name, ulong bytes) => Row(name, $"{bytes >> 10,8} kB");
        void Mask(string name, ulong bits) => Row(name, $"{bits:x16}");
        Row("Name", task.Comm);
        Row("Umask", "0" + Convert.ToString((int)task.Fs.Umask, 8).PadLeft(3, '0'));
        Row("State", $"{letter} ({state})");
        Row("Tgid", $"{group.Pid}");
        Row("Ngid", "0");
        Row("Pid", $"{task.Tid}");
        Row("PPid", $"{group.Parent?.Pid ?? 0}");
        Row("TracerPid", "0");
        Row("Uid", $"{credentials.Uid}\t{credentials.Euid}\t{credentials.Suid}\t{credentials.Fsuid}");
        Row("Gid", $"{credentials.Gid}\t{credentials.Egid}\t{credentials.Sgid}\t{credentials.Fsgid}");
        Row("FDSize", $"{task.Files.Capacity}");
        Row("Groups", string.Concat(credentials.Groups.Select(gid => $"{gid} ")));
        Kilobytes("VmPeak", task.AddressSpace.PeakBytes);
        Kilobytes("VmSize", mapped);
        Kilobytes("VmLck", locked);
        Kilobytes("VmHWM", task.AddressSpace.PeakBytes);
        Kilobytes("VmRSS", mapped);
        Row("Threads", $"{group.Tasks.Count}");
        Mask("SigPnd", task.Pending.Set.Bits);
        Mask("ShdPnd", group.SharedPending.Set.Bits);
        Mask("SigBlk", task.Blocked.Bits);
        Mask("SigIgn", Signals(group, Disposition.Ignore));
        Mask("SigCgt", Signals(group, Disposition.Handler));
        Mask("CapInh", credentials.Inheritable.Bits);
        Mask("CapPrm", credentials.Permitted.Bits);
        Mask("CapEff", credentials.Effective.Bits);
        Mask("CapBnd", credentials.Bounding.Bits);
        Mask("CapAmb", credentials.Ambient.Bits);
        Row("NoNewPrivs", task.NoNewPrivileges ? "1" : "0");
        Row("Seccomp", "0");
        Row("Cpus_allowed", "1");
        Row("Cpus_allowed_list", "0");
        Row("voluntary_ctxt_switches", $"{task.Usage.VoluntarySwitches}");
        Row("nonvoluntary_ctxt_switches", "0");
        return text.ToString();
    }

    /// <summary>One line of 52 numbers; what this kernel does not count is 0.</summary>
    public static string Stat(LinuxTask task)
    {
        var group = task.Group;
        var children = group.ChildrenUsage;
        var mapped = task.AddressSpace.Usage.Mapped;
        string[] fields =
        [
            $"{task.Tid}", $"({task.Comm})", StateOf(group).Letter.ToString(), $"{group.Parent?.Pid ?? 0}", $"{group.ProcessGroup}", $"{group.Session}", "0", "-1",
            "0", "0", "0", "0", "0",
            $"{group.Usage.UserTime / Time.ClockTicks.Nanoseconds}", $"{group.Usage.SystemTime / Time.ClockTicks.Nanoseconds}",
            $"{children.UserTime / Time.ClockTicks.Nanoseconds}", $"{children.SystemTime / Time.ClockTicks.Nanoseconds}",
            "20", "0", $"{group.Tasks.Count}", "0", $"{group.StartTime / Time.ClockTicks.Nanoseconds}",
            $"{mapped}", $"{mapped / GuestMemory.PageSize}", $"{group.Limits[Resource.RLIMIT_RSS]}",
        ];
        const int FieldCount = 52;
        return string.Join(' ', fields.Concat(Enumerable.Repeat("0", FieldCount - fields.Length))) + "\n";
    }

    public static string MemoryInPages(LinuxTask task)
    {
        var pages = task.AddressSpace.Usage.Mapped / GuestMemory.PageSize;
        return $"{pages} {pages} 0 0 0 {pages} 0\n";
    }

    public static string Maps(LinuxTask task)
    {
        var text = new StringBuilder();
        foreach (var area in task.AddressSpace.Areas)
        {
            var start = (ulong)area.Start << GuestMemory.PageShift;
            var end = (ulong)area.End << GuestMemory.PageShift;
            var access = string.Concat(
                (area.Protection & ProtFlags.PROT_READ) != 0 ? 'r' : '-',
                (area.Protection & ProtFlags.PROT_WRITE) != 0 ? 'w' : '-',
                (area.Protection & ProtFlags.PROT_EXEC) != 0 ? 'x' : '-',
                area.IsShared ? 's' : 'p');
            var device = area.File?.File.Inode.SuperBlock.Device ?? default;
            var line = $"{start:x8}-{end:x8} {access} {area.FilePage << GuestMemory.PageShift:x8} {device.Major:x2}:{device.Minor:x2} {area.File?.File.Inode.Ino ?? 0} ";
            var name = area.File is { } mapping ? Encoding.UTF8.GetString(PathText.OfOpen(task.Kernel.Mounts, task.Fs.Root, mapping.File.Path)) : area.Name;
            const int NameColumn = 73;
            text.Append(name is null ? line : line.PadRight(NameColumn) + name.Replace("\n", "\\012", StringComparison.Ordinal)).Append('\n');
        }

        return text.ToString();
    }

    public static string Limits(LinuxTask task)
    {
        var text = new StringBuilder(Line("Limit", "Soft Limit", "Hard Limit", "Units"));
        foreach (var (resource, name, unit) in LimitNames)
        {
            var limit = task.Group.Limits.Get(resource);
            text.Append(Line(name, Text(limit.Soft), Text(limit.Hard), unit));
        }

        return text.ToString();

        static string Text(ulong value) => value == Rlimit.Infinity ? "unlimited" : value.ToString(CultureInfo.InvariantCulture);
        static string Line(string name, string soft, string hard, string unit) => $"{name,-25} {soft,-20} {hard,-20} {unit,-10}\n";
    }

    public static ulong MappedBytes(ThreadGroup group) => group.Tasks is [var task, ..] ? task.AddressSpace.Usage.Mapped : 0;

    private static readonly (Resource Resource, string Name, string Unit)[] LimitNames =
    [
        (Resource.RLIMIT_CPU, "Max cpu time", "seconds"),
        (Resource.RLIMIT_FSIZE, "Max file size", "bytes"),
        (Resource.RLIMIT_DATA, "Max data size", "bytes"),
        (Resource.RLIMIT_STACK, "Max stack size", "bytes"),
        (Resource.RLIMIT_CORE, "Max core file size", "bytes"),
        (Resource.RLIMIT_RSS, "Max resident set", "bytes"),
        (Resource.RLIMIT_NPROC, "Max processes", "processes"),
        (Resource.RLIMIT_NOFILE, "Max open files", "files"),
        (Resource.RLIMIT_MEMLOCK, "Max locked memory", "bytes"),
        (Resource.RLIMIT_AS, "Max address space", "bytes"),
        (Resource.RLIMIT_LOCKS, "Max file locks", "locks"),
        (Resource.RLIMIT_SIGPENDING, "Max pending signals", "signals"),
        (Resource.RLIMIT_MSGQUEUE, "Max msgqueue size", "bytes"),
        (Resource.RLIMIT_NICE, "Max nice priority", ""),
        (Resource.RLIMIT_RTPRIO, "Max realtime priority", ""),
        (Resource.RLIMIT_RTTIME, "Max realtime timeout", "us"),
    ];

    private static (char Letter, string Name) StateOf(ThreadGroup group) =>
        group.HasEnded ? ('Z', "zombie")
        : group.IsStopped ? ('T', "stopped")
        : group.Tasks.Any(task => task.IsRunning) ? ('R', "running") : ('S', "sleeping");

    private static ulong Signals(ThreadGroup group, Disposition disposition)
    {
        ulong bits = 0;
        for (var signal = (Signal)1; signal <= Signal.SIGRTMAX; signal++)
        {
            if (group.Actions[signal].Disposition == disposition)
                bits |= 1UL << ((int)signal - 1);
        }

        return bits;
    }
}
