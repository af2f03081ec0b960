using LinuxWasm.Abi;
using LinuxWasm.Kernel.FileSystems.Host.Platform;

namespace LinuxWasm.Kernel.FileSystems.Host;

/// <summary>Which ids of the host guests see as which, see <see cref="HostFolderType"/>.</summary>
internal sealed class OwnerMap(HostUser user, HostFolderOptions options)
{
    private const uint Root = 0;
    private const uint Nobody = 65534;

    /// <summary>What stands for "leave as it is" in chown(2).</summary>
    public const uint Keep = uint.MaxValue;

    public uint ShownUid(uint host) => options.Uid ?? Shown(host, user.Uid);

    public uint ShownGid(uint host) => options.Gid ?? Shown(host, user.Gid);

    /// <summary>Which ids a file of the host has to get for guests to see it as these, or EPERM where no host id is seen so.</summary>
    public Errno ToHost(uint shownUid, uint shownGid, in HostStat now, out uint uid, out uint gid)
    {
        var userPossible = TryToHost(shownUid, options.Uid, now.Uid, user.Uid, out uid);
        var groupPossible = TryToHost(shownGid, options.Gid, now.Gid, user.Gid, out gid);
        return userPossible && groupPossible ? Errno.None : Errno.EPERM;
    }

    /// <summary>Ids for what a guest makes; those that can't be had are left as the host chooses.</summary>
    public void ForNew(uint shownUid, uint shownGid, in HostStat now, out uint uid, out uint gid)
    {
        if (!user.IsRoot || options.Uid is not null || now.Uid == shownUid)
            uid = Keep;
        else
            uid = shownUid;
        if (!user.IsRoot || options.Gid is not null || now.Gid == shownGid)
            gid = Keep;
        else
            gid = shownGid;
    }

    private uint Shown(uint host, uint own) => user.IsRoot ? host : host == own ? Root : Nobody;

    private bool TryToHost(uint shown, uint? option, uint now, uint own, out uint host)
    {
        host = Keep;
        if (shown == Keep || shown == (option ?? Shown(now, own)))
            return true;
        if (option is not null)
            return false;
        host = user.IsRoot ? shown : own;
        return user.IsRoot || shown == Root;
    }
}
