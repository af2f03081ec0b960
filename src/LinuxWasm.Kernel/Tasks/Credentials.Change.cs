namespace LinuxWasm.Kernel.Tasks;

/// <summary>What happens to capabilities when user ids change (capabilities(7), "Effect of user ID changes on capabilities").</summary>
public sealed partial record Credentials
{
    /// <summary>CAP_FS_SET: what goes and comes with a file system user id of 0.</summary>
    private static readonly CapabilitySet FileSystemCapabilities = default(CapabilitySet)
        .With(Capability.CAP_CHOWN)
        .With(Capability.CAP_DAC_OVERRIDE)
        .With(Capability.CAP_DAC_READ_SEARCH)
        .With(Capability.CAP_FOWNER)
        .With(Capability.CAP_FSETID)
        .With(Capability.CAP_LINUX_IMMUTABLE)
        .With(Capability.CAP_MKNOD)
        .With(Capability.CAP_MAC_OVERRIDE);

    private bool HasRootUid => Uid == 0 || Euid == 0 || Suid == 0;

    /// <summary>These credentials after setuid, setreuid or setresuid led to them from <paramref name="old"/> (cap_emulate_setxuid).</summary>
    internal Credentials AfterUidChange(Credentials old)
    {
        if (SecureBits.HasFlag(SecureBits.SECBIT_NO_SETUID_FIXUP))
            return this;
        var next = this;
        if (old.HasRootUid && !HasRootUid)
        {
            if (!SecureBits.HasFlag(SecureBits.SECBIT_KEEP_CAPS))
                next = next with { Permitted = default, Effective = default };
            next = next with { Ambient = default };
        }

        if (old.Euid == 0 && Euid != 0)
            next = next with { Effective = default };
        if (old.Euid != 0 && Euid == 0)
            next = next with { Effective = next.Permitted };
        return next;
    }

    /// <summary>These credentials after setfsuid led to them from <paramref name="old"/>.</summary>
    internal Credentials AfterFsuidChange(Credentials old)
    {
        if (SecureBits.HasFlag(SecureBits.SECBIT_NO_SETUID_FIXUP))
            return this;
        if (old.Fsuid == 0 && Fsuid != 0)
            return this with { Effective = Effective.Minus(FileSystemCapabilities) };
        if (old.Fsuid != 0 && Fsuid == 0)
            return this with { Effective = Effective.Plus(Permitted.And(FileSystemCapabilities)) };
        return this;
    }
}
