using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Tests.Vfs;

/// <summary>path_resolution(7).</summary>
public sealed class PathWalkTests : IDisposable
{
    private const int WorkingDirectory = -100;

    private readonly TreeGuest _guest = new();

    public void Dispose() => _guest.Dispose();

    [Fact]
    public void Slashes_and_dots_lead_to_the_same_file()
    {
        _guest.Directory("/d");
        _guest.File("/d/f", "x");
        var ino = _guest.Stat("/d/f").st_ino;
        foreach (var path in new[] { "d/f", "//d///f", "./d/./f", "/d/../d/f", "/../../d/f" })
            Assert.Equal(ino, _guest.Stat(path).st_ino);
    }

    [Theory]
    [InlineData("", Errno.ENOENT)]
    [InlineData("/f/", Errno.ENOTDIR)]
    [InlineData("/f/x", Errno.ENOTDIR)]
    [InlineData("/f/.", Errno.ENOTDIR)]
    [InlineData("/none/..", Errno.ENOENT)]
    [InlineData("/dangling", Errno.ENOENT)]
    [InlineData("/dangling/x", Errno.ENOENT)]
    [InlineData("/loop", Errno.ELOOP)]
    public void What_leads_nowhere_says_why(string path, Errno expected)
    {
        _guest.File("/f");
        _guest.Ok("symlink", _guest.Text("none"), _guest.Text("/dangling"));
        _guest.Ok("symlink", _guest.Text("loop"), _guest.Text("/loop"));
        Assert.Equal(expected, _guest.Error("stat", _guest.Text(path), TestGuest.Scratch));
    }

    [Fact]
    public void A_name_has_at_most_255_bytes_and_a_path_4095()
    {
        _guest.File("/" + new string('n', 255));
        Assert.Equal(Errno.ENAMETOOLONG, _guest.Error("stat", _guest.Text("/" + new string('n', 256)), TestGuest.Scratch));
        var longest = string.Concat(Enumerable.Repeat("./", 2047)) + ".";
        Assert.Equal(4095, longest.Length);
        _guest.Ok("stat", _guest.Text(longest), TestGuest.Scratch);
        Assert.Equal(Errno.ENAMETOOLONG, _guest.Error("stat", _guest.Text(longest + "/"), TestGuest.Scratch));
    }

    [Fact]
    public void Forty_links_are_followed_and_the_next_is_one_too_many()
    {
        _guest.File("/link0");
        for (var i = 1; i <= 41; i++)
            _guest.Ok("symlink", _guest.Text($"link{i - 1}"), _guest.Text($"/link{i}"));
        _guest.Ok("stat", _guest.Text("/link40"), TestGuest.Scratch);
        Assert.Equal(Errno.ELOOP, _guest.Error("stat", _guest.Text("/link41"), TestGuest.Scratch));
    }

    [Fact]
    public void A_slash_after_a_link_follows_it()
    {
        _guest.Directory("/d");
        _guest.Ok("symlink", _guest.Text("d"), _guest.Text("/l"));
        Assert.True(_guest.Stat("/l").st_mode.IsSymlink());
        Assert.True(_guest.Stat("/l/").st_mode.IsDirectory());
        Assert.Equal(Errno.ENOTDIR, _guest.Error("rmdir", _guest.Text("/l")));
        Assert.Equal(Errno.EEXIST, _guest.Error("mkdir", _guest.Text("/l/"), 0));
    }

    [Fact]
    public void A_directory_without_execute_permission_is_not_searched()
    {
        _guest.Directory("/d", 0b111_110_110);
        _guest.File("/d/f");
        using var other = _guest.Become(1000);
        Assert.Equal(Errno.EACCES, other.Error("stat", other.Text("/d/f"), TestGuest.Scratch));
        Assert.Equal(Errno.EACCES, other.Error("stat", other.Text("/d/none"), TestGuest.Scratch));
        other.Ok("stat", other.Text("/d"), TestGuest.Scratch);
    }

    [Fact]
    public void A_new_root_holds_dot_dot()
    {
        _guest.Directory("/jail");
        _guest.File("/jail/inside", "in");
        _guest.File("/outside", "out");
        _guest.Ok("symlink", _guest.Text("/inside"), _guest.Text("/jail/absolute"));
        _guest.Ok("chroot", _guest.Text("/jail"));
        _guest.Ok("chdir", _guest.Text("/"));
        Assert.Equal("in", _guest.Content("/../../inside"));
        Assert.Equal("in", _guest.Content("/absolute"));
        Assert.Equal(Errno.ENOENT, _guest.Error("stat", _guest.Text("../outside"), TestGuest.Scratch));
    }

    [Fact]
    public void An_absolute_path_does_not_look_at_the_descriptor()
    {
        _guest.File("/f");
        _guest.Ok("newfstatat", 99, _guest.Text("/f"), TestGuest.Scratch, 0);
        Assert.Equal(Errno.EBADF, _guest.Error("newfstatat", 99, _guest.Text("f"), TestGuest.Scratch, 0));
        var file = _guest.Open("/f");
        Assert.Equal(Errno.ENOTDIR, _guest.Error("newfstatat", file, _guest.Text("f"), TestGuest.Scratch, 0));
        _guest.Ok("newfstatat", file, _guest.Text(""), TestGuest.Scratch, (long)AtFlags.AT_EMPTY_PATH);
    }

    [Theory]
    [InlineData(ResolveFlags.RESOLVE_BENEATH, "../f", Errno.EXDEV)]
    [InlineData(ResolveFlags.RESOLVE_BENEATH, "/f", Errno.EXDEV)]
    [InlineData(ResolveFlags.RESOLVE_BENEATH, "up", Errno.EXDEV)]
    [InlineData(ResolveFlags.RESOLVE_BENEATH, "in", Errno.None)]
    [InlineData(ResolveFlags.RESOLVE_NO_SYMLINKS, "link", Errno.ELOOP)]
    [InlineData(ResolveFlags.RESOLVE_IN_ROOT, "/in", Errno.None)]
    [InlineData(ResolveFlags.RESOLVE_IN_ROOT, "../../in", Errno.None)]
    [InlineData(ResolveFlags.RESOLVE_IN_ROOT, "up", Errno.ENOENT)]
    [InlineData(ResolveFlags.RESOLVE_NO_XDEV, "mnt/..", Errno.EXDEV)]
    [InlineData(ResolveFlags.RESOLVE_CACHED, "in", Errno.None)]
    [InlineData(ResolveFlags.RESOLVE_CACHED, "none", Errno.EAGAIN)]
    public void Openat2_keeps_to_its_scope(ResolveFlags resolve, string path, Errno expected)
    {
        _guest.Directory("/d");
        _guest.Directory("/d/mnt");
        _guest.Ok("mount", 0, _guest.Text("/d/mnt"), _guest.Text("tmpfs"), 0, 0);
        _guest.File("/f");
        _guest.File("/d/in");
        _guest.Ok("symlink", _guest.Text("../f"), _guest.Text("/d/up"));
        _guest.Ok("symlink", _guest.Text("in"), _guest.Text("/d/link"));
        var directory = _guest.Open("/d", OpenFlags.O_RDONLY);
        var how = _guest.Bytes([.. BitConverter.GetBytes(0UL), .. BitConverter.GetBytes(0UL), .. BitConverter.GetBytes((ulong)resolve)]);
        var result = _guest.Call("openat2", directory, _guest.Text(path), how, 24);
        Assert.Equal(expected, result < 0 ? (Errno)(-result) : Errno.None);
    }

    [Fact]
    public void Getcwd_gives_the_path_and_knows_when_it_is_gone()
    {
        _guest.Directory("/a");
        _guest.Directory("/a/b");
        _guest.Ok("chdir", _guest.Text("/a/b"));
        Assert.Equal(5, _guest.Ok("getcwd", TestGuest.Scratch, 100));
        Assert.Equal("/a/b\0"u8.ToArray(), _guest.Read(TestGuest.Scratch, 5));
        Assert.Equal(Errno.ERANGE, _guest.Error("getcwd", TestGuest.Scratch, 4));
        _guest.Ok("rename", _guest.Text("/a"), _guest.Text("/c"));
        Assert.Equal(5, _guest.Ok("getcwd", TestGuest.Scratch, 100));
        Assert.Equal("/c/b\0"u8.ToArray(), _guest.Read(TestGuest.Scratch, 5));
        _guest.Ok("rmdir", _guest.Text("/c/b"));
        Assert.Equal(Errno.ENOENT, _guest.Error("getcwd", TestGuest.Scratch, 100));
        Assert.Equal(Errno.ENOENT, _guest.Error("mkdir", _guest.Text("x"), 0));
        _guest.Ok("chdir", _guest.Text(".."));
    }

    [Fact]
    public void A_deep_tree_is_walked_without_recursion()
    {
        for (var i = 0; i < 3000; i++)
        {
            _guest.Directory("d");
            _guest.Ok("chdir", _guest.Text("d"));
        }

        Assert.Equal(Errno.ENAMETOOLONG, _guest.Error("getcwd", TestGuest.Scratch, 8192));
        for (var i = 0; i < 3000; i++)
        {
            _guest.Ok("chdir", _guest.Text(".."));
            _guest.Ok("rmdir", _guest.Text("d"));
        }

        Assert.Equal(2, _guest.Ok("getcwd", TestGuest.Scratch, 8192));
    }

    [Fact]
    public void A_walk_over_cached_names_allocates_nothing()
    {
        _guest.Directory("/d");
        _guest.File("/d/f");
        var path = _guest.Text("/d/f");
        for (var i = 0; i < 100; i++)
            _guest.Call("stat", path, TestGuest.Scratch);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
            _guest.Call("stat", path, TestGuest.Scratch);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Access_is_checked_with_the_real_ids()
    {
        _guest.File("/f", mode: 0b110_000_000);
        using var other = _guest.Become(1000);
        Assert.Equal(Errno.EACCES, other.Error("access", other.Text("/f"), (long)AccessMode.R_OK));
        other.Ok("access", other.Text("/f"), (long)AccessMode.F_OK);
        _guest.Ok("access", _guest.Text("/f"), (long)(AccessMode.R_OK | AccessMode.W_OK));
        // Nobody may execute it, not even root.
        Assert.Equal(Errno.EACCES, _guest.Error("access", _guest.Text("/f"), (long)AccessMode.X_OK));
        _guest.Ok("setreuid", 1000, -1);
        Assert.Equal(Errno.EACCES, _guest.Error("access", _guest.Text("/f"), (long)AccessMode.R_OK));
        _guest.Ok("faccessat2", WorkingDirectory, _guest.Text("/f"), (long)AccessMode.R_OK, (long)AccessAtFlags.AT_EACCESS);
    }
}
