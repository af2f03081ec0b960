using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Net.Unix;

/// <summary>
/// Files that are in messages which nobody has received. A user may have RLIMIT_NOFILE of them (unix(7), ETOOMANYREFS). Sockets among them can lie in each
/// other's queues with no descriptor left: those are found here and emptied (Linux's net/unix/garbage.c).
/// <para><see cref="_lock"/> comes before the sockets' locks. Who moves files in or out of a message holds them besides (<see cref="Rights.Hold"/>).</para>
/// </summary>
internal sealed class InFlightFiles
{
    /// <summary>Of all users together, root's too.</summary>
    private const int Most = 1 << 16;

    private const int SocketsPerEnd = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<uint, int> _ofUser = [];
    private readonly Dictionary<SocketFile, int> _sockets = [];
    private int _count;
    private int _socketCount;
    private int _endsSinceLook;

    /// <summary>Counts files that are about to be put into a message: ETOOMANYREFS.</summary>
    public Errno TryAdd(Rights rights, LinuxTask task)
    {
        var credentials = task.Credentials;
        rights.Uid = credentials.Uid;
        lock (_lock)
        {
            var already = _ofUser.GetValueOrDefault(rights.Uid);
            var isPrivileged = credentials.Has(Capability.CAP_SYS_RESOURCE) || credentials.Has(Capability.CAP_SYS_ADMIN);
            if (((ulong)already > task.Group.Limits[Resource.RLIMIT_NOFILE] && !isPrivileged) || _count > Most)
                return Errno.ETOOMANYREFS;
            Count(rights, +1);
            return Errno.None;
        }
    }

    /// <summary>How many a user has under way.</summary>
    public int CountOf(uint uid)
    {
        lock (_lock)
            return _ofUser.GetValueOrDefault(uid);
    }

    /// <summary>Files that left their message.</summary>
    public void Remove(Rights rights)
    {
        lock (_lock)
            Count(rights, -1);
    }

    /// <summary>
    /// Empties the queues of sockets that only messages refer to which nobody can receive. To be called when a socket ends.
    /// </summary>
    public void Collect()
    {
        // A look costs as much as there is to look at: where there is much, one in so many ends of sockets has it.
        var count = Volatile.Read(ref _socketCount);
        if (count == 0 || Interlocked.Increment(ref _endsSinceLook) < count / SocketsPerEnd)
            return;
        Volatile.Write(ref _endsSinceLook, 0);
        var garbage = new List<Rights>();
        lock (_lock)
        {
            var unreachable = FindUnreachable();
            // Somebody is just taking one out: another time.
            if (unreachable.Count == 0 || unreachable.Any(file => !IsOnlyInFlight(file)))
                return;
            foreach (var file in unreachable)
                (file.Socket as UnixSocket)?.TakeRights(garbage);
            foreach (var rights in garbage)
                Count(rights, -1);
        }

        foreach (var rights in garbage)
            rights.Dispose();
    }

    /// <summary>
    /// Begins with all that no descriptor refers to. One that lies in fewer of their queues than it is in flight lies in a queue that somebody can
    /// receive from, so it is spared, and with it what lies in its own.
    /// </summary>
    private HashSet<SocketFile> FindUnreachable()
    {
        var unreachable = _sockets.Keys.Where(IsOnlyInFlight).ToHashSet();
        var found = new Dictionary<SocketFile, int>();
        foreach (var held in unreachable.SelectMany(QueuedIn))
            found[held] = found.GetValueOrDefault(held) + 1;
        bool IsElsewhere(SocketFile file) => found.GetValueOrDefault(file) < _sockets[file];
        var spared = new Queue<SocketFile>(unreachable.Where(IsElsewhere));
        while (spared.TryDequeue(out var file))
        {
            if (!unreachable.Remove(file))
                continue;
            foreach (var held in QueuedIn(file))
            {
                found[held] = found.GetValueOrDefault(held) - 1;
                if (unreachable.Contains(held) && IsElsewhere(held))
                    spared.Enqueue(held);
            }
        }

        return unreachable;
    }

    private static IEnumerable<SocketFile> QueuedIn(SocketFile file) => file.Socket is UnixSocket socket ? socket.QueuedSockets() : [];

    private bool IsOnlyInFlight(SocketFile file) => file.References == _sockets.GetValueOrDefault(file);

    private void Count(Rights rights, int change)
    {
        var count = _ofUser.GetValueOrDefault(rights.Uid) + (change * rights.Files.Count);
        _count += change * rights.Files.Count;
        if (count == 0)
            _ofUser.Remove(rights.Uid);
        else
            _ofUser[rights.Uid] = count;
        foreach (var file in rights.Files)
        {
            if (file is not SocketFile socket)
                continue;
            _socketCount += change;
            var left = _sockets.GetValueOrDefault(socket) + change;
            if (left == 0)
                _sockets.Remove(socket);
            else
                _sockets[socket] = left;
        }
    }
}
