using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using static LinuxWasm.Kernel.Tests.FileSystems.Host.HostFolderGuest;

namespace LinuxWasm.Kernel.Tests.FileSystems.Host;

/// <summary>Owners, modes and times.</summary>
public sealed class HostMetadataTests : IDisposable
{
    private const int NoFollow = 0x100;
    private const long OmitTime = 0x3ffffffe;
    private const int CurrentDirectory = -100;

    private readonly HostFolderGuest _guest;

    public HostMetadataTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), NotOnWindows);
        _guest = new HostFolderGuest();
    }

    public void Dispose() => _guest?.Dispose();

    [Fact]
    public void Files_get_the_mode_that_was_asked_for_whatever_the_hosts_umask()
    {
        Assert.Equal(0x12, _guest.Call("umask", 0));
        _guest.Close(_guest.Open("/mnt/f", WriteOnly | Create, mode: 0x1ff));
        Assert.Equal((Mode)0x81ff, _guest.StatAt("/mnt/f").st_mode);
        Assert.Equal(Errno.None, _guest.Try("mkdir", _guest.Text("/mnt/d"), 0x1ff));
        Assert.Equal((Mode)0x41ff, _guest.StatAt("/mnt/d").st_mode);
        Assert.Equal(0x1ff, _guest.HostMode("d"));
    }

    [Fact]
    public void Modes_pass_through_both_ways()
    {
        _guest.WriteText("/mnt/f", "");
        Assert.Equal(Errno.None, _guest.Try("chmod", _guest.Text("/mnt/f"), 0x1e8));
        Assert.Equal(0x1e8, _guest.HostMode("f"));
        _guest.SetHostMode("f", 0x100);
        Assert.Equal((Mode)0x8100, _guest.StatAt("/mnt/f").st_mode);
        Assert.Equal(Errno.None, _guest.Try("chmod", _guest.Text("/mnt"), 0x1c0));
        Assert.Equal(0x1c0, _guest.HostMode(""));
        Assert.Equal((Mode)0x41c0, _guest.StatAt("/mnt").st_mode);
    }

    [Fact]
    public void Times_pass_through_both_ways()
    {
        _guest.WriteText("/mnt/f", "");
        File.SetLastWriteTimeUtc(_guest.OnHost("f"), DateTime.UnixEpoch.AddSeconds(1_000_000_000.5));
        var stat = _guest.StatAt("/mnt/f");
        Assert.Equal(1_000_000_000, stat.st_mtime);
        Assert.Equal(500_000_000ul, stat.st_mtime_nsec);

        SetTimes(0, OmitTime, 1234567890, 123456700);
        Assert.Equal(Errno.None, _guest.Try("utimensat", CurrentDirectory, _guest.Text("/mnt/f"), 0x20000, 0));
        Assert.Equal(DateTime.UnixEpoch.AddSeconds(1234567890).AddTicks(1234567), File.GetLastWriteTimeUtc(_guest.OnHost("f")));
        Assert.Equal(123456700ul, _guest.StatAt("/mnt/f").st_mtime_nsec);
        Assert.Equal(stat.st_atime, _guest.StatAt("/mnt/f").st_atime);
    }

    [Fact]
    public void A_links_own_times_change_and_not_its_targets()
    {
        _guest.WriteText("/mnt/f", "");
        Assert.Equal(Errno.None, _guest.Try("symlink", _guest.Text("f"), _guest.Text("/mnt/l")));
        var before = _guest.StatAt("/mnt/f").st_mtime;
        SetTimes(1, 0, 2, 0);
        Assert.Equal(Errno.None, _guest.Try("utimensat", CurrentDirectory, _guest.Text("/mnt/l"), 0x20000, NoFollow));
        Assert.Equal(2, _guest.StatAt("/mnt/l").st_mtime);
        Assert.Equal(before, _guest.StatAt("/mnt/f").st_mtime);
    }

    [Fact]
    public void The_hosts_user_is_root_or_himself()
    {
        _guest.WriteText("/mnt/f", "");
        Assert.Equal((0u, 0u), Owner("/mnt/f"));
        // As root's file, whether root is the host's or what its user is shown as.
        Assert.Equal(Errno.None, _guest.Try("chown", _guest.Text("/mnt/f"), 0, 0));
    }

    [Fact]
    public void Ids_of_the_host_pass_through_where_its_root_runs_this()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && OperatingSystem.IsLinux(), "files are given away by root only");
        using var guest = new HostFolderGuest();
        guest.WriteText("/mnt/f", "");
        Assert.Equal(Errno.None, guest.Try("chown", guest.Text("/mnt/f"), 1234, 4321));
        var stat = guest.StatAt("/mnt/f");
        Assert.Equal((1234u, 4321u), (stat.st_uid, stat.st_gid));
        Assert.Equal(Errno.None, guest.Try("symlink", guest.Text("nowhere"), guest.Text("/mnt/l")));
        Assert.Equal(Errno.None, guest.Try("lchown", guest.Text("/mnt/l"), 7, 8));
        Assert.Equal(7u, guest.StatAt("/mnt/l").st_uid);
    }

    [Fact]
    public void What_a_guests_user_makes_is_his_where_the_hosts_root_runs_this()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && OperatingSystem.IsLinux(), "files are given away by root only");
        using var guest = new HostFolderGuest(credentials: Credentials.ForUser(1000, 100));
        guest.SetHostMode("", 0x1ff);
        guest.WriteText("/mnt/f", "");
        Assert.Equal(Errno.None, guest.Try("mkdir", guest.Text("/mnt/d"), 0x1ff));
        foreach (var path in new[] { "/mnt/f", "/mnt/d" })
            Assert.Equal((1000u, 100u), (guest.StatAt(path).st_uid, guest.StatAt(path).st_gid));
        Assert.Equal(Errno.EPERM, guest.Try("chown", guest.Text("/mnt/f"), 0, 0));
    }

    [Fact]
    public void The_options_uid_and_gid_show_everything_as_one_users()
    {
        using var guest = new HostFolderGuest("uid=1000,gid=100");
        File.WriteAllText(guest.OnHost("f"), "");
        guest.WriteText("/mnt/g", "");
        foreach (var path in new[] { "/mnt/f", "/mnt/g", "/mnt" })
            Assert.Equal((1000u, 100u), (guest.StatAt(path).st_uid, guest.StatAt(path).st_gid));
        Assert.Equal(Errno.None, guest.Try("chown", guest.Text("/mnt/f"), 1000, 100));
        Assert.Equal(Errno.EPERM, guest.Try("chown", guest.Text("/mnt/f"), 0, 0));
    }

    [Fact]
    public void Numbers_stay_the_same_and_are_the_hosts()
    {
        _guest.WriteText("/mnt/f", "x");
        var before = _guest.StatAt("/mnt/f");
        Assert.Equal(Errno.None, _guest.Try("rename", _guest.Text("/mnt/f"), _guest.Text("/mnt/g")));
        var after = _guest.StatAt("/mnt/g");
        Assert.Equal((before.st_dev, before.st_ino), (after.st_dev, after.st_ino));
        Assert.Equal(1ul, after.st_nlink);
        Assert.True(after.st_blksize > 0);
    }

    private (uint Uid, uint Gid) Owner(string path)
    {
        var stat = _guest.StatAt(path);
        return (stat.st_uid, stat.st_gid);
    }

    private void SetTimes(params ReadOnlySpan<long> words)
    {
        for (var i = 0; i < words.Length; i++)
            Assert.True(_guest.Guest.Memory.TryWrite(new GuestPtr((uint)(0x20000 + (i * 8))), words[i]));
    }
}
