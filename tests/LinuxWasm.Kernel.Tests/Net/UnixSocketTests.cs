using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Tests.Net;

public sealed class UnixSocketTests : IDisposable
{
    private const uint Pair = TestGuest.Scratch;
    private const uint Buffer = TestGuest.Scratch + 0x1000;
    private const uint Header = TestGuest.Scratch + 0x2000;
    private const uint Vector = TestGuest.Scratch + 0x2100;
    private const uint Control = TestGuest.Scratch + 0x2200;
    private const int AF_UNIX = (int)AddressFamily.AF_UNIX;
    private const int Stream = (int)SocketType.SOCK_STREAM;
    private const int NonBlocking = (int)SocketType.SOCK_NONBLOCK;

    private readonly TestGuest _guest = new();

    public void Dispose() => _guest.Dispose();

    [Fact]
    public void A_chain_of_sockets_in_each_others_queues_ends_without_recursion()
    {
        const int Length = 20_000;
        _guest.Call("prlimit64", 0, (int)Resource.RLIMIT_NOFILE, Limit(1 << 16), 0);
        var (held, sender) = Open(_guest);
        // Each socket lies in the queue of the one before it: only the first has a descriptor.
        for (var i = 0; i < Length; i++)
        {
            var (inner, innerSender) = Open(_guest);
            Assert.Equal(1, Send(_guest, sender, inner));
            _guest.Call("close", sender);
            _guest.Call("close", inner);
            sender = innerSender;
        }

        _guest.Call("close", sender);
        _guest.Call("close", held);
        Assert.Empty(_guest.Task.Files.OpenDescriptors());
        Assert.Equal(0, _guest.Kernel.Net.InFlight.CountOf(0));
    }

    [Fact]
    public void A_circle_of_sockets_is_collected_when_another_socket_ends()
    {
        var (one, other) = Open(_guest);
        Assert.Equal(1, Send(_guest, one, one));
        Assert.Equal(1, Send(_guest, one, other));
        Assert.Equal(1, Send(_guest, other, other));
        _guest.Call("close", one);
        Assert.Equal(3, _guest.Kernel.Net.InFlight.CountOf(0));
        _guest.Call("close", other);
        // What the last close could not see as garbage, since it was just that, the next socket's end does.
        _guest.Call("close", _guest.Call("socket", AF_UNIX, Stream, 0));
        Assert.Equal(0, _guest.Kernel.Net.InFlight.CountOf(0));
    }

    [Fact]
    public void An_ordinary_user_has_no_more_descriptors_under_way_than_he_may_open()
    {
        var user = _guest.Spawn(Credentials.ForUser(1000, 1000));
        user.Call("prlimit64", 0, (int)Resource.RLIMIT_NOFILE, LimitOf(user, 7), 0);
        var (one, other) = Open(user);
        for (var i = 0; i < 8; i++)
            Assert.Equal(1, Send(user, one, other));
        Assert.Equal(-(long)Errno.ETOOMANYREFS, Send(user, one, other));
        Assert.Equal(1, user.Call("read", other, Buffer, 1));
        Assert.Equal(1, Send(user, one, other));
    }

    [Fact]
    public void Descriptors_that_travel_between_threads_while_others_are_collected_all_arrive()
    {
        const int Rounds = 400;
        var (there, back) = Open(_guest);
        var collector = _guest.SpawnSharing();
        var stop = false;
        var collecting = new Thread(() =>
        {
            while (!Volatile.Read(ref stop))
                collector.Call("close", collector.Call("socket", AF_UNIX, Stream, 0));
        });
        collecting.Start();
        try
        {
            for (var i = 0; i < Rounds; i++)
            {
                // A socket with something in its queue, of which nobody has a descriptor meanwhile.
                var (inner, innerSender) = Open(_guest);
                Assert.Equal(2, _guest.Call("write", innerSender, Buffer, 2));
                Assert.Equal(1, Send(_guest, there, inner));
                _guest.Call("close", inner);
                var received = Receive(_guest, back);
                Assert.Equal(2, _guest.Call("read", received, Buffer + 64, 8));
                _guest.Call("close", received);
                _guest.Call("close", innerSender);
            }
        }
        finally
        {
            Volatile.Write(ref stop, true);
            collecting.Join();
        }
    }

    [Fact]
    public void What_is_received_gives_the_kernels_memory_back()
    {
        var (one, other) = Open(_guest);
        for (var i = 0; i < 2000; i++)
        {
            Assert.Equal(1000, _guest.Call("write", one, Buffer, 1000));
            Assert.Equal(1000, _guest.Call("read", other, Buffer, 1000));
        }

        Assert.Equal(1000, _guest.Call("write", one, Buffer, 1000));
        _guest.Call("close", other);
        _guest.Call("close", one);
        Assert.Equal(0, _guest.Kernel.Net.Memory.Used);
    }

    [Fact]
    public void A_blocked_read_ends_when_the_other_side_is_closed()
    {
        var (one, other) = Open(_guest, flags: 0);
        var closer = _guest.SpawnSharing();
        var thread = new Thread(() => closer.Call("close", other));
        thread.Start();
        Assert.Equal(0, _guest.Call("read", one, Buffer, 8));
        thread.Join();
    }

    [Fact]
    public void Proc_lists_what_listens()
    {
        var socket = _guest.Call("socket", AF_UNIX, Stream, 0);
        // sockaddr_un: the family, and an abstract name.
        _guest.Write(Buffer, (ushort)AF_UNIX);
        _guest.Write(Buffer + 2, 0x636261_00u);
        Assert.Equal(0, _guest.Call("bind", socket, Buffer, 6));
        Assert.Equal(0, _guest.Call("listen", socket, 1));
        var text = LinuxWasm.Kernel.FileSystems.Proc.NetTexts.Unix(_guest.Kernel);
        Assert.Matches(@"^Num .*Path\n0{16}: 0{7}2 0{8} 00010000 0001 01 +\d+ @abc\n$", text);
    }

    private static (long One, long Other) Open(TestGuest guest, int flags = NonBlocking)
    {
        Assert.Equal(0, guest.Call("socketpair", AF_UNIX, Stream | flags, 0, Pair));
        return (guest.Read<int>(Pair), guest.Read<int>(Pair + 4));
    }

    /// <summary>Sends one byte, and a descriptor with it.</summary>
    private static long Send(TestGuest guest, long socket, long descriptor)
    {
        WriteHeader(guest);
        guest.Write(Control, new Cmsghdr32 { cmsg_len = 16, cmsg_level = (int)SocketLevel.SOL_SOCKET, cmsg_type = (int)ControlType.SCM_RIGHTS });
        guest.Write(Control + 12, (int)descriptor);
        return guest.Call("sendmsg", socket, Header, 0);
    }

    private static long Receive(TestGuest guest, long socket)
    {
        WriteHeader(guest);
        Assert.Equal(1, guest.Call("recvmsg", socket, Header, 0));
        return guest.Read<int>(Control + 12);
    }

    private static void WriteHeader(TestGuest guest)
    {
        guest.Write(Vector, new Iovec32 { iov_base = Buffer, iov_len = 1 });
        guest.Write(Header, new Msghdr32 { msg_iov = Vector, msg_iovlen = 1, msg_control = Control, msg_controllen = 16 });
    }

    private long Limit(ulong value) => LimitOf(_guest, value);

    private static long LimitOf(TestGuest guest, ulong value)
    {
        guest.Write(Buffer, value);
        guest.Write(Buffer + 8, value);
        return Buffer;
    }
}
