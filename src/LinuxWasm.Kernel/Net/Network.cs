using LinuxWasm.Kernel.Net.Inet;
using LinuxWasm.Kernel.Net.Unix;

namespace LinuxWasm.Kernel.Net;

/// <summary>What the sockets of one kernel share (Linux's struct net): names, limits, what is in flight.</summary>
internal sealed class Network(RandomSource random)
{
    /// <summary>/proc/sys/net/core/somaxconn: no backlog is longer.</summary>
    public const int MaxBacklog = 4096;

    public SocketMemory Memory { get; } = new();

    public InFlightFiles InFlight { get; } = new();

    public UnixNames UnixNames { get; } = new();

    public PortTable TcpPorts { get; } = new(random);

    public PortTable UdpPorts { get; } = new(random);
}
