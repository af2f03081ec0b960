using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Events;

/// <summary>One file that an epoll instance watches, under the number that it was added by (Linux's struct epitem).</summary>
internal sealed class EpollItem(EpollFile epoll, OpenFile file, int fd) : Wakeable
{
    public EpollFile Epoll => epoll;

    /// <summary>Not referred to; it takes the item away when it ends.</summary>
    public OpenFile File => file;

    public int Fd => fd;

    /// <summary>What is asked for, EPOLLERR and EPOLLHUP always. Guarded by the instance.</summary>
    public EpollEvents Events { get; set; }

    /// <summary>Handed back with each event. Guarded by the instance.</summary>
    public ulong Data { get; set; }

    /// <summary>Stands in the list of what is ready. Guarded by that list.</summary>
    public bool IsQueued { get; set; }

    /// <summary>Was taken out: wakes that are under way mean nothing any more. Guarded by the list of what is ready.</summary>
    public bool IsRemoved { get; set; }

    /// <summary>EPOLLONESHOT has told, or nothing is asked for.</summary>
    public bool IsDisabled => (Events & ~EpollEvents.Private) == 0;

    /// <summary>What is asked for and there now.</summary>
    public EpollEvents Poll() => (EpollEvents)File.Poll() & Events & ~EpollEvents.Private;

    internal override void Wake() => epoll.MarkReady(this);

    /// <summary>An edge of what was not asked for is none (ep_poll_callback).</summary>
    internal override void Wake(PollEvents what)
    {
        if (((PollEvents)Events & what) != 0)
            Wake();
    }
}
