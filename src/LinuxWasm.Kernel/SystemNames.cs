using System.Text;

namespace LinuxWasm.Kernel;

/// <summary>The names that uname(2) tells. Bytes, not text: sethostname(2) takes any.</summary>
public sealed class SystemNames
{
    /// <summary>__NEW_UTS_LEN: bytes without the NUL.</summary>
    public const int MaxLength = 64;

    private readonly Lock _lock = new();
    private byte[] _host;
    private byte[] _domain;

    internal SystemNames(string host, string domain)
    {
        _host = Bytes(host);
        _domain = Bytes(domain);
    }

    public static string System => "Linux";

    /// <summary>The newest Linux whose system calls are known here.</summary>
    public static string Release => "6.18.0-linuxwasm";

    public static string Version => "#1 SMP PREEMPT_DYNAMIC";

    public byte[] Host
    {
        get
        {
            lock (_lock)
                return _host;
        }

        internal set
        {
            lock (_lock)
                _host = value;
        }
    }

    public byte[] Domain
    {
        get
        {
            lock (_lock)
                return _domain;
        }

        internal set
        {
            lock (_lock)
                _domain = value;
        }
    }

    private static byte[] Bytes(string name)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        return bytes.Length <= MaxLength ? bytes : bytes[..MaxLength];
    }
}
