namespace LinuxWasm.Abi;

/// <summary>poll(2)'s events.</summary>
[Flags]
public enum PollEvents
{
    None = 0,
    POLLIN = 1,
    POLLPRI = 2,
    POLLOUT = 4,
    POLLERR = 8,
    POLLHUP = 16,
    POLLNVAL = 32,
    POLLRDNORM = 64,
    POLLRDBAND = 128,
    POLLWRNORM = 256,
    POLLWRBAND = 512,
    POLLMSG = 1024,
    POLLRDHUP = 8192,

    /// <summary>What a regular file always answers (DEFAULT_POLLMASK).</summary>
    AlwaysReady = POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM,
}
