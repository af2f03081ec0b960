using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Net.Inet;

/// <summary>Who has which port of one protocol (ip(7); Linux's inet_csk_get_port). Its lock comes after no other and before none.</summary>
internal sealed class PortTable(RandomSource random)
{
    /// <summary>/proc/sys/net/ipv4/ip_local_port_range.</summary>
    public const int FirstEphemeral = 32768;
    public const int LastEphemeral = 60999;

    private readonly Lock _lock = new();
    private readonly Dictionary<ushort, List<InetSocket>> _ports = [];

    /// <summary>Every socket that has a port, for /proc/net.</summary>
    public IReadOnlyList<InetSocket> All
    {
        get
        {
            lock (_lock)
                return [.. _ports.Values.SelectMany(sockets => sockets).OrderBy(socket => socket.Serial)];
        }
    }

    /// <summary>Takes a port, or any free one for 0: EADDRINUSE.</summary>
    public Errno TryTake(InetSocket socket, InetEndpoint wanted, out ushort port)
    {
        port = wanted.Port;
        lock (_lock)
        {
            if (port == 0 && !FindFree(socket, wanted.Address, out port))
                return Errno.EADDRINUSE;
            if (IsTaken(socket, wanted.Address, port, listens: false))
                return Errno.EADDRINUSE;
            Add(socket, port);
            return Errno.None;
        }
    }

    /// <summary>A socket that has a port begins to listen on it: only one may, unless all say SO_REUSEPORT.</summary>
    public bool MayListen(InetSocket socket)
    {
        lock (_lock)
            return !IsTaken(socket, socket.Local.Address, socket.Local.Port, listens: true);
    }

    /// <summary>A connection has its listener's port.</summary>
    public void Inherit(InetSocket connection, ushort port)
    {
        lock (_lock)
            Add(connection, port);
    }

    public void Leave(InetSocket socket, ushort port)
    {
        lock (_lock)
        {
            if (_ports.TryGetValue(port, out var sockets) && sockets.Remove(socket) && sockets.Count == 0)
                _ports.Remove(port);
        }
    }

    /// <summary>The socket that a score says is meant: the highest, and of several the latest. Negative ones are not.</summary>
    public InetSocket? Find(ushort port, Func<InetSocket, int> score)
    {
        lock (_lock)
        {
            InetSocket? best = null;
            var highest = -1;
            foreach (var socket in _ports.GetValueOrDefault(port) ?? [])
            {
                var points = score(socket);
                if (points >= highest && points >= 0)
                    (best, highest) = (socket, points);
            }

            return best;
        }
    }

    private void Add(InetSocket socket, ushort port)
    {
        if (!_ports.TryGetValue(port, out var sockets))
            _ports.Add(port, sockets = []);
        sockets.Add(socket);
    }

    private bool FindFree(InetSocket socket, InetAddress address, out ushort port)
    {
        const int Count = LastEphemeral - FirstEphemeral + 1;
        Span<byte> seed = stackalloc byte[4];
        random.Fill(seed);
        var start = BitConverter.ToUInt32(seed) % Count;
        for (var i = 0; i < Count; i++)
        {
            port = (ushort)(FirstEphemeral + ((start + i) % Count));
            if (!IsTaken(socket, address, port, listens: false))
                return true;
        }

        port = 0;
        return false;
    }

    private bool IsTaken(InetSocket socket, InetAddress address, ushort port, bool listens)
    {
        foreach (var other in _ports.GetValueOrDefault(port) ?? [])
        {
            if (!ReferenceEquals(other, socket) && socket.ConflictsWith(other, address, listens))
                return true;
        }

        return false;
    }
}
