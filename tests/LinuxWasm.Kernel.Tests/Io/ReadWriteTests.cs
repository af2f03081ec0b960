using System.Text;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;

namespace LinuxWasm.Kernel.Tests.Io;

public sealed class ReadWriteTests : IDisposable
{
    private const uint Path = TestGuest.Scratch;
    private const uint Vectors = TestGuest.Scratch + 0x1000;
    private const uint Buffer = TestGuest.Scratch + 0x2000;
    private const uint MemoryEnd = 1 << 20;

    private readonly TestGuest _guest = new();

    public void Dispose() => _guest.Dispose();

    [Fact]
    public void A_read_into_memory_that_ends_is_short()
    {
        var fd = Create(OpenFlags.O_RDWR);
        Assert.Equal(8192, _guest.Call("pwrite64", fd, Buffer, 8192, 0, 0));
        Assert.Equal(100, _guest.Call("pread64", fd, MemoryEnd - 100, 200, 0, 0));
        Assert.Equal(Errno.EFAULT, _guest.Error("pread64", fd, MemoryEnd, 200, 0, 0));
        // At the end of the file there is nothing to put there.
        Assert.Equal(0, _guest.Call("pread64", fd, MemoryEnd, 200, 8192, 0));
    }

    [Fact]
    public void A_vector_may_go_over_several_parts_and_must_not_be_malformed()
    {
        var fd = Create(OpenFlags.O_RDWR);
        WriteBytes(Buffer, "hello world");
        Vector(0, Buffer, 6);
        Vector(1, Buffer + 6, 0);
        Vector(2, Buffer + 6, 5);
        Assert.Equal(11, _guest.Call("writev", fd, Vectors, 3));
        Assert.Equal(Errno.EINVAL, _guest.Error("writev", fd, Vectors, 1025));
        Vector(1, Buffer, 0x80000000);
        Assert.Equal(Errno.EINVAL, _guest.Error("writev", fd, Vectors, 3));
        Assert.Equal(Errno.EFAULT, _guest.Error("readv", fd, TestGuest.Bad, 3));
        Vector(0, Buffer + 100, 4);
        Vector(1, MemoryEnd, 4);
        Assert.Equal(4, _guest.Call("preadv", fd, Vectors, 2, 6, 0));
        Assert.Equal("worl", ReadBytes(Buffer + 100, 4));
    }

    [Fact]
    public void Appending_ignores_the_position_and_RWF_NOAPPEND_takes_it_back()
    {
        var fd = Create(OpenFlags.O_RDWR | OpenFlags.O_APPEND);
        WriteBytes(Buffer, "abcd");
        Assert.Equal(4, _guest.Call("write", fd, Buffer, 4));
        Assert.Equal(2, _guest.Call("pwrite64", fd, Buffer, 2, 0, 0));
        Vector(0, Buffer + 3, 1);
        Assert.Equal(1, _guest.Call("pwritev2", fd, Vectors, 1, 0, 0, (int)RwFlags.RWF_NOAPPEND));
        Assert.Equal(6, _guest.Call("pread64", fd, Buffer + 100, 100, 0, 0));
        Assert.Equal("dbcdab", ReadBytes(Buffer + 100, 6));
    }

    [Fact]
    public void RLIMIT_FSIZE_shortens_a_write_and_then_forbids_it()
    {
        var fd = Create(OpenFlags.O_RDWR);
        _guest.Write(Buffer, new Rlimit32 { rlim_cur = 1000, rlim_max = uint.MaxValue });
        Assert.Equal(0, _guest.Call("setrlimit", (int)Resource.RLIMIT_FSIZE, Buffer));
        Assert.Equal(100, _guest.Call("pwrite64", fd, Buffer, 200, 900, 0));
        Assert.Equal(Errno.EFBIG, _guest.Error("pwrite64", fd, Buffer, 200, 1000, 0));
        Assert.True(_guest.Task.MustEnd);
    }

    [Fact]
    public void The_i386_tables_small_files_end_at_2_GiB()
    {
        var fd = Create(OpenFlags.O_RDWR);
        Assert.Equal(Errno.EFBIG, _guest.Error("pwrite64", fd, Buffer, 1, 0x7fffffff, 0));
        var large = Create(OpenFlags.O_RDWR | OpenFlags.O_LARGEFILE);
        Assert.Equal(1, _guest.Call("pwrite64", large, Buffer, 1, 0x7fffffff, 0));
        Assert.Equal(Errno.EOVERFLOW, _guest.Error("lseek", large, 0, (int)SeekWhence.SEEK_END));
        Assert.Equal(Errno.EOVERFLOW, _guest.Error("open", Path, 0, 0));
    }

    [Fact]
    public void Poll_waits_for_the_first_of_its_files()
    {
        Assert.Equal(0, _guest.Call("pipe", Buffer));
        var (reader, writer) = (_guest.Read<int>(Buffer), _guest.Read<int>(Buffer + 4));
        _guest.Write(Vectors, new Pollfd { fd = reader, events = (ushort)PollEvents.POLLIN });
        _guest.Write(Vectors + 8, new Pollfd { fd = 77, events = 0 });
        _guest.Write(Vectors + 16, new Pollfd { fd = -1, events = 0xff });
        Assert.Equal(1, _guest.Call("poll", Vectors, 3, -1));
        Assert.Equal((ushort)PollEvents.POLLNVAL, _guest.Read<Pollfd>(Vectors + 8).revents);
        Assert.Equal(0, _guest.Call("poll", Vectors, 1, 5));

        var other = _guest.SpawnSharing();
        var thread = new Thread(() => other.Call("write", writer, Buffer, 1));
        thread.Start();
        Assert.Equal(1, _guest.Call("poll", Vectors, 1, -1));
        thread.Join();
        Assert.Equal((ushort)PollEvents.POLLIN, _guest.Read<Pollfd>(Vectors).revents);
    }

    [Fact]
    public void Select_counts_each_set_and_refuses_what_is_not_open()
    {
        Assert.Equal(0, _guest.Call("pipe", Buffer));
        var (reader, writer) = (_guest.Read<int>(Buffer), _guest.Read<int>(Buffer + 4));
        _guest.Write(Vectors, 1u << writer | 1u << reader);
        _guest.Write(Vectors + 4, 1u << writer);
        _guest.Write(Vectors + 8, 0L);
        Assert.Equal(1, _guest.Call("_newselect", writer + 1, Vectors, Vectors + 4, 0, Vectors + 8));
        Assert.Equal(0u, _guest.Read<uint>(Vectors));
        Assert.Equal(1u << writer, _guest.Read<uint>(Vectors + 4));
        _guest.Write(Vectors, 1u << 9);
        Assert.Equal(Errno.EBADF, _guest.Error("_newselect", 10, Vectors, 0, 0, 0));
    }

    private int Create(OpenFlags flags)
    {
        WriteBytes(Path, "/file\0");
        return (int)_guest.Call("open", Path, (int)(flags | OpenFlags.O_CREAT), 0x1B6);
    }

    private void Vector(uint index, uint address, uint length) => _guest.Write(Vectors + 8 * index, new Iovec32 { iov_base = address, iov_len = length });

    private void WriteBytes(uint address, string text) => Assert.True(_guest.Memory.TryWrite(new GuestPtr(address), Encoding.ASCII.GetBytes(text)));

    private string ReadBytes(uint address, uint length)
    {
        Assert.True(_guest.Memory.TryGetReadable(new GuestPtr(address), length, out var bytes));
        return Encoding.ASCII.GetString(bytes);
    }
}
