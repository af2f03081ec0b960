using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;
using static LinuxWasm.Kernel.Tests.FileSystems.Host.HostFolderGuest;

namespace LinuxWasm.Kernel.Tests.FileSystems.Host;

/// <summary>Contents of regular files.</summary>
public sealed class HostFileTests : IDisposable
{
    private const int SeekSet = 0;
    private const int SeekEnd = 2;
    private const int SeekData = 3;
    private const int SeekHole = 4;

    private readonly HostFolderGuest _guest;

    public HostFileTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), HostFolderGuest.NotOnWindows);
        _guest = new HostFolderGuest();
    }

    public void Dispose() => _guest?.Dispose();

    [Fact]
    public void What_a_guest_writes_is_on_the_host_and_the_other_way_round()
    {
        _guest.WriteText("/mnt/f", "from the guest");
        Assert.Equal("from the guest", File.ReadAllText(_guest.OnHost("f")));
        File.WriteAllText(_guest.OnHost("f"), "from the host");
        Assert.Equal("from the host", _guest.ReadText("/mnt/f"));
        Assert.Equal(13, _guest.StatAt("/mnt/f").st_size);
    }

    [Fact]
    public void A_change_of_the_host_is_seen_through_an_open_descriptor()
    {
        _guest.WriteText("/mnt/f", "abc");
        var fd = _guest.Open("/mnt/f");
        Assert.Equal(3, _guest.StatOf(fd).st_size);
        File.AppendAllText(_guest.OnHost("f"), "defg");
        Assert.Equal(7, _guest.StatOf(fd).st_size);
        Assert.Equal(7, _guest.Call("lseek", fd, 0, SeekEnd));
    }

    [Fact]
    public void A_big_file_with_holes_takes_the_room_of_its_data()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "not every file system of other hosts has holes");
        const long Far = 1L << 33;
        var fd = _guest.Open("/mnt/big", ReadWrite | Create);
        Assert.Equal(Far, _guest.Call("lseek", fd, Far, SeekSet));
        Assert.Equal(3, _guest.Write(fd, "end"));
        var stat = _guest.StatOf(fd);
        Assert.Equal(Far + 3, stat.st_size);
        Assert.InRange(stat.st_blocks, 1, 1024);
        Assert.Equal(Far, _guest.Call("lseek", fd, 1, SeekData) & ~0xfffL);
        Assert.Equal(0, _guest.Call("lseek", fd, 0, SeekHole));
        Assert.Equal(Errno.ENXIO, _guest.Try("lseek", fd, Far + 3, SeekData));
        Assert.Equal(0, _guest.Call("lseek", fd, 0, SeekSet));
        Assert.Equal(new byte[64], _guest.Read(fd, 64));
    }

    [Fact]
    public void An_unlinked_file_lives_while_it_is_open()
    {
        _guest.WriteText("/mnt/f", "still here");
        var fd = _guest.Open("/mnt/f", ReadWrite);
        Assert.Equal(Errno.None, _guest.Try("unlink", _guest.Text("/mnt/f")));
        Assert.False(File.Exists(_guest.OnHost("f")));
        Assert.Equal(0ul, _guest.StatOf(fd).st_nlink);
        Assert.Equal("still here"u8, _guest.Read(fd));
        Assert.Equal(Errno.None, _guest.Try("ftruncate", fd, 2));
        Assert.Equal(2, _guest.StatOf(fd).st_size);
        Assert.Equal(Errno.None, _guest.Try("fchmod", fd, 0x100));
        Assert.Equal((Mode)0x8100, _guest.StatOf(fd).st_mode);
        _guest.WriteText("/mnt/f", "another");
        Assert.Equal(2, _guest.StatOf(fd).st_size);
        Assert.Equal(Errno.None, _guest.Close(fd));
    }

    [Fact]
    public void A_file_unlinked_by_the_host_lives_while_it_is_open()
    {
        _guest.WriteText("/mnt/f", "still here");
        var fd = _guest.Open("/mnt/f");
        File.Delete(_guest.OnHost("f"));
        Assert.Equal("still here"u8, _guest.Read(fd));
        Assert.Equal(0ul, _guest.StatOf(fd).st_nlink);
        Assert.Equal(Errno.ENOENT, _guest.OpenError("/mnt/f"));
    }

    [Fact]
    public void A_file_replaced_by_the_host_is_another_file()
    {
        _guest.WriteText("/mnt/f", "old");
        var fd = _guest.Open("/mnt/f");
        File.WriteAllText(_guest.OnHost("new"), "new content");
        File.Move(_guest.OnHost("new"), _guest.OnHost("f"), overwrite: true);
        Assert.Equal("old"u8, _guest.Read(fd));
        Assert.Equal("new content", _guest.ReadText("/mnt/f"));
        Assert.NotEqual(_guest.StatOf(fd).st_ino, _guest.StatAt("/mnt/f").st_ino);
    }

    [Fact]
    public void Appends_go_to_the_end_whoever_moved_it()
    {
        _guest.WriteText("/mnt/f", "1");
        var fd = _guest.Open("/mnt/f", WriteOnly | Append);
        File.AppendAllText(_guest.OnHost("f"), "2");
        Assert.Equal(1, _guest.Write(fd, "3"));
        Assert.Equal(3, _guest.Call("lseek", fd, 0, 1));
        Assert.Equal(0, _guest.Call("lseek", fd, 0, SeekSet));
        Assert.Equal(1, _guest.Write(fd, "4"));
        Assert.Equal("1234", File.ReadAllText(_guest.OnHost("f")));
    }

    [Fact]
    public void O_APPEND_can_be_switched_on_and_off()
    {
        const int SetFlags = 4;
        var fd = _guest.Open("/mnt/f", ReadWrite | Create);
        Assert.Equal(4, _guest.Write(fd, "abcd"));
        Assert.Equal(Errno.None, _guest.Try("fcntl", fd, SetFlags, Append));
        _guest.Call("lseek", fd, 0, SeekSet);
        Assert.Equal(1, _guest.Write(fd, "e"));
        Assert.Equal(Errno.None, _guest.Try("fcntl", fd, SetFlags, 0));
        _guest.Call("lseek", fd, 0, SeekSet);
        Assert.Equal(1, _guest.Write(fd, "X"));
        Assert.Equal("Xbcde", File.ReadAllText(_guest.OnHost("f")));
    }

    [Fact]
    public void Truncation_goes_by_the_size_that_the_file_has_now()
    {
        _guest.WriteText("/mnt/f", "12345");
        Assert.Equal(5, _guest.StatAt("/mnt/f").st_size);
        var fd = _guest.Open("/mnt/f", ReadWrite);
        File.AppendAllText(_guest.OnHost("f"), "6789");
        Assert.Equal(Errno.None, _guest.Try("ftruncate", fd, 5));
        Assert.Equal("12345", File.ReadAllText(_guest.OnHost("f")));
        _guest.Call("lseek", fd, 0, SeekEnd);
        Assert.Equal(3, _guest.Write(fd, "abc"));
        Assert.Equal(Errno.None, _guest.Try("ftruncate", fd, 5));
        Assert.Equal(Errno.None, _guest.Try("truncate", _guest.Text("/mnt/f"), 7));
        Assert.Equal("12345\0\0", File.ReadAllText(_guest.OnHost("f")));
        _guest.Close(_guest.Open("/mnt/f", WriteOnly | Truncate));
        Assert.Equal("", File.ReadAllText(_guest.OnHost("f")));
    }

    [Fact]
    public void Whoever_makes_a_file_may_write_it_whatever_its_mode()
    {
        var fd = _guest.Open("/mnt/f", WriteOnly | Create | Exclusive, mode: 0x100);
        Assert.Equal(2, _guest.Write(fd, "ok"));
        Assert.Equal((Mode)0x8100, _guest.StatAt("/mnt/f").st_mode);
        Assert.Equal(Errno.EEXIST, _guest.OpenError("/mnt/f", WriteOnly | Create | Exclusive));
    }

    [Fact]
    public void Reading_stops_at_the_end_and_takes_up_again_when_the_file_grows()
    {
        _guest.WriteText("/mnt/f", "ab");
        var fd = _guest.Open("/mnt/f");
        Assert.Equal("ab"u8, _guest.Read(fd, 10));
        Assert.Empty(_guest.Read(fd, 10));
        File.AppendAllText(_guest.OnHost("f"), "c");
        Assert.Equal("c"u8, _guest.Read(fd, 10));
    }

    [Fact]
    public void Fallocate_takes_room_and_punches_holes()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "fallocate(2) is Linux's");
        var fd = _guest.Open("/mnt/f", ReadWrite | Create);
        Assert.Equal(8192, _guest.Write(fd, new string('x', 8192)));
        var error = Allocate(fd, FallocateMode.FALLOC_FL_KEEP_SIZE | FallocateMode.FALLOC_FL_PUNCH_HOLE, 4096);
        Assert.SkipWhen(error == Errno.EOPNOTSUPP, "the file system of the scratch folder has no holes");
        Assert.Equal(Errno.None, error);
        _guest.Call("lseek", fd, 0, SeekSet);
        Assert.Equal(new byte[4096], _guest.Read(fd, 4096));
        Assert.Equal(Errno.None, Allocate(fd, FallocateMode.None, 100_000));
        Assert.Equal(100_000, _guest.StatOf(fd).st_size);
    }

    [Fact]
    public void Files_and_directories_are_synchronised()
    {
        var fd = _guest.Open("/mnt/f", WriteOnly | Create);
        Assert.Equal(1, _guest.Write(fd, "x"));
        Assert.Equal(Errno.None, Sync(fd, dataOnly: false));
        Assert.Equal(Errno.None, Sync(fd, dataOnly: true));
        Assert.Equal(Errno.None, Sync(_guest.Open("/mnt", DirectoryOnly), dataOnly: false));
        using var file = _guest.Guest.Task.Files.Get(fd);
        Assert.Equal(Errno.None, file.File!.Inode.SuperBlock.Sync());
    }

    [Fact]
    public void Extended_attributes_and_files_without_a_name_are_not_supported()
    {
        const int Unnamed = 0x410000;
        _guest.WriteText("/mnt/f", "x");
        Assert.Equal(Errno.EOPNOTSUPP, _guest.Try("setxattr", _guest.Text("/mnt/f"), _guest.Text("user.a"), _guest.Text("v"), 1, 0));
        Assert.Equal(Errno.EOPNOTSUPP, _guest.OpenError("/mnt", ReadWrite | Unnamed));
    }

    [Fact]
    public void A_guests_user_without_permission_is_refused_whatever_the_host_would_allow()
    {
        using var guest = new HostFolderGuest("uid=5,gid=5", credentials: Credentials.ForUser(1000, 1000));
        File.WriteAllText(guest.OnHost("f"), "x");
        guest.SetHostMode("", 0x1ed);
        guest.SetHostMode("f", 0x180);
        Assert.Equal(Errno.EACCES, guest.OpenError("/mnt/f"));
        guest.SetHostMode("f", 0x104);
        Assert.Equal("x", guest.ReadText("/mnt/f"));
        Assert.Equal(Errno.EACCES, guest.OpenError("/mnt/f", WriteOnly));
    }

    private Errno Allocate(int fd, FallocateMode mode, long length)
    {
        using var file = _guest.Guest.Task.Files.Get(fd);
        return file.File!.Allocate(mode, 0, length);
    }

    private Errno Sync(int fd, bool dataOnly)
    {
        using var file = _guest.Guest.Task.Files.Get(fd);
        return file.File!.Sync(dataOnly);
    }
}
