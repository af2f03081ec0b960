using System.Globalization;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.FileSystems.Proc;

/// <summary>The top of proc: the kernel's files, and a directory for each process.</summary>
internal sealed class ProcRoot(ProcSuperBlock superBlock) : ProcDirectory(superBlock, Table)
{
    private static readonly ProcEntry[] Table =
    [
        Link("self", task => task?.Group.Pid.ToString(CultureInfo.InvariantCulture)),
        Link("thread-self", task => task is null ? null : $"{task.Group.Pid}/task/{task.Tid}"),
        Link("mounts", static _ => "self/mounts"),
        Link("net", static _ => "self/net"),
        Text("cmdline", static _ => "linuxwasm\n"),
        Text("cpuinfo", KernelTexts.CpuInfo),
        Text("filesystems", KernelTexts.FileSystems),
        Text("loadavg", KernelTexts.LoadAverage),
        Text("meminfo", KernelTexts.MemoryInfo),
        Text("stat", KernelTexts.Statistics),
        Text("uptime", KernelTexts.Uptime),
        Text("version", KernelTexts.Version),
        new("sys", Mode.S_IFDIR, static (superBlock, _) => new ProcDirectory(superBlock, ProcSys.Table)),
    ];

    protected override ProcInode? FindChanging(string name) =>
        int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && name[0] != '0' && Kernel.Pids.FindGroup(pid) is { } process
            ? new ProcProcess(SuperBlock, process)
            : null;

    protected override IEnumerable<(string Name, Mode Type, int Number)> Changing() =>
        Kernel.Pids.Groups.OrderBy(group => group.Pid).Select(group => (group.Pid.ToString(CultureInfo.InvariantCulture), Mode.S_IFDIR, group.Pid));

    private static ProcEntry Link(string name, Func<LinuxTask?, string?> target) =>
        new(name, Mode.S_IFLNK, (superBlock, _) => new ProcLink(superBlock, target));

    private static ProcEntry Text(string name, Func<LinuxKernel, string> text) =>
        new(name, Mode.S_IFREG, (superBlock, _) => ProcText.Of(superBlock, () => text(superBlock.Kernel)));
}
