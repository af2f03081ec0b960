using LinuxWasm.Abi;
using LinuxWasm.Kernel.FileSystems.Host;
using LinuxWasm.Kernel.FileSystems.Host.Platform.Managed;
using static LinuxWasm.Kernel.Tests.FileSystems.Host.HostFolderGuest;

namespace LinuxWasm.Kernel.Tests.FileSystems.Host;

/// <summary>The way over paths that Windows gets, tried on whatever host this is.</summary>
public sealed class ManagedFolderTests : IDisposable
{
    private readonly HostFolderGuest _guest = new(type: new HostFolderType(new ManagedFolders()));

    public void Dispose() => _guest.Dispose();

    [Fact]
    public void Files_are_read_and_written_both_ways()
    {
        _guest.WriteText("/mnt/f", "from the guest");
        Assert.Equal("from the guest", File.ReadAllText(_guest.OnHost("f")));
        File.WriteAllText(_guest.OnHost("f"), "host");
        Assert.Equal("host", _guest.ReadText("/mnt/f"));
        var fd = _guest.Open("/mnt/f", ReadWrite | Append);
        Assert.Equal(1, _guest.Write(fd, "+"));
        Assert.Equal(5, _guest.StatOf(fd).st_size);
        Assert.Equal(Errno.None, _guest.Try("ftruncate", fd, 2));
        Assert.Equal("ho", File.ReadAllText(_guest.OnHost("f")));
        Assert.Equal((0u, 0u), (_guest.StatOf(fd).st_uid, _guest.StatOf(fd).st_gid));
    }

    [Fact]
    public void Names_are_made_moved_listed_and_removed()
    {
        Assert.Equal(Errno.None, _guest.Try("mkdir", _guest.Text("/mnt/d"), 0x1ff));
        Assert.Equal(Errno.EEXIST, _guest.Try("mkdir", _guest.Text("/mnt/d"), 0x1ff));
        _guest.WriteText("/mnt/d/a", "a");
        _guest.WriteText("/mnt/d/b", "b");
        Assert.Equal(Errno.ENOTEMPTY, _guest.Try("rmdir", _guest.Text("/mnt/d")));
        Assert.Equal(Errno.None, _guest.Try("rename", _guest.Text("/mnt/d/a"), _guest.Text("/mnt/d/b")));
        Assert.Equal("a", _guest.ReadText("/mnt/d/b"));
        Assert.Equal(Errno.None, _guest.Try("rename", _guest.Text("/mnt/d"), _guest.Text("/mnt/e")));
        Assert.Equal(["b"], _guest.Names("/mnt/e"));
        Assert.Equal(["e"], _guest.Names("/mnt"));
        Assert.Equal(Errno.ENOENT, _guest.TryStat("/mnt/d/b"));
        Assert.Equal("a", _guest.ReadText("/mnt/e/b"));
        Assert.Equal(Errno.None, _guest.Try("unlink", _guest.Text("/mnt/e/b")));
        Assert.Equal(Errno.None, _guest.Try("rmdir", _guest.Text("/mnt/e")));
        Assert.Empty(Directory.GetFileSystemEntries(_guest.Folder));
    }

    [Fact]
    public void Listings_and_stat_agree_about_types()
    {
        Directory.CreateDirectory(_guest.OnHost("d"));
        File.WriteAllText(_guest.OnHost("f"), "");
        var entries = _guest.Entries(_guest.Open("/mnt", DirectoryOnly));
        Assert.Equal(4, Assert.Single(entries, entry => entry.Name == "d").Type);
        Assert.Equal(8, Assert.Single(entries, entry => entry.Name == "f").Type);
        Assert.True(_guest.StatAt("/mnt/d").st_mode.IsDirectory());
        Assert.True(_guest.StatAt("/mnt/f").st_mode.IsRegular());
    }

    [Fact]
    public void A_link_is_shown_and_not_followed()
    {
        MakeLink("l", _guest.Outside);
        Assert.Equal(_guest.Outside, _guest.ReadLink("/mnt/l"));
        Assert.True(_guest.StatAt("/mnt/l").st_mode.IsSymlink());
        Assert.Equal(Errno.ENOENT, _guest.OpenError("/mnt/l/secret"));
        Assert.Equal(Errno.None, _guest.Try("unlink", _guest.Text("/mnt/l")));
        Assert.True(File.Exists(Path.Combine(_guest.Outside, "secret")));
    }

    [Fact]
    public void A_directory_replaced_by_a_link_is_gone_even_where_it_is_open()
    {
        Directory.CreateDirectory(_guest.OnHost("d/sub"));
        var directory = _guest.Open("/mnt/d", DirectoryOnly);
        var sub = _guest.Open("/mnt/d/sub", DirectoryOnly);
        Directory.CreateDirectory(Path.Combine(_guest.Outside, "sub"));
        File.WriteAllText(Path.Combine(_guest.Outside, "sub/secret"), "secret");
        Directory.Move(_guest.OnHost("d"), _guest.OnHost("old"));
        MakeLink("d", _guest.Outside);
        Assert.Equal(Errno.ENOENT, _guest.Try("openat", directory, _guest.Text("secret"), 0));
        Assert.Equal(Errno.ENOENT, _guest.Try("openat", sub, _guest.Text("secret"), 0));
        Assert.Equal(Errno.ENOENT, _guest.Try("mkdirat", sub, _guest.Text("made"), 0x1ff));
        Assert.Equal(Errno.ENOENT, _guest.Try("getdents64", sub, 0x10000, 1000));
        Assert.Equal(Errno.ENOENT, _guest.OpenError("/mnt/d/sub/secret"));
        Assert.False(Directory.Exists(Path.Combine(_guest.Outside, "sub/made")));
    }

    [Fact]
    public void Guests_make_no_links()
    {
        _guest.WriteText("/mnt/f", "");
        Assert.Equal(Errno.EPERM, _guest.Try("symlink", _guest.Text("/etc"), _guest.Text("/mnt/l")));
        Assert.Equal(Errno.EPERM, _guest.Try("link", _guest.Text("/mnt/f"), _guest.Text("/mnt/l")));
        Assert.Equal(Errno.EPERM, _guest.Try("mknod", _guest.Text("/mnt/p"), 0x1000, 0));
    }

    [Fact]
    public void An_unlinked_file_lives_while_it_is_open()
    {
        _guest.WriteText("/mnt/f", "still here");
        var fd = _guest.Open("/mnt/f");
        Assert.Equal(Errno.None, _guest.Try("unlink", _guest.Text("/mnt/f")));
        Assert.Equal("still here"u8, _guest.Read(fd));
        Assert.Equal(10, _guest.StatOf(fd).st_size);
        Assert.Equal(Errno.ENOENT, _guest.OpenError("/mnt/f"));
    }

    [Fact]
    public void Write_permission_is_the_read_only_attribute()
    {
        _guest.WriteText("/mnt/f", "");
        Assert.Equal((Mode)0x81ed, _guest.StatAt("/mnt/f").st_mode);
        Assert.Equal(Errno.None, _guest.Try("chmod", _guest.Text("/mnt/f"), 0x124));
        Assert.Equal((Mode)0x816d, _guest.StatAt("/mnt/f").st_mode);
        Assert.True(File.GetAttributes(_guest.OnHost("f")).HasFlag(FileAttributes.ReadOnly));
        Assert.Equal(Errno.None, _guest.Try("unlink", _guest.Text("/mnt/f")));
    }

    [Theory]
    [InlineData("a:b")]
    [InlineData("a\\b")]
    [InlineData("..\\outside")]
    [InlineData("...")]
    [InlineData(".. ")]
    [InlineData("dot.")]
    [InlineData("space ")]
    [InlineData("what?")]
    [InlineData("star*")]
    [InlineData("line\n")]
    [InlineData("CON")]
    [InlineData("nul.txt")]
    [InlineData("Com1")]
    [InlineData("lpt9.log")]
    [InlineData("COM\u00b9")]
    public void Names_that_Windows_reads_otherwise_are_not_there_and_can_not_be_made(string name)
    {
        Assert.Equal(Errno.ENOENT, _guest.TryStat($"/mnt/{name}"));
        Assert.Equal(Errno.EINVAL, _guest.OpenError($"/mnt/{name}", WriteOnly | Create));
        Assert.Equal(Errno.EINVAL, _guest.Try("mkdir", _guest.Text($"/mnt/{name}"), 0x1ff));
        _guest.WriteText("/mnt/f", "");
        Assert.Equal(Errno.EINVAL, _guest.Try("rename", _guest.Text("/mnt/f"), _guest.Text($"/mnt/{name}")));
        Assert.Equal(["f"], _guest.Names("/mnt"));
    }

    [Fact]
    public void Names_are_UTF_8()
    {
        byte[] broken = [.. "/mnt/"u8, 0xc3, 0x28];
        Assert.Equal(Errno.EILSEQ, _guest.Try("mkdir", _guest.Bytes(broken), 0x1ff));
        _guest.WriteText("/mnt/gr\u00fcn \U0001f600", "x");
        Assert.Equal("x", File.ReadAllText(_guest.OnHost("gr\u00fcn \U0001f600")));
        Assert.Equal(["gr\u00fcn \U0001f600"], _guest.Names("/mnt"));
    }

    [Fact]
    public void A_bad_mount_is_refused()
    {
        File.WriteAllText(_guest.OnHost("file"), "");
        Assert.Equal(Errno.None, _guest.MakeDirectoryAsHost("/other"));
        Assert.Equal(Errno.ENOENT, _guest.Mount(_guest.OnHost("missing"), "/other"));
        Assert.Equal(Errno.ENOTDIR, _guest.Mount(_guest.OnHost("file"), "/other"));
    }

    [Fact]
    public void A_folder_that_is_named_by_a_link_is_mounted()
    {
        Directory.CreateDirectory(_guest.OnHost("real"));
        MakeLink("link", _guest.OnHost("real"));
        Assert.Equal(Errno.None, _guest.MakeDirectoryAsHost("/other"));
        Assert.Equal(Errno.None, _guest.Mount(_guest.OnHost("link"), "/other"));
        _guest.WriteText("/other/f", "x");
        Assert.True(_guest.StatAt("/other").st_mode.IsDirectory());
        Assert.Equal("x", File.ReadAllText(_guest.OnHost("real/f")));
    }

    private void MakeLink(string name, string target)
    {
        try
        {
            File.CreateSymbolicLink(_guest.OnHost(name), target);
        }
        catch (IOException refused) when (OperatingSystem.IsWindows())
        {
            Assert.Skip($"links need a privilege on Windows: {refused.Message}");
        }
    }
}
