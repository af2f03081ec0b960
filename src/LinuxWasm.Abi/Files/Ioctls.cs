using System.Runtime.InteropServices;

namespace LinuxWasm.Abi;

/// <summary>ioctl(2) requests that every file or several kinds of files know (asm-generic/ioctls.h, linux/fs.h).</summary>
public static class Ioctls
{
    public const uint TCGETS = 0x5401;
    public const uint TIOCGWINSZ = 0x5413;

    /// <summary>Bytes that can be read without waiting.</summary>
    public const uint FIONREAD = 0x541B;
    public const uint FIONBIO = 0x5421;
    public const uint FIONCLEX = 0x5450;
    public const uint FIOCLEX = 0x5451;
    public const uint FIOASYNC = 0x5452;
    public const uint FIOQSIZE = 0x5460;

    /// <summary>_IO(0, 1): a block's number, for CAP_SYS_RAWIO.</summary>
    public const uint FIBMAP = 1;

    /// <summary>_IO(0, 2): the file system's block size.</summary>
    public const uint FIGETBSZ = 2;

    /// <summary>_IOW(0x94, 9, int): shares the blocks of another file.</summary>
    public const uint FICLONE = 0x40049409;

    /// <summary>_IOW(0x94, 13, struct file_clone_range).</summary>
    public const uint FICLONERANGE = 0x4020940d;

    public const uint RNDGETENTCNT = 0x80045200;
    public const uint RNDADDTOENTCNT = 0x40045201;
    public const uint RNDADDENTROPY = 0x40085203;
    public const uint RNDZAPENTCNT = 0x5204;
    public const uint RNDCLEARPOOL = 0x5206;
    public const uint RNDRESEEDCRNG = 0x5207;
}

/// <summary>struct winsize (ioctl_tty(2)).</summary>
[StructLayout(LayoutKind.Explicit, Size = 8)]
public struct Winsize
{
    [FieldOffset(0)]
    public ushort ws_row;

    [FieldOffset(2)]
    public ushort ws_col;

    [FieldOffset(4)]
    public ushort ws_xpixel;

    [FieldOffset(6)]
    public ushort ws_ypixel;
}
