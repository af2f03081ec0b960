using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Tests.Ipc;

public sealed class PipeTests : IDisposable
{
    private const uint Buffer = TestGuest.Scratch + 0x1000;
    private const int O_NONBLOCK = (int)OpenFlags.O_NONBLOCK;

    private readonly TestGuest _guest = new();

    public void Dispose() => _guest.Dispose();

    [Fact]
    public void Pipe2_whose_answer_cannot_be_written_leaves_no_descriptors()
    {
        Assert.Equal(Errno.EFAULT, _guest.Error("pipe2", TestGuest.Bad, 0));
        // Eight bytes of which only the first four can be written.
        Assert.Equal(Errno.EFAULT, _guest.Error("pipe2", (1 << 20) - 4, 0));
        Assert.Empty(_guest.Task.Files.OpenDescriptors());
    }

    [Fact]
    public void A_full_pipe_takes_65536_bytes_and_then_none()
    {
        var (reader, writer) = Open(O_NONBLOCK);
        Assert.Equal(65536, _guest.Call("write", writer, Buffer, 70000));
        Assert.Equal(Errno.EAGAIN, _guest.Error("write", writer, Buffer, 1));
        // Half a page read frees no page.
        Assert.Equal(2048, _guest.Call("read", reader, Buffer, 2048));
        Assert.Equal(Errno.EAGAIN, _guest.Error("write", writer, Buffer, 1));
        Assert.Equal(2048, _guest.Call("read", reader, Buffer, 2048));
        Assert.Equal(1, _guest.Call("write", writer, Buffer, 1));
    }

    [Fact]
    public void Small_writes_share_a_page()
    {
        var (reader, writer) = Open(O_NONBLOCK);
        for (var i = 0; i < 65536; i += 64)
            Assert.Equal(64, _guest.Call("write", writer, Buffer, 64));
        Assert.Equal(Errno.EAGAIN, _guest.Error("write", writer, Buffer, 1));
        Assert.Equal(65536, _guest.Call("read", reader, Buffer, 70000));
    }

    [Fact]
    public void A_packet_is_read_alone_and_its_rest_is_lost()
    {
        var (reader, writer) = Open(O_NONBLOCK | (int)OpenFlags.O_DIRECT);
        _guest.Call("write", writer, Buffer, 10);
        _guest.Call("write", writer, Buffer, 20);
        Assert.Equal(4, _guest.Call("read", reader, Buffer, 4));
        Assert.Equal(20, _guest.Call("read", reader, Buffer, 100));
    }

    [Fact]
    public void A_fault_takes_nothing_out_of_the_pipe()
    {
        var (reader, writer) = Open(O_NONBLOCK);
        _guest.Call("write", writer, Buffer, 100);
        Assert.Equal(Errno.EFAULT, _guest.Error("read", reader, (1 << 20) - 50, 100));
        Assert.Equal(100, _guest.Call("read", reader, Buffer, 200));
        Assert.Equal(Errno.EFAULT, _guest.Error("write", writer, (1 << 20) - 50, 100));
        Assert.Equal(Errno.EAGAIN, _guest.Error("read", reader, Buffer, 1));
        // The first page was good.
        Assert.Equal(4096, _guest.Call("write", writer, (1 << 20) - 5000, 8192));
    }

    [Fact]
    public void Without_writers_reading_ends_and_without_readers_writing_fails()
    {
        var (reader, writer) = Open(0);
        _guest.Call("write", writer, Buffer, 3);
        _guest.Call("close", writer);
        Assert.Equal(3, _guest.Call("read", reader, Buffer, 10));
        Assert.Equal(0, _guest.Call("read", reader, Buffer, 10));

        (reader, writer) = Open(0);
        _guest.Call("close", reader);
        Assert.Equal(Errno.EPIPE, _guest.Error("write", writer, Buffer, 1));
        Assert.Equal(0, _guest.Call("write", writer, Buffer, 0));
    }

    [Fact]
    public void A_blocked_read_ends_when_somebody_writes()
    {
        var (reader, writer) = Open(0);
        var other = _guest.SpawnSharing();
        var thread = new Thread(() => other.Call("write", writer, Buffer + 0x1000, 5));
        thread.Start();
        Assert.Equal(5, _guest.Call("read", reader, Buffer, 100));
        thread.Join();
    }

    [Fact]
    public void A_blocking_write_goes_on_until_all_is_written()
    {
        var (reader, writer) = Open(0);
        var other = _guest.SpawnSharing();
        long written = 0;
        var thread = new Thread(() => written = other.Call("write", writer, Buffer, 200_000));
        thread.Start();
        long read = 0;
        while (read < 200_000)
            read += _guest.Call("read", reader, Buffer + 300_000, 7777);
        thread.Join();
        Assert.Equal(200_000, written);
        Assert.Equal(200_000, read);
    }

    private (int Reader, int Writer) Open(int flags)
    {
        Assert.Equal(0, _guest.Call("pipe2", TestGuest.Scratch, flags));
        return (_guest.Read<int>(TestGuest.Scratch), _guest.Read<int>(TestGuest.Scratch + 4));
    }
}
