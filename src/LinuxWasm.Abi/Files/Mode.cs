namespace LinuxWasm.Abi;

/// <summary>A file's type and permissions, <c>mode_t</c> (inode(7)).</summary>
[Flags]
public enum Mode : uint
{
    None = 0,

    S_IXOTH = 1,
    S_IWOTH = 2,
    S_IROTH = 4,
    S_IRWXO = 7,
    S_IXGRP = 8,
    S_IWGRP = 16,
    S_IRGRP = 32,
    S_IRWXG = 56,
    S_IXUSR = 64,
    S_IWUSR = 128,
    S_IRUSR = 256,
    S_IRWXU = 448,

    /// <summary>Sticky: in such a directory only owners rename and remove.</summary>
    S_ISVTX = 512,
    S_ISGID = 1024,
    S_ISUID = 2048,

    /// <summary>07777: what chmod(2) can change.</summary>
    Permissions = 4095,

    /// <summary>0777.</summary>
    Access = 511,

    /// <summary>0111: execute for somebody.</summary>
    AnyExecute = 73,

    S_IFIFO = 0x1000,
    S_IFCHR = 0x2000,
    S_IFDIR = 0x4000,
    S_IFBLK = 0x6000,
    S_IFREG = 0x8000,
    S_IFLNK = 0xA000,
    S_IFSOCK = 0xC000,

    /// <summary>The bits that hold the type.</summary>
    S_IFMT = 0xF000,
}

/// <summary>Questions about a <see cref="Mode"/>.</summary>
public static class ModeExtensions
{
    /// <summary>The type bits alone.</summary>
    public static Mode Type(this Mode mode) => mode & Mode.S_IFMT;

    public static bool IsDirectory(this Mode mode) => mode.Type() == Mode.S_IFDIR;

    public static bool IsRegular(this Mode mode) => mode.Type() == Mode.S_IFREG;

    public static bool IsSymlink(this Mode mode) => mode.Type() == Mode.S_IFLNK;

    /// <summary>The type as directory entries hold it (DT_DIR, DT_REG, ...; readdir(3)).</summary>
    public static byte DirentType(this Mode mode) => (byte)((uint)mode.Type() >> 12);
}
