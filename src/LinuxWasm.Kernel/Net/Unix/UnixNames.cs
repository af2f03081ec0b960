using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Net.Unix;

/// <summary>The abstract names of a kernel, and all its AF_UNIX sockets. A name of a stream socket is another than the same name of a datagram socket.</summary>
internal sealed class UnixNames
{
    private readonly ConcurrentDictionary<(SocketType Type, string Name), UnixSocket> _abstract = new();
    private readonly ConcurrentDictionary<UnixSocket, bool> _all = new();

    private int _lastOfAutobind;

    /// <summary>For /proc/net/unix.</summary>
    public IEnumerable<UnixSocket> All => _all.Keys.OrderBy(socket => socket.Serial);

    public void Add(UnixSocket socket) => _all[socket] = true;

    public void Remove(UnixSocket socket) => _all.TryRemove(socket, out _);

    /// <summary>False where another socket of its type has the name (EADDRINUSE).</summary>
    public bool TryBind(UnixSocket socket, ReadOnlySpan<byte> address) => _abstract.TryAdd(KeyOf(socket.Type, address), socket);

    public void Unbind(UnixSocket socket, ReadOnlySpan<byte> address) =>
        ((ICollection<KeyValuePair<(SocketType, string), UnixSocket>>)_abstract).Remove(new(KeyOf(socket.Type, address), socket));

    public UnixSocket? Find(SocketType type, ReadOnlySpan<byte> address) => _abstract.GetValueOrDefault(KeyOf(type, address));

    /// <summary>Gives a socket a name of its own: a NUL and five hexadecimal digits (unix(7), "Autobind feature"). Null where all are taken.</summary>
    public byte[]? BindToAny(UnixSocket socket)
    {
        const int Names = 1 << 20;
        for (var i = 0; i < Names; i++)
        {
            var number = Interlocked.Increment(ref _lastOfAutobind) & (Names - 1);
            byte[] address = [.. UnixName.None, 0, .. Encoding.ASCII.GetBytes(number.ToString("x5", CultureInfo.InvariantCulture))];
            if (TryBind(socket, address))
                return address;
        }

        return null;
    }

    private static (SocketType Type, string Name) KeyOf(SocketType type, ReadOnlySpan<byte> address) =>
        (type, Encoding.Latin1.GetString(address[UnixName.PathOffset..]));
}
