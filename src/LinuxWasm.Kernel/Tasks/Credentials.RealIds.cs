namespace LinuxWasm.Kernel.Tasks;

public sealed partial record Credentials
{
    /// <summary>
    /// What access(2) checks with: the real ids, and the capabilities that a program of that user would have (access_override_creds).
    /// </summary>
    internal Credentials WithRealIds()
    {
        var keepsCapabilities = (SecureBits & SecureBits.SECBIT_NO_SETUID_FIXUP) != 0;
        if (Fsuid == Uid && Fsgid == Gid && (keepsCapabilities || Effective == (Uid == 0 ? Permitted : default)))
            return this;
        return this with
        {
            Fsuid = Uid,
            Fsgid = Gid,
            Effective = keepsCapabilities ? Effective : Uid == 0 ? Permitted : default,
        };
    }
}
