using System.Globalization;
using System.Text;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Proc;

/// <summary>/proc/pid, and /proc/pid/task/tid, which has the same files for one thread.</summary>
internal sealed class ProcProcess : ProcDirectory
{
    private static readonly ProcEntry[] OfEither =
    [
        Text("cmdline", ProcessTexts.CommandLine),
        Text("comm", ProcessTexts.Comm),
        Link("cwd", task => task.Fs.WorkingDirectory),
        Text("environ", ProcessTexts.Environment, ownerOnly: true),
        Link("exe", task => task.Group.Executable),
        new("fd", Mode.S_IFDIR, static (superBlock, process) => new ProcDescriptors(superBlock, process!)),
        Text("limits", ProcessTexts.Limits),
        Text("maps", ProcessTexts.Maps),
        MountText("mountinfo", MountTexts.MountInfo),
        MountText("mounts", MountTexts.Mounts),
        new("net", Mode.S_IFDIR, static (superBlock, _) => new ProcDirectory(superBlock, NetTexts.Table)),
        Link("root", task => task.Fs.Root),
        Text("stat", ProcessTexts.Stat),
        Text("statm", ProcessTexts.MemoryInPages),
        Text("status", ProcessTexts.Status),
    ];

    private static readonly ProcEntry[] OfProcess =
    [
        .. OfEither,
        new("task", Mode.S_IFDIR, static (superBlock, process) => new ProcThreads(superBlock, process!)),
    ];

    public ProcProcess(ProcSuperBlock superBlock, ThreadGroup process, bool isThread = false)
        : base(superBlock, isThread ? OfEither : OfProcess, process)
    {
        IsThread = isThread;
    }

    /// <summary>True below /proc/pid/task.</summary>
    public bool IsThread { get; }

    private static ProcEntry Text(string name, Func<LinuxTask, string> text, bool ownerOnly = false) => new(name, Mode.S_IFREG, (superBlock, process) =>
        new ProcText(superBlock, _ => Leader(process!) is { } task ? Encoding.UTF8.GetBytes(text(task)) : [], process, ownerOnly ? Mode.S_IRUSR : Mode.S_IRUSR | Mode.S_IRGRP | Mode.S_IROTH));

    private static ProcEntry MountText(string name, Func<MountNamespace, VfsPath, byte[]> text) => new(name, Mode.S_IFREG, (superBlock, process) =>
        new ProcText(superBlock, _ => Leader(process!) is { } task ? text(task.Kernel.Mounts, task.Fs.Root) : [], process));

    private static ProcEntry Link(string name, Func<LinuxTask, VfsPath?> place) => new(name, Mode.S_IFLNK, (superBlock, process) =>
        new ProcMagicLink(superBlock, process!, () => Leader(process!) is { } task ? place(task) : null));

    private static LinuxTask? Leader(ThreadGroup process) => process.Tasks is [var leader, ..] ? leader : null;
}

/// <summary>/proc/pid/task: a directory for each thread.</summary>
internal sealed class ProcThreads(ProcSuperBlock superBlock, ThreadGroup process) : ProcDirectory(superBlock, [], process)
{
    protected override ProcInode? FindChanging(string name) =>
        int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var tid) && Process!.Tasks.Any(task => task.Tid == tid)
            ? new ProcProcess(SuperBlock, Process, isThread: true)
            : null;

    protected override IEnumerable<(string Name, Mode Type, int Number)> Changing() =>
        Process!.Tasks.OrderBy(task => task.Tid).Select(task => (task.Tid.ToString(CultureInfo.InvariantCulture), Mode.S_IFDIR, task.Tid));
}

/// <summary>/proc/pid/fd: a link for each descriptor. Its mode says how the file is open.</summary>
internal sealed class ProcDescriptors(ProcSuperBlock superBlock, ThreadGroup process)
    : ProcDirectory(superBlock, [], process, Mode.S_IRUSR | Mode.S_IXUSR)
{
    protected override bool MayList(LinuxTask? task) => MayLookInto(Process!, task);

    protected override ProcInode? FindChanging(string name)
    {
        if (!int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var fd) || Find(fd, out var mode) is null)
            return null;
        return new ProcMagicLink(SuperBlock, Process!, () => Find(fd, out _), mode);
    }

    protected override IEnumerable<(string Name, Mode Type, int Number)> Changing() =>
        Process!.Tasks is [var task, ..]
            ? task.Files.OpenDescriptors().Select(fd => (fd.ToString(CultureInfo.InvariantCulture), Mode.S_IFLNK, fd))
            : [];

    private VfsPath? Find(int fd, out Mode mode)
    {
        mode = Mode.S_IXUSR;
        if (Process!.Tasks is not [var task, ..])
            return null;
        using var reference = task.Files.GetCounted(fd);
        if (reference.File is not { } file)
            return null;
        if (file.CanRead)
            mode |= Mode.S_IRUSR;
        if (file.CanWrite)
            mode |= Mode.S_IWUSR;
        return file.Path;
    }
}
