using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tracing;

namespace LinuxWasm.Kernel.Tests.Net;

/// <summary>Lines as strace 6 prints them for the same calls.</summary>
public sealed class SocketTraceTests : IDisposable
{
    private const uint Pair = TestGuest.Scratch;
    private const uint Name = TestGuest.Scratch + 0x100;
    private const uint Data = TestGuest.Scratch + 0x200;
    private const uint Vector = TestGuest.Scratch + 0x300;
    private const uint Header = TestGuest.Scratch + 0x400;
    private const uint Control = TestGuest.Scratch + 0x500;

    private readonly TestGuest _guest = new();
    private readonly StringWriter _lines = new() { NewLine = "\n" };

    public SocketTraceTests() => _guest.Task.Tracer = new StraceTracer(_lines);

    public void Dispose() => _guest.Dispose();

    [Fact]
    public void Pairs_messages_and_what_travels_with_them()
    {
        _guest.Call("socketpair", 1, 0x80001, 0, Pair);
        _guest.Write(Data, 0x6968);
        _guest.Write(Vector, new Iovec32 { iov_base = Data, iov_len = 2 });
        _guest.Write(Control, new Cmsghdr32 { cmsg_len = 16, cmsg_level = 1, cmsg_type = 1 });
        _guest.Write(Control + 12, 1);
        _guest.Write(Header, new Msghdr32 { msg_iov = Vector, msg_iovlen = 1, msg_control = Control, msg_controllen = 16 });
        _guest.Call("sendmsg", 0, Header, (int)MessageFlags.MSG_NOSIGNAL);
        _guest.Call("recvfrom", 1, Data, 8, (int)MessageFlags.MSG_DONTWAIT, 0, 0);
        _guest.Call("shutdown", 0, 1);
        Assert.Equal(
            """
            socketpair(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0, [0, 1]) = 0
            sendmsg(0, {msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base="hi", iov_len=2}], msg_iovlen=1, msg_control=[{cmsg_len=16, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[1]}], msg_controllen=16, msg_flags=0}, MSG_NOSIGNAL) = 2
            recvfrom(1, "hi", 8, MSG_DONTWAIT, NULL, NULL) = 2
            shutdown(0, SHUT_WR)                    = 0

            """.ReplaceLineEndings("\n"),
            _lines.ToString());
    }

    [Fact]
    public void Addresses_and_options()
    {
        _guest.Call("socket", 2, 2, 17);
        _guest.Write(Name, 0x581b_0002u);
        _guest.Write(Name + 4, 0x0100007fu);
        _guest.Call("bind", 0, Name, 16);
        _guest.Write(Data, 1);
        _guest.Call("setsockopt", 0, 1, 2, Data, 4);
        _guest.Call("socket", 1, 1, 0);
        _guest.Write(Name, (ushort)1);
        Assert.True(_guest.Memory.TryWrite(new Kernel.Memory.GuestPtr(Name + 2), "/tmp/s\0"u8));
        _guest.Call("connect", 1, Name, 9);
        Assert.Equal(
            """
            socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP) = 0
            bind(0, {sa_family=AF_INET, sin_port=htons(7000), sin_addr=inet_addr("127.0.0.1")}, 16) = 0
            setsockopt(0, SOL_SOCKET, SO_REUSEADDR, [1], 4) = 0
            socket(AF_UNIX, SOCK_STREAM, 0)         = 1
            connect(1, {sa_family=AF_UNIX, sun_path="/tmp/s"}, 9) = -1 ENOENT (No such file or directory)

            """.ReplaceLineEndings("\n"),
            _lines.ToString());
    }
}
