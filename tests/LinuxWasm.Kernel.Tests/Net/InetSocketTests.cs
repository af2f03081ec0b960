using System.Buffers.Binary;
using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Tests.Net;

public sealed class InetSocketTests : IDisposable
{
    private const uint Name = TestGuest.Scratch;
    private const uint Buffer = TestGuest.Scratch + 0x1000;
    private const int AF_INET = (int)AddressFamily.AF_INET;
    private const int Stream = (int)SocketType.SOCK_STREAM;
    private const int Datagrams = (int)SocketType.SOCK_DGRAM;
    private const int NonBlocking = (int)SocketType.SOCK_NONBLOCK;
    private const ushort Port = 7000;

    private readonly TestGuest _guest = new();

    public void Dispose() => _guest.Dispose();

    [Fact]
    public void Connections_wait_before_a_full_queue_and_are_let_in_as_others_are_accepted()
    {
        var listener = Listen(backlog: 0);
        var first = Connect(NonBlocking);
        var second = Connect(NonBlocking);
        var third = Connect(NonBlocking);
        Assert.Equal(Errno.ENOTCONN, _guest.Error("getpeername", second, Buffer, Length()));
        // One that gives up is passed over.
        _guest.Call("close", second);
        Accept(listener);
        Assert.Equal(0, _guest.Call("getpeername", third, Buffer, Length()));
        Accept(listener);
        Assert.Equal(Errno.EAGAIN, _guest.Error("accept4", listener, 0, 0, 0));
        Assert.Equal(0, _guest.Call("getpeername", first, Buffer, Length()));
    }

    [Fact]
    public void A_blocked_writer_goes_on_as_its_peer_reads()
    {
        const int Bytes = 400_000;
        var listener = Listen(backlog: 5);
        var client = Connect(0);
        var server = Accept(listener);
        var other = _guest.SpawnSharing();
        long written = 0;
        var thread = new Thread(() => written = other.Call("write", client, Buffer, Bytes));
        thread.Start();
        long read = 0;
        while (read < Bytes)
        {
            var part = _guest.Call("read", server, Buffer + Bytes, 70_000);
            Assert.InRange(part, 1, 70_000);
            read += part;
        }

        thread.Join();
        Assert.Equal(Bytes, written);
    }

    [Fact]
    public void Datagrams_beyond_the_receivers_buffer_are_lost()
    {
        var receiver = _guest.Call("socket", AF_INET, Datagrams | NonBlocking, 0);
        WriteName(Port);
        Assert.Equal(0, _guest.Call("bind", receiver, Name, 16));
        var sender = _guest.Call("socket", AF_INET, Datagrams, 0);
        for (var i = 0; i < 1000; i++)
            Assert.Equal(1000, _guest.Call("sendto", sender, Buffer, 1000, 0, Name, 16));
        var received = 0;
        while (_guest.Call("read", receiver, Buffer, 2000) == 1000)
            received++;
        // 212992 bytes, and each counts as 2304.
        Assert.Equal(92, received);
    }

    [Fact]
    public void What_is_closed_gives_ports_and_memory_back()
    {
        for (var i = 0; i < 3; i++)
        {
            var listener = Listen(backlog: 5);
            var client = Connect(0);
            var server = Accept(listener);
            Assert.Equal(5000, _guest.Call("write", client, Buffer, 5000));
            foreach (var socket in new[] { server, listener, client })
                _guest.Call("close", socket);
        }

        Assert.Empty(_guest.Kernel.Net.TcpPorts.All);
        Assert.Equal(0, _guest.Kernel.Net.Memory.Used);
    }

    [Fact]
    public void No_host_but_this_one_can_be_reached()
    {
        var socket = _guest.Call("socket", AF_INET, Stream, 0);
        foreach (var address in new uint[] { 0x08080808, 0x0a000001, 0xc0a80001, 0xffffffff, 0xe0000001 })
        {
            WriteName(Port, address);
            Assert.Equal(Errno.ENETUNREACH, _guest.Error("connect", socket, Name, 16));
        }
    }

    private long Listen(int backlog)
    {
        var listener = _guest.Call("socket", AF_INET, Stream | NonBlocking, 0);
        WriteName(Port);
        Assert.Equal(0, _guest.Call("bind", listener, Name, 16));
        Assert.Equal(0, _guest.Call("listen", listener, backlog));
        return listener;
    }

    private long Connect(int flags)
    {
        var socket = _guest.Call("socket", AF_INET, Stream | flags, 0);
        WriteName(Port);
        Assert.Equal(flags == 0 ? 0 : -(long)Errno.EINPROGRESS, _guest.Call("connect", socket, Name, 16));
        return socket;
    }

    private long Accept(long listener)
    {
        var accepted = _guest.Call("accept4", listener, 0, 0, 0);
        Assert.InRange(accepted, 0, 100);
        return accepted;
    }

    private long Length()
    {
        _guest.Write(Buffer - 4, 16);
        return Buffer - 4;
    }

    private void WriteName(ushort port, uint address = 0x7f000001)
    {
        _guest.Write(Name, (ushort)AF_INET);
        _guest.Write(Name + 2, BinaryPrimitives.ReverseEndianness(port));
        _guest.Write(Name + 4, BinaryPrimitives.ReverseEndianness(address));
    }
}
