using LinuxWasm.Abi;
using LinuxWasm.Kernel.Net.Unix;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Net;

/// <summary>What a call sends, and how far it is (Linux's struct msghdr and scm_cookie).</summary>
internal ref struct OutgoingMessage
{
    public IoSource Source;

    public MessageFlags Flags;

    /// <summary>Where to, if the call says so: at least one byte.</summary>
    public ReadOnlySpan<byte> Name;

    /// <summary>SCM_RIGHTS; null once a message has taken them over.</summary>
    public Rights? Rights;

    /// <summary>SCM_CREDENTIALS, checked.</summary>
    public Ucred? Credentials;

    /// <summary>Bytes that are sent.</summary>
    public long Done;

    /// <summary>The call has looked at what can be wrong with it from the beginning.</summary>
    public bool HasStarted;

    /// <summary>A queue beside the socket's own that is woken when there may be room.</summary>
    public Tasks.WaitQueue? Also;

    public readonly bool SignalsNothing => (Flags & MessageFlags.MSG_NOSIGNAL) != 0;
}

/// <summary>What a call receives, and how far it is.</summary>
internal ref struct IncomingMessage
{
    public IoTarget Target;

    public MessageFlags Flags;

    /// <summary>Somebody asks who sent it.</summary>
    public bool WantsName;

    /// <summary>The call would wait if there were nothing.</summary>
    public bool MayWait;

    /// <summary>Flags of the message: MSG_TRUNC, ...</summary>
    public MessageFlags Result;

    /// <summary>Who sent it; empty where he has no name or nobody asked.</summary>
    public byte[] Name;

    /// <summary>Open files that came with it. The receiver's from now on.</summary>
    public Rights? Rights;

    /// <summary>The sender's credentials are told, and no other's bytes may follow (SO_PASSCRED).</summary>
    public bool HasCredentials;

    /// <summary>They are; nobody's, if they were not asked for when it was sent.</summary>
    public Ucred Credentials;

    /// <summary>Bytes that were received.</summary>
    public long Done;

    public readonly bool IsPeek => (Flags & MessageFlags.MSG_PEEK) != 0;
}
