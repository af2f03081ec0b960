using LinuxWasm.Abi;
using LinuxWasm.Kernel.FileSystems.Tmp;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Dev;

/// <summary>devtmpfs: a tmpfs that has the device nodes of null(4), random(4), tty(4) and the like from the start.</summary>
public sealed class DevfsType : FileSystemType
{
    private const Mode ForAll = (Mode)0x1B6; // 0666
    private const Mode ForOwner = Mode.S_IRUSR | Mode.S_IWUSR;

    private static readonly TmpfsType Tmpfs = new();

    /// <summary>Numbers of Linux's Documentation/admin-guide/devices.txt; where there is no terminal, tty and console give ENXIO.</summary>
    private static readonly (string Name, uint Major, uint Minor, Mode Mode)[] Nodes =
    [
        ("null", 1, 3, ForAll),
        ("zero", 1, 5, ForAll),
        ("full", 1, 7, ForAll),
        ("random", 1, 8, ForAll),
        ("urandom", 1, 9, ForAll),
        ("tty", 5, 0, ForAll),
        ("console", 5, 1, ForOwner),
        ("ptmx", 5, 2, ForAll),
    ];

    private static readonly (string Name, string Target)[] Links =
    [
        ("fd", "/proc/self/fd"),
        ("stdin", "/proc/self/fd/0"),
        ("stdout", "/proc/self/fd/1"),
        ("stderr", "/proc/self/fd/2"),
    ];

    public override string Name => "devtmpfs";

    public override Errno Create(LinuxKernel kernel, string source, string options, bool readOnly, out SuperBlock? superBlock)
    {
        var error = Tmpfs.Create(kernel, source, options.Length == 0 ? "mode=755" : options, readOnly, out superBlock);
        return error == Errno.None ? Fill(superBlock!.Root.Inode) : error;
    }

    private static Errno Fill(Inode root)
    {
        lock (root.Lock)
        {
            var error = Errno.None;
            foreach (var (name, major, minor, mode) in Nodes)
                error = First(error, root.Make(new FsName(name), new NewInode(Mode.S_IFCHR | mode, 0, 0, new DeviceNumber(major, minor)), out _));
            foreach (var (name, target) in Links)
                error = First(error, root.MakeSymlink(new FsName(name), new NewInode(Mode.S_IFLNK | Mode.Access, 0, 0), System.Text.Encoding.ASCII.GetBytes(target), out _));
            error = First(error, root.Make(new FsName("pts"), new NewInode(Mode.S_IFDIR | (Mode)0x1ED, 0, 0), out _));
            return First(error, root.Make(new FsName("shm"), new NewInode(Mode.S_IFDIR | Mode.S_ISVTX | Mode.Access, 0, 0), out _));
        }
    }

    private static Errno First(Errno error, Errno next) => error != Errno.None ? error : next;
}
