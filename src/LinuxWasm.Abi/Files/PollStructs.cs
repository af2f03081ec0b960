using System.Runtime.InteropServices;

namespace LinuxWasm.Abi;

/// <summary>struct pollfd (poll(2)).</summary>
[StructLayout(LayoutKind.Explicit, Size = 8)]
public struct Pollfd
{
    [FieldOffset(0)]
    public int fd;

    /// <summary><see cref="PollEvents"/> that are asked for.</summary>
    [FieldOffset(4)]
    public ushort events;

    /// <summary><see cref="PollEvents"/> that were found.</summary>
    [FieldOffset(6)]
    public ushort revents;
}

/// <summary>x86's struct epoll_event, which is packed (epoll_ctl(2)).</summary>
[StructLayout(LayoutKind.Explicit, Size = 12)]
public struct EpollEventPacked
{
    [FieldOffset(0)]
    public uint events;

    [FieldOffset(4)]
    public ulong data;
}

/// <summary>struct epoll_event of the other architectures.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
public struct EpollEvent
{
    [FieldOffset(0)]
    public uint events;

    [FieldOffset(8)]
    public ulong data;
}
