using LinuxWasm.Abi;
using static LinuxWasm.Kernel.Tests.FileSystems.Host.HostFolderGuest;

namespace LinuxWasm.Kernel.Tests.FileSystems.Host;

/// <summary>Names: made, found, moved, removed and listed, by the guest and by the host.</summary>
public sealed class HostDirectoryTests : IDisposable
{
    private const int NoReplace = 1;
    private const int Exchange = 2;
    private const int CurrentDirectory = -100;

    private readonly HostFolderGuest _guest;

    public HostDirectoryTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), HostFolderGuest.NotOnWindows);
        _guest = new HostFolderGuest();
    }

    public void Dispose() => _guest?.Dispose();

    [Fact]
    public void A_listing_shows_names_numbers_and_types()
    {
        Directory.CreateDirectory(_guest.OnHost("dir"));
        File.WriteAllText(_guest.OnHost("file"), "");
        File.CreateSymbolicLink(_guest.OnHost("link"), "file");
        var entries = _guest.Entries(_guest.Open("/mnt", DirectoryOnly));
        Assert.Equal([".", ".."], entries.Take(2).Select(entry => entry.Name));
        foreach (var (name, type) in new[] { ("dir", 4), ("file", 8), ("link", 10) })
        {
            var entry = Assert.Single(entries, entry => entry.Name == name);
            Assert.Equal(type, entry.Type);
            Assert.Equal(_guest.StatAt($"/mnt/{name}").st_ino, entry.Ino);
        }

        Assert.Equal(_guest.StatAt("/mnt").st_ino, entries[0].Ino);
    }

    [Fact]
    public void A_listing_does_not_change_until_it_is_rewound()
    {
        for (var i = 0; i < 100; i++)
            File.WriteAllText(_guest.OnHost($"f{i:00}"), "");
        var fd = _guest.Open("/mnt", DirectoryOnly);
        var first = _guest.Entries(fd, 300);
        Assert.InRange(first.Count, 3, 20);
        for (var i = 0; i < 100; i += 2)
            File.Delete(_guest.OnHost($"f{i:00}"));
        File.WriteAllText(_guest.OnHost("new"), "");
        var all = first.Select(entry => entry.Name).ToList();
        while (_guest.Entries(fd, 300) is { Count: > 0 } some)
            all.AddRange(some.Select(entry => entry.Name));
        Assert.Equal(102, all.Count);
        Assert.Equal(102, all.Distinct().Count());

        Assert.Equal(first[4].Next, _guest.Call("lseek", fd, first[4].Next, 0));
        Assert.Equal(all[5], _guest.Entries(fd, 300)[0].Name);
        Assert.Equal(0, _guest.Call("lseek", fd, 0, 0));
        Assert.Equal(53, _guest.Entries(fd).Count);
    }

    [Fact]
    public void A_position_out_of_nowhere_is_the_end()
    {
        var fd = _guest.Open("/mnt", DirectoryOnly);
        Assert.Equal(1L << 40, _guest.Call("lseek", fd, 1L << 40, 0));
        Assert.Empty(_guest.Entries(fd));
    }

    [Fact]
    public void Names_that_the_host_makes_and_takes_are_seen_at_once()
    {
        Assert.Equal(Errno.ENOENT, _guest.TryStat("/mnt/f"));
        File.WriteAllText(_guest.OnHost("f"), "");
        Assert.Equal(Errno.None, _guest.TryStat("/mnt/f"));
        File.Move(_guest.OnHost("f"), _guest.OnHost("g"));
        Assert.Equal(Errno.ENOENT, _guest.TryStat("/mnt/f"));
        Assert.Equal(Errno.None, _guest.TryStat("/mnt/g"));
        File.Delete(_guest.OnHost("g"));
        Directory.CreateDirectory(_guest.OnHost("g"));
        Assert.True(_guest.StatAt("/mnt/g").st_mode.IsDirectory());
    }

    [Fact]
    public void A_directory_that_the_host_made_again_is_a_new_one()
    {
        Directory.CreateDirectory(_guest.OnHost("d"));
        _guest.WriteText("/mnt/d/f", "1");
        Directory.Delete(_guest.OnHost("d"), recursive: true);
        Assert.Equal(Errno.ENOENT, _guest.OpenError("/mnt/d/f"));
        Directory.CreateDirectory(_guest.OnHost("d"));
        _guest.WriteText("/mnt/d/f", "2");
        Assert.Equal("2", File.ReadAllText(_guest.OnHost("d/f")));
    }

    [Fact]
    public void Directories_are_made_and_removed()
    {
        Assert.Equal(Errno.None, _guest.Try("mkdir", _guest.Text("/mnt/d"), 0x1c0));
        Assert.Equal((Mode)0x41c0, _guest.StatAt("/mnt/d").st_mode);
        Assert.Equal(Errno.EEXIST, _guest.Try("mkdir", _guest.Text("/mnt/d"), 0x1ff));
        _guest.WriteText("/mnt/d/f", "");
        Assert.Equal(Errno.ENOTEMPTY, _guest.Try("rmdir", _guest.Text("/mnt/d")));
        Assert.Equal(Errno.EISDIR, _guest.Try("unlink", _guest.Text("/mnt/d")));
        Assert.Equal(Errno.None, _guest.Try("unlink", _guest.Text("/mnt/d/f")));
        Assert.Equal(Errno.ENOTDIR, _guest.Try("rmdir", MakeFile("/mnt/f")));
        Assert.Equal(Errno.None, _guest.Try("rmdir", _guest.Text("/mnt/d")));
        Assert.False(Directory.Exists(_guest.OnHost("d")));
    }

    [Fact]
    public void A_removed_directory_that_is_open_takes_no_names()
    {
        Directory.CreateDirectory(_guest.OnHost("d"));
        var fd = _guest.Open("/mnt/d", DirectoryOnly);
        Assert.Equal(Errno.None, _guest.Try("rmdir", _guest.Text("/mnt/d")));
        Assert.Equal(Errno.ENOENT, _guest.Try("mkdirat", fd, _guest.Text("x"), 0x1ff));
        Assert.Equal(Errno.ENOENT, _guest.Try("getdents64", fd, 0x10000, 100));
        Assert.Equal(Errno.None, _guest.Try("fstat", fd, 0x10000));
        Assert.Equal(Errno.None, _guest.Try("mkdir", _guest.Text("/mnt/d"), 0x1ff));
        _guest.WriteText("/mnt/d/f", "x");
        Assert.Equal(Errno.ENOENT, _guest.Try("openat", fd, _guest.Text("f"), 0));
    }

    [Fact]
    public void Links_are_one_inode()
    {
        _guest.WriteText("/mnt/a", "shared");
        Assert.Equal(Errno.None, _guest.Try("link", _guest.Text("/mnt/a"), _guest.Text("/mnt/b")));
        var one = _guest.StatAt("/mnt/a");
        var other = _guest.StatAt("/mnt/b");
        Assert.Equal(one.st_ino, other.st_ino);
        Assert.Equal(2ul, one.st_nlink);
        Assert.Equal(2ul, other.st_nlink);
        var fd = _guest.Open("/mnt/a");
        Assert.Equal(Errno.None, _guest.Try("unlink", _guest.Text("/mnt/a")));
        Assert.Equal(1ul, _guest.StatOf(fd).st_nlink);
        Assert.Equal("shared", _guest.ReadText("/mnt/b"));
        Assert.Equal(Errno.EEXIST, _guest.Try("link", _guest.Text("/mnt/b"), _guest.Text("/mnt/b")));
        Assert.Equal(Errno.EPERM, _guest.Try("link", _guest.Text("/mnt"), _guest.Text("/mnt/c")) is Errno.EXDEV or Errno.EPERM ? Errno.EPERM : Errno.None);
    }

    [Fact]
    public void Renaming_replaces_as_rename_2_says()
    {
        _guest.WriteText("/mnt/a", "a");
        _guest.WriteText("/mnt/b", "b");
        var replaced = _guest.Open("/mnt/b");
        Assert.Equal(Errno.None, _guest.Try("rename", _guest.Text("/mnt/a"), _guest.Text("/mnt/b")));
        Assert.Equal("a", _guest.ReadText("/mnt/b"));
        Assert.Equal("b"u8, _guest.Read(replaced));
        Assert.Equal(0ul, _guest.StatOf(replaced).st_nlink);
        Directory.CreateDirectory(_guest.OnHost("d"));
        Directory.CreateDirectory(_guest.OnHost("e"));
        File.WriteAllText(_guest.OnHost("e/f"), "");
        Assert.Equal(Errno.EISDIR, _guest.Try("rename", _guest.Text("/mnt/b"), _guest.Text("/mnt/d")));
        Assert.Equal(Errno.ENOTDIR, _guest.Try("rename", _guest.Text("/mnt/d"), _guest.Text("/mnt/b")));
        Assert.Equal(Errno.ENOTEMPTY, _guest.Try("rename", _guest.Text("/mnt/d"), _guest.Text("/mnt/e")));
        Assert.Equal(Errno.EINVAL, _guest.Try("rename", _guest.Text("/mnt/e"), _guest.Text("/mnt/e/g")));
        Assert.Equal(Errno.None, _guest.Try("rename", _guest.Text("/mnt/e"), _guest.Text("/mnt/d")));
        Assert.Equal(["f"], _guest.Names("/mnt/d"));
        Assert.Equal(["b", "d"], _guest.Names("/mnt"));
    }

    [Fact]
    public void A_directory_that_moves_takes_what_is_open_in_it_along()
    {
        Directory.CreateDirectory(_guest.OnHost("a/sub"));
        Directory.CreateDirectory(_guest.OnHost("b"));
        var sub = _guest.Open("/mnt/a/sub", DirectoryOnly);
        Assert.Equal(Errno.None, _guest.Try("chdir", _guest.Text("/mnt/a/sub")));
        Assert.Equal(Errno.None, _guest.Try("rename", _guest.Text("/mnt/a"), _guest.Text("/mnt/b/c")));
        _guest.WriteText("made", "here");
        Assert.Equal("here", File.ReadAllText(_guest.OnHost("b/c/sub/made")));
        Assert.True(_guest.Call("getcwd", 0x10000, 100) > 0);
        Assert.Equal("/mnt/b/c/sub\0"u8, _guest.Memory(13));
        Assert.Contains(_guest.Entries(sub), entry => entry.Name == "made");
    }

    [Fact]
    public void Renameat2_exchanges_and_does_not_replace()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "the host has no exchange");
        _guest.WriteText("/mnt/a", "a");
        Directory.CreateDirectory(_guest.OnHost("d"));
        Assert.Equal(Errno.EEXIST, Rename("/mnt/a", "/mnt/d", NoReplace));
        var error = Rename("/mnt/a", "/mnt/d", Exchange);
        Assert.SkipWhen(error is Errno.EINVAL or Errno.EOPNOTSUPP, "the file system of the scratch folder has no exchange");
        Assert.Equal(Errno.None, error);
        Assert.Equal("a", _guest.ReadText("/mnt/d"));
        Assert.True(_guest.StatAt("/mnt/a").st_mode.IsDirectory());
        Assert.Equal(Errno.None, Rename("/mnt/d", "/mnt/new", NoReplace));
        Assert.Equal(["a", "new"], _guest.Names("/mnt"));
    }

    [Fact]
    public void Names_are_bytes()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "names of other hosts are text");
        byte[] name = [.. "/mnt/"u8, 0xff, 0xfe, (byte)'\\', (byte)'\n'];
        Assert.Equal(Errno.None, _guest.Try("mkdir", _guest.Bytes(name), 0x1ff));
        Assert.Equal(Errno.None, _guest.Try("lstat", _guest.Bytes(name), 0x10000));
        Assert.Equal(3, _guest.Entries(_guest.Open("/mnt", DirectoryOnly)).Count);
        Assert.Equal(Errno.None, _guest.Try("rmdir", _guest.Bytes(name)));
        Assert.Equal(Errno.ENAMETOOLONG, _guest.Try("mkdir", _guest.Text("/mnt/" + new string('n', 256)), 0x1ff));
        Assert.Equal(Errno.None, _guest.Try("mkdir", _guest.Text("/mnt/" + new string('n', 255)), 0x1ff));
    }

    [Fact]
    public void Fifos_and_sockets_names_are_made()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "other hosts make no sockets without binding them");
        Assert.Equal(Errno.None, _guest.Try("mknod", _guest.Text("/mnt/p"), 0x1000 | 0x180, 0));
        Assert.Equal((Mode)0x1180, _guest.StatAt("/mnt/p").st_mode);
        Assert.Equal(Errno.None, _guest.Try("mknod", _guest.Text("/mnt/s"), 0xc000 | 0x180, 0));
        Assert.Equal((Mode)0xc180, _guest.StatAt("/mnt/s").st_mode);
    }

    private long MakeFile(string path)
    {
        _guest.WriteText(path, "");
        return _guest.Text(path);
    }

    private Errno Rename(string from, string to, int flags) =>
        _guest.Try("renameat2", CurrentDirectory, _guest.Text(from), CurrentDirectory, _guest.Text(to), flags);
}
