using LinuxWasm.Abi;
using static LinuxWasm.Kernel.Tests.FileSystems.Host.HostFolderGuest;

namespace LinuxWasm.Kernel.Tests.FileSystems.Host;

/// <summary>Mounting, and what a mount forbids.</summary>
public sealed class HostMountTests
{
    private const long MsReadOnly = 1;
    private const long MsRemount = 32;
    private const long MsBind = 4096;

    [Fact]
    public void A_bad_mount_is_refused()
    {
        using var guest = new HostFolderGuest();
        File.WriteAllText(guest.OnHost("file"), "");
        Assert.Equal(Errno.None, guest.MakeDirectoryAsHost("/other"));
        Assert.Equal(Errno.ENOENT, guest.Mount(guest.OnHost("missing"), "/other"));
        Assert.Equal(Errno.ENOENT, guest.Mount("", "/other"));
        Assert.Equal(Errno.ENOTDIR, guest.Mount(guest.OnHost("file"), "/other"));
        Assert.Equal(Errno.EINVAL, guest.Mount(guest.Folder, "/other", "uid"));
        Assert.Equal(Errno.EINVAL, guest.Mount(guest.Folder, "/other", "uid=-1"));
        Assert.Equal(Errno.EINVAL, guest.Mount(guest.Folder, "/other", "uid=4294967295"));
        Assert.Equal(Errno.EINVAL, guest.Mount(guest.Folder, "/other", "color=red"));
        Assert.Equal(Errno.None, guest.Mount(guest.Folder, "/other", "uid=7,gid=8"));
    }

    [Fact]
    public void A_folder_whose_name_is_not_ascii_is_mounted()
    {
        using var guest = new HostFolderGuest();
        Directory.CreateDirectory(guest.OnHost("gr\u00fcn"));
        File.WriteAllText(guest.OnHost("gr\u00fcn/f"), "inside");
        Assert.Equal(Errno.None, guest.MakeDirectoryAsHost("/other"));
        Assert.Equal(Errno.None, guest.Mount(guest.OnHost("gr\u00fcn"), "/other"));
        Assert.Equal("inside", guest.ReadText("/other/f"));
    }

    [Fact]
    public void A_read_only_mount_changes_nothing()
    {
        using var guest = new HostFolderGuest(readOnly: true);
        File.WriteAllText(guest.OnHost("f"), "text");
        Directory.CreateDirectory(guest.OnHost("d"));
        Assert.Equal("text", guest.ReadText("/mnt/f"));
        Assert.Equal(Errno.EROFS, guest.OpenError("/mnt/f", WriteOnly));
        Assert.Equal(Errno.EROFS, guest.OpenError("/mnt/f", ReadOnly | Truncate));
        Assert.Equal(Errno.EROFS, guest.OpenError("/mnt/new", WriteOnly | Create));
        Assert.Equal(Errno.EROFS, guest.Try("mkdir", guest.Text("/mnt/n"), 0x1ff));
        Assert.Equal(Errno.EROFS, guest.Try("unlink", guest.Text("/mnt/f")));
        Assert.Equal(Errno.EROFS, guest.Try("rmdir", guest.Text("/mnt/d")));
        Assert.Equal(Errno.EROFS, guest.Try("rename", guest.Text("/mnt/f"), guest.Text("/mnt/g")));
        Assert.Equal(Errno.EROFS, guest.Try("link", guest.Text("/mnt/f"), guest.Text("/mnt/g")));
        Assert.Equal(Errno.EROFS, guest.Try("symlink", guest.Text("x"), guest.Text("/mnt/g")));
        Assert.Equal(Errno.EROFS, guest.Try("mknod", guest.Text("/mnt/p"), 0x1000, 0));
        Assert.Equal(Errno.EROFS, guest.Try("chmod", guest.Text("/mnt/f"), 0));
        Assert.Equal(Errno.EROFS, guest.Try("chown", guest.Text("/mnt/f"), 1, 1));
        Assert.Equal(Errno.EROFS, guest.Try("truncate", guest.Text("/mnt/f"), 0));
        Assert.Equal(Errno.EROFS, guest.Try("utimensat", -100, guest.Text("/mnt/f"), 0, 0));
        Assert.Equal(["d", "f"], guest.Names("/mnt"));
    }

    [Fact]
    public void A_guest_can_not_make_a_read_only_mount_writable()
    {
        using var guest = new HostFolderGuest(readOnly: true);
        Assert.Equal(Errno.EROFS, guest.MountAsGuest("none", "/mnt", "host", MsRemount));
        guest.MountAsGuest("none", "/mnt", "host", MsRemount | MsBind);
        Assert.Equal(Errno.EROFS, guest.OpenError("/mnt/new", WriteOnly | Create));
        Assert.Equal(Errno.None, guest.MakeDirectoryAsHost("/bound"));
        Assert.Equal(Errno.None, guest.MountAsGuest("/mnt", "/bound", "host", MsBind));
        Assert.Equal(Errno.EROFS, guest.OpenError("/bound/new", WriteOnly | Create));
        Assert.Empty(Directory.GetFileSystemEntries(guest.Folder));
    }

    [Fact]
    public void A_writable_mount_can_be_made_read_only_and_writable_again()
    {
        using var guest = new HostFolderGuest();
        Assert.Equal(Errno.None, guest.MountAsGuest("none", "/mnt", "host", MsRemount | MsReadOnly));
        Assert.Equal(Errno.EROFS, guest.OpenError("/mnt/new", WriteOnly | Create));
        Assert.Equal(Errno.None, guest.MountAsGuest("none", "/mnt", "host", MsRemount));
        Assert.Equal(Errno.None, guest.OpenError("/mnt/new", WriteOnly | Create));
    }

    [Fact]
    public void Two_mounts_of_one_folder_show_the_same_files_at_once()
    {
        using var guest = new HostFolderGuest();
        Assert.Equal(Errno.None, guest.MakeDirectoryAsHost("/other"));
        Assert.Equal(Errno.None, guest.Mount(guest.Folder, "/other", flags: (ulong)MsReadOnly));
        guest.WriteText("/mnt/f", "one");
        Assert.Equal("one", guest.ReadText("/other/f"));
        guest.WriteText("/mnt/f", "longer than before");
        Assert.Equal("longer than before", guest.ReadText("/other/f"));
        Assert.Equal(18, guest.StatAt("/other/f").st_size);
        Assert.Equal(Errno.EROFS, guest.OpenError("/other/f", WriteOnly));
        Assert.Equal(Errno.None, guest.Try("rename", guest.Text("/mnt/f"), guest.Text("/mnt/g")));
        Assert.Equal(Errno.ENOENT, guest.TryStat("/other/f"));
        Assert.Equal(["g"], guest.Names("/other"));
        Assert.Equal(Errno.EXDEV, guest.Try("rename", guest.Text("/mnt/g"), guest.Text("/other/h")));
    }

    [Fact]
    public void Unmounting_leaves_nothing_open_on_the_host()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc/self/fd is Linux's");
        using var guest = new HostFolderGuest();
        Directory.CreateDirectory(guest.OnHost("a/b"));
        Assert.Equal(Errno.None, guest.TryStat("/mnt/a/b/c") == Errno.ENOENT ? Errno.None : Errno.EIO);
        Assert.Equal(Errno.None, guest.Try("mknod", guest.Text("/mnt/file"), 0x81a4, 0));
        Assert.NotEqual(0, OpenBelow(guest.Folder));
        Assert.Equal(Errno.None, guest.Try("umount2", guest.Text("/mnt"), 0));
        Assert.Equal(0, OpenBelow(guest.Folder));
    }

    [Fact]
    public void Statfs_tells_what_the_host_does()
    {
        using var guest = new HostFolderGuest();
        Assert.Equal(Errno.None, guest.Try("statfs", guest.Text("/mnt"), 0x10000));
        var statfs = guest.Memory(120);
        Assert.True(BitConverter.ToInt64(statfs, 16) > 0, "f_blocks");
        Assert.Equal(255, BitConverter.ToInt64(statfs, 64));
    }

    private static int OpenBelow(string folder) =>
        Directory.GetFiles("/proc/self/fd").Select(fd => new FileInfo(fd).LinkTarget).Count(target => target?.StartsWith(folder, StringComparison.Ordinal) == true);
}
