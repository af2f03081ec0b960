using System.Text;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Proc;

/// <summary>/proc/pid/mounts and mountinfo: the mounts that a process can reach from its root (proc_mounts(5), proc_pid_mountinfo(5)).</summary>
internal static class MountTexts
{
    public static byte[] Mounts(MountNamespace mounts, VfsPath root) => Lines(mounts, root, static (mount, path) =>
        $"{Escape(mount.SuperBlock.Source)} {path} {mount.SuperBlock.Type.Name} {(mount.IsReadOnly ? "ro" : "rw")}{FlagsOf(mount)}{mount.SuperBlock.Options} 0 0\n");

    public static byte[] MountInfo(MountNamespace mounts, VfsPath root) => Lines(mounts, root, static (mount, path) =>
    {
        var bound = Escape(Encoding.Latin1.GetString(PathText.Within(mount.Root)));
        var readOnly = (mount.Flags & MountFlags.ReadOnly) != 0 ? "ro" : "rw";
        return $"{mount.Id} {mount.Covers?.Mount.Id ?? 0} {mount.SuperBlock.Device} {bound} {path} {readOnly}{FlagsOf(mount)} - {mount.SuperBlock.Type.Name} "
            + $"{Escape(mount.SuperBlock.Source)} {(mount.SuperBlock.IsReadOnly ? "ro" : "rw")}{mount.SuperBlock.Options}\n";
    });

    private static byte[] Lines(MountNamespace mounts, VfsPath root, Func<Mount, string, string> line)
    {
        var text = new StringBuilder();
        foreach (var mount in mounts.All)
        {
            var path = Encoding.Latin1.GetString(PathText.Of(mounts, root, mount.RootPath));
            // What lies outside of a process's root is not shown to it.
            if (path[0] == '/')
                text.Append(line(mount, Escape(path)));
        }

        return Encoding.Latin1.GetBytes(text.ToString());
    }

    private static string FlagsOf(Mount mount)
    {
        ReadOnlySpan<(MountFlags Flag, string Name)> names =
        [
            (MountFlags.NoSuid, ",nosuid"), (MountFlags.NoDev, ",nodev"), (MountFlags.NoExec, ",noexec"), (MountFlags.NoAtime, ",noatime"),
            (MountFlags.NoDirAtime, ",nodiratime"), (MountFlags.RelAtime, ",relatime"), (MountFlags.NoSymFollow, ",nosymfollow"),
        ];
        var text = "";
        foreach (var (flag, name) in names)
        {
            if ((mount.Flags & flag) != 0)
                text += name;
        }

        return text;
    }

    /// <summary>Blanks, line ends and backslashes would break the columns: they are written in octal.</summary>
    private static string Escape(string text)
    {
        if (text.AsSpan().IndexOfAny(" \t\n\\#") < 0)
            return text;
        var escaped = new StringBuilder();
        foreach (var character in text)
            escaped.Append(character is ' ' or '\t' or '\n' or '\\' or '#' ? "\\" + Convert.ToString(character, 8).PadLeft(3, '0') : character.ToString());
        return escaped.ToString();
    }
}
