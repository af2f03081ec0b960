using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Tasks;

/// <summary>What execve(2) makes of credentials (capabilities(7), "Transformation of capabilities during execve()"; cap_bprm_creds_from_file).</summary>
public sealed partial record Credentials
{
    /// <summary>These credentials in the program that a file holds. No file has capabilities of its own here.</summary>
    /// <param name="mode">The file's mode: its set-user-id and set-group-id bits.</param>
    /// <param name="uid">Its owner.</param>
    /// <param name="gid">Its group.</param>
    /// <param name="mayChangeIds">False where the bits don't count: nosuid, PR_SET_NO_NEW_PRIVS.</param>
    /// <param name="isSecure">AT_SECURE: the program has rights that its caller had not.</param>
    internal Credentials ForExec(Mode mode, uint uid, uint gid, bool mayChangeIds, out bool isSecure)
    {
        const Mode SetGroup = Mode.S_ISGID | Mode.S_IXGRP;
        var next = this;
        if (mayChangeIds && (mode & Mode.S_ISUID) != 0)
            next = next with { Euid = uid };
        // Without the group's execute bit it is a mark for mandatory locking.
        if (mayChangeIds && (mode & SetGroup) == SetGroup)
            next = next with { Egid = gid };

        var changesIds = next.Euid != Uid || next.Egid != Gid;
        var isRoot = !SecureBits.HasFlag(SecureBits.SECBIT_NOROOT);
        var permitted = isRoot && (next.Euid == 0 || next.Uid == 0) ? Bounding.Plus(Inheritable) : default;
        var isEffective = isRoot && next.Euid == 0;
        var ambient = changesIds ? default : Ambient;
        permitted = permitted.Plus(ambient);
        next = next with
        {
            Suid = next.Euid,
            Fsuid = next.Euid,
            Sgid = next.Egid,
            Fsgid = next.Egid,
            Permitted = permitted,
            Effective = isEffective ? permitted : ambient,
            Ambient = ambient,
            SecureBits = SecureBits & ~SecureBits.SECBIT_KEEP_CAPS,
        };
        isSecure = changesIds || (Uid != 0 && (isEffective || !permitted.IsSubsetOf(ambient)));
        return next;
    }
}
