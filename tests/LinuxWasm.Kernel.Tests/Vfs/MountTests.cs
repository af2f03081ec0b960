using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Tests.Vfs;

/// <summary>mount(2), umount(2), pivot_root(2).</summary>
public sealed class MountTests : IDisposable
{
    private readonly TreeGuest _guest = new();

    public MountTests() => _guest.Directory("/m");

    public void Dispose() => _guest.Dispose();

    [Fact]
    public void A_mount_covers_a_directory_until_it_is_taken_away()
    {
        _guest.File("/m/below", "below");
        var outer = _guest.Stat("/m").st_dev;
        Mount("/m");
        Assert.NotEqual(outer, _guest.Stat("/m").st_dev);
        Assert.Empty(_guest.List("/m"));
        _guest.File("/m/above");
        Assert.Equal(_guest.Stat("/").st_ino, _guest.Stat("/m/..").st_ino);
        _guest.Ok("umount2", _guest.Text("/m"), 0);
        Assert.Equal("below", _guest.Content("/m/below"));
    }

    [Fact]
    public void What_is_in_use_is_busy_and_a_lazy_unmount_takes_it_all_the_same()
    {
        Mount("/m");
        var fd = _guest.Open("/m/f", OpenFlags.O_CREAT | OpenFlags.O_RDWR);
        Assert.Equal(Errno.EBUSY, _guest.Error("umount2", _guest.Text("/m"), 0));
        Assert.Equal(Errno.EBUSY, _guest.Error("rmdir", _guest.Text("/m")));
        _guest.Ok("umount2", _guest.Text("/m"), (long)UmountFlags.MNT_DETACH);
        _guest.Ok("write", fd, _guest.Text("x"), 1);
        _guest.Ok("close", fd);
        _guest.Ok("rmdir", _guest.Text("/m"));
    }

    [Fact]
    public void A_mount_expires_when_nobody_used_it_between_two_looks()
    {
        Mount("/m");
        var expire = (long)UmountFlags.MNT_EXPIRE;
        Assert.Equal(Errno.EAGAIN, _guest.Error("umount2", _guest.Text("/m"), expire));
        _guest.Ok("stat", _guest.Text("/m"), TestGuest.Scratch);
        Assert.Equal(Errno.EAGAIN, _guest.Error("umount2", _guest.Text("/m"), expire));
        _guest.Ok("umount2", _guest.Text("/m"), expire);
        Assert.Equal(Errno.EINVAL, _guest.Error("umount2", _guest.Text("/m"), expire));
    }

    [Fact]
    public void A_file_system_is_not_made_read_only_while_it_is_written_to_in_another_place()
    {
        Mount("/m");
        _guest.Directory("/n");
        _guest.Ok("mount", _guest.Text("/m"), _guest.Text("/n"), 0, (long)MountSyscallFlags.MS_BIND, 0);
        var fd = _guest.Open("/n/f", OpenFlags.O_CREAT | OpenFlags.O_WRONLY);
        const long Remount = (long)(MountSyscallFlags.MS_REMOUNT | MountSyscallFlags.MS_RDONLY);
        Assert.Equal(Errno.EBUSY, _guest.Error("mount", 0, _guest.Text("/m"), 0, Remount, 0));
        _guest.Ok("mount", 0, _guest.Text("/m"), 0, Remount | (long)MountSyscallFlags.MS_BIND, 0);
        Assert.Equal(-(long)Errno.EROFS, _guest.Open("/m/f", OpenFlags.O_RDWR));
        _guest.Ok("write", fd, _guest.Text("x"), 1);
    }

    [Fact]
    public void A_read_only_mount_is_not_written_to()
    {
        Mount("/m");
        _guest.File("/m/f", "x");
        var reader = _guest.Open("/m/f", OpenFlags.O_RDWR);
        Assert.Equal(Errno.EBUSY, _guest.Error("mount", 0, _guest.Text("/m"), 0, (long)(MountSyscallFlags.MS_REMOUNT | MountSyscallFlags.MS_RDONLY), 0));
        _guest.Ok("close", reader);
        _guest.Ok("mount", 0, _guest.Text("/m"), 0, (long)(MountSyscallFlags.MS_REMOUNT | MountSyscallFlags.MS_RDONLY), 0);
        Assert.Equal(-(long)Errno.EROFS, _guest.Open("/m/f", OpenFlags.O_RDWR));
        Assert.Equal(-(long)Errno.EROFS, _guest.Open("/m/new", OpenFlags.O_CREAT));
        foreach (var call in new[] { "unlink", "rmdir" })
            Assert.Equal(Errno.EROFS, _guest.Error(call, _guest.Text("/m/f")));
        Assert.Equal(Errno.EROFS, _guest.Error("chmod", _guest.Text("/m/f"), 0));
        Assert.Equal(Errno.EROFS, _guest.Error("truncate", _guest.Text("/m/f"), 0));
        Assert.Equal(Errno.EEXIST, _guest.Error("mkdir", _guest.Text("/m/f"), 0));
        Assert.Equal(Errno.EROFS, _guest.Error("access", _guest.Text("/m/f"), (long)AccessMode.W_OK));
        Assert.Equal("x", _guest.Content("/m/f"));
    }

    [Fact]
    public void A_directory_is_shown_at_a_second_place()
    {
        _guest.Directory("/d");
        _guest.File("/d/f", "same");
        _guest.Ok("mount", _guest.Text("/d"), _guest.Text("/m"), 0, (long)MountSyscallFlags.MS_BIND, 0);
        Assert.Equal("same", _guest.Content("/m/f"));
        Assert.Equal(_guest.Stat("/d/f").st_ino, _guest.Stat("/m/f").st_ino);
        Assert.Equal(Errno.EXDEV, _guest.Error("link", _guest.Text("/d/f"), _guest.Text("/m/g")));
        _guest.Ok("chdir", _guest.Text("/m"));
        Assert.Equal(3, _guest.Ok("getcwd", TestGuest.Scratch, 100));
    }

    [Fact]
    public void Only_the_administrator_mounts()
    {
        using var other = _guest.Become(1000);
        Assert.Equal(Errno.EPERM, other.Error("mount", 0, other.Text("/m"), other.Text("tmpfs"), 0, 0));
        Assert.Equal(Errno.EPERM, other.Error("umount2", other.Text("/m"), 0));
        Assert.Equal(Errno.ENOENT, other.Error("umount2", other.Text("/none"), 0));
    }

    [Theory]
    [InlineData("/none", "tmpfs", "", Errno.ENOENT)]
    [InlineData("/m", "nofs", "", Errno.ENODEV)]
    [InlineData("/m", "tmpfs", "bogus=1", Errno.EINVAL)]
    [InlineData("/m", "tmpfs", "size=x", Errno.EINVAL)]
    [InlineData("/file", "tmpfs", "", Errno.ENOTDIR)]
    public void What_can_t_be_mounted_is_refused(string target, string type, string options, Errno expected)
    {
        _guest.File("/file");
        Assert.Equal(expected, _guest.Error("mount", 0, _guest.Text(target), _guest.Text(type), 0, _guest.Text(options)));
        Assert.Equal(Errno.EINVAL, _guest.Error("umount2", _guest.Text("/m"), 0));
    }

    [Fact]
    public void Another_mount_becomes_the_root()
    {
        Mount("/m");
        _guest.Directory("/m/old");
        _guest.File("/m/new", "new");
        _guest.File("/outside", "old");
        Assert.Equal(Errno.EINVAL, _guest.Error("pivot_root", _guest.Text("/m/old"), _guest.Text("/m/old")));
        _guest.Ok("pivot_root", _guest.Text("/m"), _guest.Text("/m/old"));
        Assert.Equal("new", _guest.Content("/new"));
        Assert.Equal("old", _guest.Content("/old/outside"));
        _guest.Ok("umount2", _guest.Text("/old"), (long)UmountFlags.MNT_DETACH);
        Assert.Empty(_guest.List("/old"));
    }

    private void Mount(string target) => _guest.Ok("mount", 0, _guest.Text(target), _guest.Text("tmpfs"), 0, 0);
}
