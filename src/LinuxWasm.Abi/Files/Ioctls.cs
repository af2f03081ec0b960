using System.Runtime.InteropServices;

namespace LinuxWasm.Abi;

/// <summary>ioctl(2) requests that every file or several kinds of files know (asm-generic/ioctls.h, linux/fs.h).</summary>
public static class Ioctls
{
    public const uint TCGETS = 0x5401;
    public const uint TCSETS = 0x5402;
    public const uint TCSETSW = 0x5403;
    public const uint TCSETSF = 0x5404;
    public const uint TCSBRK = 0x5409;
    public const uint TCXONC = 0x540A;
    public const uint TCFLSH = 0x540B;
    public const uint TIOCEXCL = 0x540C;
    public const uint TIOCNXCL = 0x540D;
    public const uint TIOCSCTTY = 0x540E;
    public const uint TIOCGPGRP = 0x540F;
    public const uint TIOCSPGRP = 0x5410;
    public const uint TIOCOUTQ = 0x5411;
    public const uint TIOCSTI = 0x5412;
    public const uint TIOCGWINSZ = 0x5413;
    public const uint TIOCSWINSZ = 0x5414;
    public const uint TIOCPKT = 0x5420;
    public const uint TIOCNOTTY = 0x5422;
    public const uint TIOCGETD = 0x5424;
    public const uint TCSBRKP = 0x5425;
    public const uint TIOCSBRK = 0x5427;
    public const uint TIOCCBRK = 0x5428;
    public const uint TIOCGSID = 0x5429;
    public const uint TCGETS2 = 0x802C542A;
    public const uint TCSETS2 = 0x402C542B;
    public const uint TCSETSW2 = 0x402C542C;
    public const uint TCSETSF2 = 0x402C542D;
    public const uint TIOCGPTN = 0x80045430;
    public const uint TIOCSPTLCK = 0x40045431;
    public const uint TIOCSIG = 0x40045436;
    public const uint TIOCGPKT = 0x80045438;
    public const uint TIOCGPTLCK = 0x80045439;
    public const uint TIOCGEXCL = 0x80045440;
    public const uint TIOCGPTPEER = 0x5441;

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

    public const uint FIOSETOWN = 0x8901;
    public const uint SIOCSPGRP = 0x8902;
    public const uint FIOGETOWN = 0x8903;
    public const uint SIOCGPGRP = 0x8904;
    public const uint SIOCATMARK = 0x8905;

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
