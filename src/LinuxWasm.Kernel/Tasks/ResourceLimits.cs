using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Tasks;

/// <summary>A soft and a hard limit, in the unit of its resource (getrlimit(2)).</summary>
public readonly record struct ResourceLimit(ulong Soft, ulong Hard);

/// <summary>A process's limits. Read from any thread without a lock; changed under one.</summary>
public sealed class ResourceLimits
{
    /// <summary>RLIM_NLIMITS.</summary>
    public const int Count = 16;

    /// <summary>fs.nr_open: no process may allow itself more descriptors.</summary>
    public const ulong MaxOpenFiles = 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly ulong[] _soft = new ulong[Count];
    private readonly ulong[] _hard = new ulong[Count];

    /// <summary>The limits that Linux's first process starts with.</summary>
    public ResourceLimits()
    {
        Array.Fill(_soft, Rlimit.Infinity);
        Array.Fill(_hard, Rlimit.Infinity);
        Start(Resource.RLIMIT_STACK, 8 << 20, Rlimit.Infinity);
        Start(Resource.RLIMIT_CORE, 0, Rlimit.Infinity);
        Start(Resource.RLIMIT_NPROC, PidTable.PidMax / 2, PidTable.PidMax / 2);
        Start(Resource.RLIMIT_NOFILE, 1024, MaxOpenFiles);
        Start(Resource.RLIMIT_MEMLOCK, 8 << 20, 8 << 20);
        Start(Resource.RLIMIT_SIGPENDING, PidTable.PidMax / 2, PidTable.PidMax / 2);
        Start(Resource.RLIMIT_MSGQUEUE, 819200, 819200);
        Start(Resource.RLIMIT_NICE, 0, 0);
        Start(Resource.RLIMIT_RTPRIO, 0, 0);
    }

    /// <summary>A copy, as fork(2) makes one.</summary>
    public ResourceLimits(ResourceLimits other)
    {
        lock (other._lock)
        {
            other._soft.CopyTo(_soft, 0);
            other._hard.CopyTo(_hard, 0);
        }
    }

    /// <summary>The soft limit: what the kernel enforces. RLIM_INFINITY is <see cref="ulong.MaxValue"/>.</summary>
    public ulong this[Resource resource] => Volatile.Read(ref _soft[(int)resource]);

    public ResourceLimit Get(Resource resource)
    {
        lock (_lock)
            return new ResourceLimit(_soft[(int)resource], _hard[(int)resource]);
    }

    /// <summary>Sets a limit for whoever may: raising the hard limit needs CAP_SYS_RESOURCE.</summary>
    /// <returns>EPERM, or no error; <paramref name="old"/> is the limit before.</returns>
    internal Errno Exchange(Resource resource, ResourceLimit limit, bool mayRaiseHard, out ResourceLimit old)
    {
        lock (_lock)
        {
            old = new ResourceLimit(_soft[(int)resource], _hard[(int)resource]);
            if (limit.Hard > old.Hard && !mayRaiseHard)
                return Errno.EPERM;
            Volatile.Write(ref _soft[(int)resource], limit.Soft);
            _hard[(int)resource] = limit.Hard;
            return Errno.None;
        }
    }

    private void Start(Resource resource, ulong soft, ulong hard)
    {
        _soft[(int)resource] = soft;
        _hard[(int)resource] = hard;
    }
}
