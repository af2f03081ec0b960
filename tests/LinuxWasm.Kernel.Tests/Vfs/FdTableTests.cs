using LinuxWasm.Abi;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Tests.Vfs;

/// <summary>The descriptor table as the calls see it.</summary>
public sealed class FdTableTests : IDisposable
{
    private readonly TreeGuest _guest = new();

    public FdTableTests() => _guest.File("/f", "abc");

    public void Dispose() => _guest.Dispose();

    [Fact]
    public void The_lowest_free_number_is_taken()
    {
        Assert.Equal([0L, 1L, 2L], new[] { _guest.Open("/f"), _guest.Open("/f"), _guest.Open("/f") });
        _guest.Ok("close", 1);
        _guest.Ok("close", 0);
        Assert.Equal([0L, 1L, 3L], new[] { _guest.Open("/f"), _guest.Open("/f"), _guest.Open("/f") });
    }

    [Fact]
    public void No_number_is_left_and_nothing_is_made()
    {
        for (var fd = 0; fd < 1024; fd++)
            Assert.Equal(fd, _guest.Open("/f"));
        Assert.Equal(-(long)Errno.EMFILE, _guest.Open("/new", OpenFlags.O_CREAT));
        Assert.Equal(Errno.ENOENT, _guest.Error("stat", _guest.Text("/new"), TestGuest.Scratch));
        _guest.Ok("close", 500);
        Assert.Equal(500, _guest.Open("/f"));
    }

    [Fact]
    public void A_failed_open_gives_its_number_back()
    {
        Assert.Equal(-(long)Errno.ENOENT, _guest.Open("/none"));
        Assert.Equal(0, _guest.Open("/f"));
    }

    [Fact]
    public void A_copy_shares_the_open_files_and_not_the_numbers()
    {
        var fd = (int)_guest.Open("/f");
        var copy = _guest.Task.Files.Clone();
        using (var mine = _guest.Task.Files.Get(fd))
        using (var other = copy.GetCounted(fd))
            Assert.Same(mine.File, other.File);
        _guest.Ok("close", fd);
        using (var other = copy.GetCounted(fd))
            Assert.NotNull(other.File);
        copy.Release();
        Assert.Empty(copy.OpenDescriptors());
    }

    [Fact]
    public void A_file_in_use_by_another_thread_outlives_its_close()
    {
        var files = _guest.Task.Files.Share();
        var fd = (int)_guest.Open("/f");
        _guest.Ok("unlink", _guest.Text("/f"));
        OpenFile file;
        using (var use = files.Get(fd))
        {
            file = use.File!;
            _guest.Ok("close", fd);
            Assert.Equal(1, file.Inode.OpenCount);
        }

        Assert.Equal(0, file.Inode.OpenCount);
    }

    [Fact]
    public void Reserved_numbers_are_no_files_yet()
    {
        var files = new FdTable();
        Assert.Equal(Errno.None, files.Reserve(10, closeOnExec: false, out var fd));
        Assert.Equal(Errno.EBADF, files.Close(fd));
        using (var none = files.Get(fd))
            Assert.Null(none.File);
        Assert.Equal(Errno.None, files.Reserve(10, closeOnExec: false, out var next));
        Assert.Equal(fd + 1, next);
        files.Unreserve(fd);
        Assert.Equal(Errno.None, files.Reserve(10, closeOnExec: false, out var again));
        Assert.Equal(fd, again);
        Assert.Equal(Errno.EMFILE, files.Reserve(10, closeOnExec: false, out _, lowest: 10));
        Assert.Equal(Errno.None, files.Reserve(10, closeOnExec: true, out var high, lowest: 7));
        Assert.Equal(7, high);
    }
}
