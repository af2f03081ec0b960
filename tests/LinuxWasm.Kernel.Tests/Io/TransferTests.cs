using System.Text;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;

namespace LinuxWasm.Kernel.Tests.Io;

/// <summary>What moves bytes between files, and files in memory with their seals.</summary>
public sealed class TransferTests : IDisposable
{
    private const uint Text = TestGuest.Scratch;
    private const uint Offset = TestGuest.Scratch + 0x1000;
    private const uint Buffer = TestGuest.Scratch + 0x2000;

    private readonly TestGuest _guest = new();

    public void Dispose() => _guest.Dispose();

    [Fact]
    public void Sendfile_takes_an_offset_and_leaves_the_position()
    {
        var from = Memfd("hello world");
        var to = Memfd("");
        _guest.Write(Offset, 6L);
        Assert.Equal(5, _guest.Call("sendfile64", to, from, Offset, 100));
        Assert.Equal(11, _guest.Read<long>(Offset));
        Assert.Equal("world", Contents(to));
        Assert.Equal(11, _guest.Call("sendfile64", to, from, 0, 100));
        Assert.Equal(0, _guest.Call("sendfile64", to, from, 0, 100));
        Assert.Equal("worldhello world", Contents(to));
    }

    [Fact]
    public void Splice_goes_by_way_of_a_pipe_and_tee_leaves_what_it_copies()
    {
        var (reader, writer) = Pipe();
        var (reader2, writer2) = Pipe();
        var from = Memfd("hello world");
        var to = Memfd("");
        Assert.Equal(11, _guest.Call("splice", from, 0, writer, 0, 100, 0));
        Assert.Equal(5, _guest.Call("tee", reader, writer2, 5, 0));
        Assert.Equal(8, _guest.Call("splice", reader, 0, to, 0, 8, 0));
        Assert.Equal(3, _guest.Call("splice", reader, 0, writer2, 0, 100, 0));
        Assert.Equal("hello wo", Contents(to));
        Assert.Equal(8, _guest.Call("read", reader2, Buffer, 100));
        Assert.Equal("hellorld", Ascii(8));
        Assert.Equal(Errno.EINVAL, _guest.Error("splice", from, 0, to, 0, 1, 0));
        Assert.Equal(Errno.EINVAL, _guest.Error("splice", reader, 0, writer, 0, 1, 0));
    }

    [Fact]
    public void Copies_in_one_file_must_not_overlap()
    {
        var file = Memfd("hello world");
        _guest.Write(Offset, 0L);
        _guest.Write(Offset + 8, 3L);
        Assert.Equal(Errno.EINVAL, _guest.Error("copy_file_range", file, Offset, file, Offset + 8, 5, 0));
        _guest.Write(Offset + 8, 6L);
        Assert.Equal(5, _guest.Call("copy_file_range", file, Offset, file, Offset + 8, 5, 0));
        Assert.Equal("hello hello", Contents(file));
    }

    [Fact]
    public void Seals_forbid_what_they_say_for_ever()
    {
        var file = Memfd("hello");
        Assert.Equal(0, _guest.Call("fcntl64", file, (int)FcntlCommand.F_ADD_SEALS, (int)(FileSeals.F_SEAL_GROW | FileSeals.F_SEAL_SHRINK)));
        Assert.Equal(Errno.EPERM, _guest.Error("ftruncate", file, 4));
        Assert.Equal(Errno.EPERM, _guest.Error("ftruncate", file, 6));
        Assert.Equal(1, _guest.Call("pwrite64", file, Text, 1, 0, 0));
        Assert.Equal(Errno.EPERM, _guest.Error("pwrite64", file, Text, 1, 5, 0));
        Assert.Equal(0, _guest.Call("fcntl64", file, (int)FcntlCommand.F_ADD_SEALS, (int)(FileSeals.F_SEAL_WRITE | FileSeals.F_SEAL_SEAL)));
        Assert.Equal(Errno.EPERM, _guest.Error("pwrite64", file, Text, 1, 0, 0));
        Assert.Equal(Errno.EPERM, _guest.Error("fcntl64", file, (int)FcntlCommand.F_ADD_SEALS, 0));
        Assert.Equal(15, _guest.Call("fcntl64", file, (int)FcntlCommand.F_GET_SEALS, 0));
    }

    private (int Reader, int Writer) Pipe()
    {
        Assert.Equal(0, _guest.Call("pipe", Offset));
        return (_guest.Read<int>(Offset), _guest.Read<int>(Offset + 4));
    }

    private int Memfd(string contents)
    {
        Write(Text, "name\0");
        var fd = (int)_guest.Call("memfd_create", Text, (int)MemfdFlags.MFD_ALLOW_SEALING);
        Write(Text, contents);
        Assert.Equal(contents.Length, _guest.Call("pwrite64", fd, Text, contents.Length, 0, 0));
        return fd;
    }

    private string Contents(int fd) => Ascii(_guest.Call("pread64", fd, Buffer, 1000, 0, 0));

    private string Ascii(long length)
    {
        Assert.True(_guest.Memory.TryGetReadable(new GuestPtr(Buffer), (uint)length, out var bytes));
        return Encoding.ASCII.GetString(bytes);
    }

    private void Write(uint address, string text) => Assert.True(_guest.Memory.TryWrite(new GuestPtr(address), Encoding.ASCII.GetBytes(text)));
}
