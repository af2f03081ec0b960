using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Tests.Vfs;

/// <summary>What tmpfs stores and counts; the numbers are Linux's.</summary>
public sealed class TmpfsTests : IDisposable
{
    private readonly TreeGuest _guest = new();

    public void Dispose() => _guest.Dispose();

    [Fact]
    public void A_hole_takes_no_space_and_reads_as_zero()
    {
        var fd = _guest.Open("/f", OpenFlags.O_CREAT | OpenFlags.O_RDWR);
        _guest.Ok("pwrite64", fd, _guest.Text("x"), 1, 1L << 40);
        var stat = _guest.Stat("/f");
        Assert.Equal((1L << 40) + 1, stat.st_size);
        Assert.Equal(8, stat.st_blocks);
        Assert.Equal(16, _guest.Ok("pread64", fd, TestGuest.Scratch, 16, 12345));
        Assert.Equal(new byte[16], _guest.Read(TestGuest.Scratch, 16));
        Assert.Equal(1L << 40, _guest.Ok("lseek", fd, 0, (long)SeekWhence.SEEK_DATA));
        Assert.Equal(0, _guest.Ok("lseek", fd, 0, (long)SeekWhence.SEEK_HOLE));
        Assert.Equal((1L << 40) + 1, _guest.Ok("lseek", fd, 1L << 40, (long)SeekWhence.SEEK_HOLE));
        Assert.Equal(Errno.ENXIO, _guest.Error("lseek", fd, (1L << 40) + 1, (long)SeekWhence.SEEK_DATA));
    }

    [Fact]
    public void What_lay_behind_a_new_end_is_zero_when_the_file_grows_again()
    {
        _guest.File("/f", "abcdef");
        _guest.Ok("truncate", _guest.Text("/f"), 2);
        _guest.Ok("truncate", _guest.Text("/f"), 5);
        Assert.Equal("ab\0\0\0", _guest.Content("/f"));
    }

    [Fact]
    public void The_largest_size_is_the_largest_offset()
    {
        var fd = _guest.Open("/f", OpenFlags.O_CREAT | OpenFlags.O_RDWR);
        _guest.Ok("ftruncate", fd, long.MaxValue);
        Assert.Equal(long.MaxValue, _guest.Stat("/f").st_size);
        Assert.Equal(1, _guest.Ok("pwrite64", fd, _guest.Text("x"), 1, long.MaxValue - 1));
        Assert.Equal(long.MaxValue - 1, _guest.Ok("lseek", fd, long.MaxValue - 1, (long)SeekWhence.SEEK_DATA));
        _guest.Ok("ftruncate", fd, 0);
        Assert.Equal(0, _guest.Stat("/f").st_blocks);
    }

    [Fact]
    public void Allocated_pages_count_and_can_be_punched_out()
    {
        const long PunchHole = (long)(FallocateMode.FALLOC_FL_PUNCH_HOLE | FallocateMode.FALLOC_FL_KEEP_SIZE);
        var fd = _guest.Open("/f", OpenFlags.O_CREAT | OpenFlags.O_RDWR);
        _guest.Ok("fallocate", fd, 0, 0, 8192);
        Assert.Equal((8192L, 16L), (_guest.Stat("/f").st_size, _guest.Stat("/f").st_blocks));
        // Nobody has written there: it is a hole still.
        Assert.Equal(Errno.ENXIO, _guest.Error("lseek", fd, 0, (long)SeekWhence.SEEK_DATA));
        _guest.Ok("fallocate", fd, (long)FallocateMode.FALLOC_FL_KEEP_SIZE, 0, 20000);
        Assert.Equal((8192L, 40L), (_guest.Stat("/f").st_size, _guest.Stat("/f").st_blocks));
        _guest.Ok("pwrite64", fd, _guest.Text(new string('a', 6000)), 6000, 0);
        _guest.Ok("fallocate", fd, PunchHole, 100, 5000);
        Assert.Equal(200, _guest.Ok("pread64", fd, TestGuest.Scratch, 200, 0));
        Assert.Equal([.. Enumerable.Repeat((byte)'a', 100), .. new byte[100]], _guest.Read(TestGuest.Scratch, 200));
        _guest.Ok("fallocate", fd, PunchHole, 0, 4096);
        Assert.Equal(32, _guest.Stat("/f").st_blocks);
    }

    [Fact]
    public void A_full_file_system_says_so_and_what_is_removed_makes_room()
    {
        _guest.Directory("/m");
        _guest.Ok("mount", 0, _guest.Text("/m"), _guest.Text("tmpfs"), 0, _guest.Text("size=8k,nr_inodes=4"));
        var fd = _guest.Open("/m/f", OpenFlags.O_CREAT | OpenFlags.O_RDWR);
        Assert.Equal(8192, _guest.Ok("pwrite64", fd, TestGuest.Scratch, 10000, 0));
        Assert.Equal(Errno.ENOSPC, _guest.Error("pwrite64", fd, TestGuest.Scratch, 1, 8192));
        Assert.Equal(Errno.ENOSPC, _guest.Error("fallocate", fd, 0, 0, 1L << 40));
        _guest.File("/m/g");
        _guest.Ok("link", _guest.Text("/m/g"), _guest.Text("/m/h"));
        Assert.Equal(-(long)Errno.ENOSPC, _guest.Open("/m/i", OpenFlags.O_CREAT));
        // The name goes; the file and its pages stay while it is open.
        _guest.Ok("unlink", _guest.Text("/m/f"));
        Assert.Equal(0u, FreeBlocks());
        _guest.Ok("close", fd);
        Assert.Equal(2u, FreeBlocks());
        _guest.File("/m/i", "x");
    }

    [Fact]
    public void Links_and_sizes_of_directories_count_their_entries()
    {
        _guest.Directory("/d");
        Assert.Equal((2ul, 40L), (_guest.Stat("/d").st_nlink, _guest.Stat("/d").st_size));
        _guest.Directory("/d/sub");
        _guest.File("/d/file");
        Assert.Equal((3ul, 80L), (_guest.Stat("/d").st_nlink, _guest.Stat("/d").st_size));
        _guest.Directory("/e");
        _guest.Ok("rename", _guest.Text("/d/sub"), _guest.Text("/e/sub"));
        Assert.Equal((2ul, 60L), (_guest.Stat("/d").st_nlink, _guest.Stat("/d").st_size));
        Assert.Equal((3ul, 60L), (_guest.Stat("/e").st_nlink, _guest.Stat("/e").st_size));
        Assert.Equal(Errno.ENOTEMPTY, _guest.Error("rmdir", _guest.Text("/e")));
    }

    [Fact]
    public void Names_are_listed_newest_first_and_each_once()
    {
        var expected = new List<string>();
        _guest.Directory("/d");
        for (var i = 0; i < 40; i++)
        {
            _guest.File($"/d/f{i}");
            expected.Insert(0, $"f{i}");
        }

        Assert.Equal(expected, _guest.List("/d"));
    }

    [Fact]
    public void A_listing_goes_on_where_it_stopped_while_names_come_and_go()
    {
        _guest.Directory("/d");
        for (var i = 0; i < 100; i++)
            _guest.File($"/d/f{i}");
        var fd = _guest.Open("/d", OpenFlags.O_RDONLY);
        var seen = new List<string>();
        while (_guest.Ok("getdents64", fd, TestGuest.Scratch, 128) is var count && count > 0)
        {
            var names = TreeGuest.NamesIn(_guest.Read(TestGuest.Scratch, (int)count));
            seen.AddRange(names);
            foreach (var name in names)
                _guest.Ok("unlink", _guest.Text("/d/" + name));
            _guest.File($"/d/new{seen.Count}");
        }

        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"f{99 - i}"), seen);
    }

    [Fact]
    public void A_buffer_that_is_too_small_for_one_entry_is_refused()
    {
        _guest.Directory("/d");
        var fd = _guest.Open("/d", OpenFlags.O_RDONLY);
        Assert.Equal(Errno.EINVAL, _guest.Error("getdents64", fd, TestGuest.Scratch, 23));
        Assert.Equal(24, _guest.Ok("getdents64", fd, TestGuest.Scratch, 24));
        Assert.Equal(Errno.EFAULT, _guest.Error("getdents64", fd, TestGuest.Bad, 24));
    }

    [Fact]
    public void Times_follow_what_happens()
    {
        _guest.Directory("/d");
        var before = _guest.Stat("/d");
        _guest.File("/d/f", "x");
        Assert.True(Nanoseconds(_guest.Stat("/d")) > Nanoseconds(before));
        var file = _guest.Stat("/d/f");
        _guest.Ok("chmod", _guest.Text("/d/f"), 0b110_000_000);
        var changed = _guest.Stat("/d/f");
        Assert.Equal(Nanoseconds(file), Nanoseconds(changed));
        Assert.True(changed.st_ctime_nsec != file.st_ctime_nsec || changed.st_ctime != file.st_ctime);
    }

    [Fact]
    public void Extended_attributes_are_kept_listed_and_removed()
    {
        _guest.File("/f");
        var path = _guest.Text("/f");
        var name = _guest.Text("user.color");
        _guest.Ok("setxattr", path, name, _guest.Text("red"), 3, 0);
        Assert.Equal(Errno.EEXIST, _guest.Error("setxattr", path, name, _guest.Text("blue"), 4, (long)XattrFlags.XATTR_CREATE));
        Assert.Equal(3, _guest.Ok("getxattr", path, name, 0, 0));
        Assert.Equal(Errno.ERANGE, _guest.Error("getxattr", path, name, TestGuest.Scratch, 2));
        Assert.Equal(3, _guest.Ok("getxattr", path, name, TestGuest.Scratch, 10));
        Assert.Equal("red"u8.ToArray(), _guest.Read(TestGuest.Scratch, 3));
        Assert.Equal(11, _guest.Ok("listxattr", path, TestGuest.Scratch, 100));
        _guest.Ok("removexattr", path, name);
        Assert.Equal(Errno.ENODATA, _guest.Error("getxattr", path, name, TestGuest.Scratch, 10));
        Assert.Equal(Errno.EOPNOTSUPP, _guest.Error("setxattr", path, _guest.Text("other.x"), 0, 0, 0));
    }

    private static long Nanoseconds(Stat stat) => (stat.st_mtime * 1_000_000_000) + (long)stat.st_mtime_nsec;

    private ulong FreeBlocks()
    {
        _guest.Ok("statfs", _guest.Text("/m"), TestGuest.Scratch);
        return _guest.Read<Statfs>().f_bfree;
    }
}
