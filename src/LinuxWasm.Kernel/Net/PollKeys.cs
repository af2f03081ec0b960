using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Net;

/// <summary>What a socket tells those who wait for it (sock_def_readable, sock_def_write_space): an epoll that did not ask for it is not bothered.</summary>
internal static class PollKeys
{
    public const PollEvents Readable = PollEvents.POLLIN | PollEvents.POLLPRI | PollEvents.POLLRDNORM | PollEvents.POLLRDBAND;

    public const PollEvents Writable = PollEvents.POLLOUT | PollEvents.POLLWRNORM | PollEvents.POLLWRBAND;
}
