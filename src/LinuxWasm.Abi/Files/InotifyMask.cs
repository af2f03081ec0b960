using System.Runtime.InteropServices;

namespace LinuxWasm.Abi;

/// <summary>inotify(7)'s events, and how they are watched for.</summary>
[Flags]
public enum InotifyMask : uint
{
    None = 0,
    IN_ACCESS = 1,
    IN_MODIFY = 2,
    IN_ATTRIB = 4,
    IN_CLOSE_WRITE = 8,
    IN_CLOSE_NOWRITE = 0x10,
    IN_OPEN = 0x20,
    IN_MOVED_FROM = 0x40,
    IN_MOVED_TO = 0x80,
    IN_CREATE = 0x100,
    IN_DELETE = 0x200,
    IN_DELETE_SELF = 0x400,
    IN_MOVE_SELF = 0x800,
    IN_ALL_EVENTS = 0xfff,

    IN_UNMOUNT = 0x2000,
    IN_Q_OVERFLOW = 0x4000,

    /// <summary>The watch is gone.</summary>
    IN_IGNORED = 0x8000,

    IN_ONLYDIR = 0x1000000,
    IN_DONT_FOLLOW = 0x2000000,

    /// <summary>Nothing of children that have lost their names.</summary>
    IN_EXCL_UNLINK = 0x4000000,

    /// <summary>EEXIST where it is watched already.</summary>
    IN_MASK_CREATE = 0x10000000,

    /// <summary>Adds to what is watched for, rather than replacing it.</summary>
    IN_MASK_ADD = 0x20000000,

    /// <summary>It happened to a directory.</summary>
    IN_ISDIR = 0x40000000,
    IN_ONESHOT = 0x80000000,

    /// <summary>What inotify_add_watch(2) wants one of.</summary>
    Known = IN_ALL_EVENTS | IN_UNMOUNT | IN_Q_OVERFLOW | IN_IGNORED | IN_ONLYDIR | IN_DONT_FOLLOW | IN_EXCL_UNLINK
        | IN_MASK_CREATE | IN_MASK_ADD | IN_ISDIR | IN_ONESHOT,
}

/// <summary>struct inotify_event without its name, which follows, NUL-padded to a multiple of 16.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
public struct InotifyEventHeader
{
    [FieldOffset(0)]
    public int wd;

    [FieldOffset(4)]
    public InotifyMask mask;

    /// <summary>The same for the two events of one rename.</summary>
    [FieldOffset(8)]
    public uint cookie;

    [FieldOffset(12)]
    public uint len;
}
