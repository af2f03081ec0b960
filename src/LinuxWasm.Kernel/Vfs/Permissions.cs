using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Vfs;

/// <summary>Who may do what: mode bits and the capabilities that override them (path_resolution(7), capabilities(7)).</summary>
public static class Permissions
{
    /// <summary>generic_permission of the kernel: EACCES, or None. Ids are the file system ones.</summary>
    public static Errno Check(Inode inode, Credentials credentials, Access access)
    {
        var mode = (uint)inode.Mode;
        var wanted = (uint)access;
        var granted = credentials.Fsuid == inode.Uid ? mode >> 6
            : credentials.InGroup(inode.Gid) ? mode >> 3
            : mode;
        if ((wanted & ~granted & 7) == 0)
            return Errno.None;

        if (inode.IsDirectory)
        {
            if ((access & Access.Write) == 0 && credentials.Has(Capability.CAP_DAC_READ_SEARCH))
                return Errno.None;
            return credentials.Has(Capability.CAP_DAC_OVERRIDE) ? Errno.None : Errno.EACCES;
        }

        if (access == Access.Read && credentials.Has(Capability.CAP_DAC_READ_SEARCH))
            return Errno.None;
        // Even root can't execute what nobody may execute.
        if (((access & Access.Execute) == 0 || (inode.Mode & Mode.AnyExecute) != 0) && credentials.Has(Capability.CAP_DAC_OVERRIDE))
            return Errno.None;
        return Errno.EACCES;
    }

    /// <summary>Owner, or CAP_FOWNER (inode_owner_or_capable).</summary>
    public static bool OwnsOrCapable(Inode inode, Credentials credentials) =>
        credentials.Fsuid == inode.Uid || credentials.Has(Capability.CAP_FOWNER);

    /// <summary>In a sticky directory only the owner of the file or of the directory may take a name away (check_sticky).</summary>
    public static bool StickyForbids(Inode directory, Inode victim, Credentials credentials) =>
        (directory.Mode & Mode.S_ISVTX) != 0
        && victim.Uid != credentials.Fsuid
        && directory.Uid != credentials.Fsuid
        && !credentials.Has(Capability.CAP_FOWNER);
}
