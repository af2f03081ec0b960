using System.Globalization;
using System.Text;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Vfs;
using LinuxWasm.PowerShell.Output;

namespace LinuxWasm.PowerShell.Kernels;

/// <summary>Looks at what a kernel holds, without making calls in it.</summary>
internal static class KernelInspection
{
    /// <summary>The open descriptors of a process, lowest first; null where there is no such process.</summary>
    public static IReadOnlyList<WasmFd>? DescriptorsOf(WasmKernel kernel, int pid)
    {
        if (kernel.Machine.Kernel.Pids.FindGroup(pid)?.Tasks is not [var task, ..])
            return null;
        var found = new List<WasmFd>();
        foreach (var fd in task.Files.OpenDescriptors())
        {
            using var use = task.Files.GetCounted(fd);
            // Closed since the list was made.
            if (use.File is { } file)
                found.Add(Describe(kernel, pid, fd, file, task.Files.IsCloseOnExec(fd)));
        }

        return found;
    }

    /// <summary>The mounts, oldest first.</summary>
    public static IEnumerable<WasmMount> MountsOf(WasmKernel kernel)
    {
        var mounts = kernel.Machine.Kernel.Mounts;
        foreach (var mount in mounts.All)
        {
            yield return new WasmMount
            {
                Target = mount.Covers is { } covered ? PathOf(mounts, covered) : "/",
                Type = mount.SuperBlock.Type.Name,
                Source = mount.SuperBlock.Source,
                Options = OptionsOf(mount),
                ReadOnly = mount.IsReadOnly,
                Users = mount.Users,
                Id = mount.Id,
                Kernel = kernel,
            };
        }
    }

    private static WasmFd Describe(WasmKernel kernel, int pid, int fd, OpenFile file, bool closeOnExec) => new()
    {
        Fd = fd,
        ProcessId = pid,
        Path = PathOf(kernel.Machine.Kernel.Mounts, file),
        Type = TypeOf(file.Inode.Mode),
        Access = (file.CanRead, file.CanWrite) switch { (true, true) => "rw", (true, false) => "r", (false, true) => "w", _ => "-" },
        Flags = FlagsOf(file.Flags),
        CloseOnExec = closeOnExec,
        Position = (file.Modes & OpenModes.HasPosition) != 0 ? file.Position : null,
        Inode = file.Inode.Ino,
        FileSystem = file.Path.Mount.SuperBlock.Type.Name,
        Kernel = kernel,
    };

    private static string PathOf(MountNamespace mounts, OpenFile file)
    {
        var place = file.Path;
        var mounted = ReferenceEquals(place.Mount, mounts.Root) || place.Mount.Covers is not null;
        if (!mounted)
            return TypeOf(file.Inode.Mode) == "Pipe" && place.Mount.SuperBlock.Type.Name == "pipefs"
                ? string.Create(CultureInfo.InvariantCulture, $"pipe:[{file.Inode.Ino}]")
                : place.Dentry.Name.ToString();
        return PathOf(mounts, place) + (place.Dentry.IsRemoved ? " (deleted)" : "");
    }

    private static string PathOf(MountNamespace mounts, VfsPath place) =>
        Encoding.UTF8.GetString(PathText.Of(mounts, mounts.Root!.RootPath, place));

    private static string TypeOf(Mode mode) => (mode & Mode.S_IFMT) switch
    {
        Mode.S_IFREG => "File",
        Mode.S_IFDIR => "Directory",
        Mode.S_IFCHR => "CharacterDevice",
        Mode.S_IFBLK => "BlockDevice",
        Mode.S_IFIFO => "Pipe",
        Mode.S_IFLNK => "SymbolicLink",
        Mode.S_IFSOCK => "Socket",
        _ => "Anonymous",
    };

    private static string FlagsOf(OpenFlags flags)
    {
        // O_LARGEFILE says only that the opener's offsets have 64 bits, which all have but old i386 calls.
        var status = flags & ~(OpenFlags.O_ACCMODE | OpenFlags.O_LARGEFILE);
        return status == 0 ? "" : status.ToString().Replace(", ", "|", StringComparison.Ordinal);
    }

    private static string OptionsOf(Mount mount)
    {
        var options = new StringBuilder(mount.IsReadOnly ? "ro" : "rw");
        foreach (var (flag, name) in (ReadOnlySpan<(MountFlags, string)>)
            [
                (MountFlags.NoSuid, "nosuid"), (MountFlags.NoDev, "nodev"), (MountFlags.NoExec, "noexec"), (MountFlags.NoAtime, "noatime"),
                (MountFlags.NoDirAtime, "nodiratime"), (MountFlags.RelAtime, "relatime"), (MountFlags.NoSymFollow, "nosymfollow"),
            ])
        {
            if ((mount.Flags & flag) != 0)
                options.Append(',').Append(name);
        }

        return options.Append(mount.SuperBlock.Options).ToString();
    }
}
