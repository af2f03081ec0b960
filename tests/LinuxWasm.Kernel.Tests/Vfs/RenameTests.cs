using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Tests.Vfs;

/// <summary>rename(2).</summary>
public sealed class RenameTests : IDisposable
{
    private const int WorkingDirectory = -100;

    private readonly TreeGuest _guest = new();

    public void Dispose() => _guest.Dispose();

    [Fact]
    public void A_name_is_replaced_and_the_file_behind_it_goes()
    {
        _guest.File("/a", "one");
        _guest.File("/b", "two");
        Rename("/a", "/b");
        Assert.Equal("one", _guest.Content("/b"));
        Assert.Equal(Errno.ENOENT, _guest.Error("stat", _guest.Text("/a"), TestGuest.Scratch));
    }

    [Fact]
    public void Two_names_of_one_file_stay_as_they_are()
    {
        _guest.File("/a");
        _guest.Ok("link", _guest.Text("/a"), _guest.Text("/b"));
        Rename("/a", "/b");
        Assert.Equal(2ul, _guest.Stat("/a").st_nlink);
    }

    [Theory]
    [InlineData("/dir", "/dir/sub/x", RenameFlags.None, Errno.EINVAL)]
    [InlineData("/dir", "/dir/x", RenameFlags.None, Errno.EINVAL)]
    [InlineData("/dir/sub", "/dir", RenameFlags.None, Errno.ENOTEMPTY)]
    [InlineData("/dir/sub", "/dir", RenameFlags.RENAME_EXCHANGE, Errno.EINVAL)]
    [InlineData("/dir", "/file", RenameFlags.None, Errno.ENOTDIR)]
    [InlineData("/file", "/dir", RenameFlags.None, Errno.EISDIR)]
    [InlineData("/file", "/none/x", RenameFlags.None, Errno.ENOENT)]
    [InlineData("/file/", "/other", RenameFlags.None, Errno.ENOTDIR)]
    [InlineData("/file", "/other/", RenameFlags.None, Errno.ENOTDIR)]
    [InlineData("/empty", "/dir", RenameFlags.None, Errno.ENOTEMPTY)]
    [InlineData("/dir/.", "/x", RenameFlags.None, Errno.EBUSY)]
    [InlineData("/file", "/dir/..", RenameFlags.None, Errno.EBUSY)]
    [InlineData("/file", "/dir", RenameFlags.RENAME_NOREPLACE, Errno.EEXIST)]
    [InlineData("/file", "/none", RenameFlags.RENAME_EXCHANGE, Errno.ENOENT)]
    [InlineData("/file", "/none", RenameFlags.RENAME_EXCHANGE | RenameFlags.RENAME_NOREPLACE, Errno.EINVAL)]
    [InlineData("/file", "/none", (RenameFlags)8, Errno.EINVAL)]
    public void What_can_t_be_is_refused(string from, string to, RenameFlags flags, Errno expected)
    {
        _guest.Directory("/dir");
        _guest.Directory("/dir/sub");
        _guest.Directory("/empty");
        _guest.File("/file", "content");
        Assert.Equal(expected, _guest.Error("renameat2", WorkingDirectory, _guest.Text(from), WorkingDirectory, _guest.Text(to), (long)flags));
        Assert.Equal("content", _guest.Content("/file"));
        Assert.Equal(["sub"], _guest.List("/dir"));
    }

    [Fact]
    public void A_directory_and_a_file_change_places()
    {
        _guest.Directory("/d");
        _guest.File("/d/inside", "in");
        _guest.Directory("/e");
        _guest.File("/e/f", "content");
        Rename("/d", "/e/f", RenameFlags.RENAME_EXCHANGE);
        Assert.Equal("content", _guest.Content("/d"));
        Assert.Equal("in", _guest.Content("/e/f/inside"));
        Assert.Equal(3ul, _guest.Stat("/e").st_nlink);
    }

    [Fact]
    public void A_whiteout_stays_where_the_name_was()
    {
        _guest.File("/a", "one");
        Rename("/a", "/b", RenameFlags.RENAME_WHITEOUT);
        var whiteout = _guest.Stat("/a");
        Assert.Equal((Mode.S_IFCHR, 0ul, 1ul), (whiteout.st_mode.Type(), whiteout.st_rdev, whiteout.st_nlink));
        Assert.Equal("one", _guest.Content("/b"));
    }

    [Fact]
    public void A_sticky_directory_guards_what_belongs_to_others()
    {
        _guest.Directory("/tmp");
        _guest.Ok("chmod", _guest.Text("/tmp"), 0b1_111_111_111);
        _guest.File("/tmp/roots");
        using var other = _guest.Become(1000);
        other.File("/tmp/own");
        Assert.Equal(Errno.EPERM, other.Error("rename", other.Text("/tmp/roots"), other.Text("/tmp/x")));
        Assert.Equal(Errno.EPERM, other.Error("unlink", other.Text("/tmp/roots")));
        other.Ok("rename", other.Text("/tmp/own"), other.Text("/tmp/mine"));
    }

    [Fact]
    public async System.Threading.Tasks.Task Directories_that_move_into_each_other_at_once_make_no_cycle()
    {
        _guest.Directory("/a");
        _guest.Directory("/b");
        using var other = _guest.Become(0);
        void Move(TreeGuest guest, string one, string two)
        {
            for (var i = 0; i < 2000; i++)
            {
                guest.Call("rename", guest.Text($"/{one}"), guest.Text($"/{two}/{one}"));
                guest.Call("rename", guest.Text($"/{two}/{one}"), guest.Text($"/{one}"));
            }
        }

        await System.Threading.Tasks.Task.WhenAll(
            System.Threading.Tasks.Task.Run(() => Move(_guest, "a", "b"), TestContext.Current.CancellationToken),
            System.Threading.Tasks.Task.Run(() => Move(other, "b", "a"), TestContext.Current.CancellationToken));
        // Both are still to be reached from the root, one perhaps through the other.
        var names = _guest.List("/");
        Assert.Contains(names, name => name is "a" or "b");
        if (names.Count(name => name is "a" or "b") == 1)
            Assert.Single(_guest.List("/" + names.Single(name => name is "a" or "b")));
    }

    private void Rename(string from, string to, RenameFlags flags = RenameFlags.None) =>
        _guest.Ok("renameat2", WorkingDirectory, _guest.Text(from), WorkingDirectory, _guest.Text(to), (long)flags);
}
