using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Net;
using LinuxWasm.Kernel.Net.Inet;
using LinuxWasm.Kernel.Net.Unix;

namespace LinuxWasm.Kernel.FileSystems.Proc;

/// <summary>What the files of /proc/net say of sockets (proc_net(5)). Addresses of the kernel's memory, which others show, are zeros.</summary>
internal static class NetTexts
{
    public static readonly ProcEntry[] Table =
    [
        Text("tcp", kernel => Inet(kernel.Net.TcpPorts, AddressFamily.AF_INET)),
        Text("tcp6", kernel => Inet(kernel.Net.TcpPorts, AddressFamily.AF_INET6)),
        Text("udp", kernel => Inet(kernel.Net.UdpPorts, AddressFamily.AF_INET)),
        Text("udp6", kernel => Inet(kernel.Net.UdpPorts, AddressFamily.AF_INET6)),
        Text("unix", Unix),
    ];

    /// <summary>Numbers of states: TCP_ESTABLISHED, TCP_SYN_SENT, TCP_CLOSE, TCP_LISTEN.</summary>
    private static int StateOf(SocketState state) => state switch
    {
        SocketState.Established => 1,
        SocketState.Connecting => 2,
        SocketState.Listening => 10,
        _ => 7,
    };

    public static string Unix(LinuxKernel kernel)
    {
        const int AcceptsConnections = 0x10000;
        const int Unconnected = 1;
        const int Connected = 3;
        const int Connecting = 2;
        var text = new StringBuilder("Num       RefCount Protocol Flags    Type St Inode Path\n");
        foreach (var socket in kernel.Net.UnixNames.All)
        {
            var isConnected = socket.State == SocketState.Established;
            // Whom nobody has accepted yet has no file.
            var state = socket.Ino == 0 ? Connecting : isConnected ? Connected : Unconnected;
            var flags = socket.State == SocketState.Listening ? AcceptsConnections : 0;
            text.Append(CultureInfo.InvariantCulture, $"{0:x16}: {(isConnected ? 3 : 2):X8} {0:X8} {flags:X8} {(int)socket.Type:X4} {state:X2} {socket.Ino,5}");
            if (socket.Name is { } name)
                text.Append(' ').Append(PathOf(name));
            text.Append('\n');
        }

        return text.ToString();
    }

    /// <summary>An abstract name's NULs are shown as @.</summary>
    private static string PathOf(UnixName name) =>
        Encoding.Latin1.GetString(name.Place is null ? name.Path : name.Path[..^1]).Replace('\0', '@');

    private static string Inet(PortTable ports, AddressFamily family)
    {
        var isV4 = family == AddressFamily.AF_INET;
        var remote = isV4 ? "rem_address  " : "remote_address                       ";
        var local = isV4 ? "local_address" : "local_address                        ";
        var text = new StringBuilder($"  sl  {local} {remote} st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n");
        var number = 0;
        foreach (var socket in ports.All.Where(socket => socket.Family == family))
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{number++,4}: {NameOf(socket.Local, isV4)} {NameOf(socket.Remote, isV4)} {StateOf(socket.State):X2} 00000000:00000000 00:00000000 00000000 {socket.Uid,5}        0 {socket.Ino} 2 {0:x16} 0\n");
        }

        return text.ToString();
    }

    /// <summary>Words of the address in the machine's order, as it stands in memory in the network's.</summary>
    private static string NameOf(InetEndpoint endpoint, bool isV4)
    {
        if (isV4)
            return string.Create(CultureInfo.InvariantCulture, $"{BinaryPrimitives.ReverseEndianness(endpoint.Address.V4):X8}:{endpoint.Port:X4}");
        var text = new StringBuilder();
        for (var word = 3; word >= 0; word--)
            text.Append(CultureInfo.InvariantCulture, $"{BinaryPrimitives.ReverseEndianness((uint)(endpoint.Address.Value >> (32 * word))):X8}");
        return text.Append(CultureInfo.InvariantCulture, $":{endpoint.Port:X4}").ToString();
    }

    private static ProcEntry Text(string name, Func<LinuxKernel, string> text) =>
        new(name, Mode.S_IFREG, (superBlock, _) => ProcText.Of(superBlock, () => text(superBlock.Kernel)));
}
