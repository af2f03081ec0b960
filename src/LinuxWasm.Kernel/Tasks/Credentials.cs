namespace LinuxWasm.Kernel.Tasks;

/// <summary>
/// Who a task is (credentials(7), capabilities(7)). Immutable, as Linux's struct cred: a change makes a new one, so that
/// whoever holds one sees a consistent set without a lock.
/// </summary>
public sealed partial record Credentials
{
    /// <summary>The all-powerful user that the first process of a kernel starts as.</summary>
    public static Credentials Root { get; } = new();

    public uint Uid { get; init; }

    public uint Euid { get; init; }

    public uint Suid { get; init; }

    /// <summary>The id that file access is checked with; follows <see cref="Euid"/> unless setfsuid(2) sets it.</summary>
    public uint Fsuid { get; init; }

    public uint Gid { get; init; }

    public uint Egid { get; init; }

    public uint Sgid { get; init; }

    public uint Fsgid { get; init; }

    /// <summary>Supplementary groups, sorted; never changed in place.</summary>
    public uint[] Groups { get; init; } = [];

    public CapabilitySet Effective { get; init; } = CapabilitySet.Full;

    public CapabilitySet Permitted { get; init; } = CapabilitySet.Full;

    public CapabilitySet Inheritable { get; init; }

    public CapabilitySet Bounding { get; init; } = CapabilitySet.Full;

    public CapabilitySet Ambient { get; init; }

    public SecureBits SecureBits { get; init; }

    /// <summary>An ordinary user without capabilities.</summary>
    public static Credentials ForUser(uint uid, uint gid, params uint[] groups) => new()
    {
        Uid = uid,
        Euid = uid,
        Suid = uid,
        Fsuid = uid,
        Gid = gid,
        Egid = gid,
        Sgid = gid,
        Fsgid = gid,
        Groups = [.. groups.Order()],
        Effective = uid == 0 ? CapabilitySet.Full : default,
        Permitted = uid == 0 ? CapabilitySet.Full : default,
    };

    /// <summary>True where the effective set holds a capability.</summary>
    public bool Has(Capability capability) => Effective.Contains(capability);

    /// <summary>True where a group is the file system group or a supplementary one (in_group_p).</summary>
    public bool InGroup(uint gid) => gid == Fsgid || Array.BinarySearch(Groups, gid) >= 0;

    /// <summary>True where a group is the effective group or a supplementary one (in_egroup_p).</summary>
    public bool InEffectiveGroup(uint gid) => gid == Egid || Array.BinarySearch(Groups, gid) >= 0;
}
