using System.Runtime.InteropServices;
using System.Text;
using LinuxWasm.Abi;

namespace LinuxWasm.Machine;

/// <content>What stat(2) tells, and what changes it.</content>
public sealed partial class GuestTree
{
    private const ulong WorkingDirectory = unchecked((ulong)-100); // AT_FDCWD
    private const ulong NoFollow = 0x100; // AT_SYMLINK_NOFOLLOW
    private const int LongestPath = 4096;

    /// <summary>stat(2), or lstat(2).</summary>
    /// <exception cref="GuestTreeException">There is none of that name, or it can't be reached.</exception>
    public GuestStatus Status(string path, bool follow = true) => Stat(path, follow, out var status) is var error and not Errno.None ? throw new GuestTreeException(path, "stat", error) : status;

    /// <summary>stat(2), or lstat(2); null where nothing has that name.</summary>
    /// <exception cref="GuestTreeException">It can't be reached.</exception>
    public GuestStatus? TryStatus(string path, bool follow = true) => Stat(path, follow, out var status) switch
    {
        Errno.None => status,
        Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP or Errno.ENAMETOOLONG => null,
        var error => throw new GuestTreeException(path, "stat", error),
    };

    /// <summary>Where a symbolic link leads; readlink(2).</summary>
    public string ReadLink(string path)
    {
        using var scope = new Buffers(task);
        var buffer = task.Allocate(LongestPath);
        var length = Check(path, "readlink", task.Call("readlink", task.Put(path), buffer, LongestPath));
        return Encoding.UTF8.GetString(task.Read(buffer, (int)length));
    }

    /// <summary>chmod(2).</summary>
    public void ChangeMode(string path, uint mode)
    {
        using var scope = new Buffers(task);
        Check(path, "chmod", task.Call("chmod", task.Put(path), mode));
    }

    /// <summary>utimensat(2); null leaves a time as it is.</summary>
    public void SetTimes(string path, GuestTime? accessed, GuestTime? modified, bool follow = true)
    {
        const long Omit = 0x3FFFFFFE; // UTIME_OMIT
        using var scope = new Buffers(task);
        ReadOnlySpan<long> times =
        [
            accessed?.Seconds ?? 0, accessed?.Nanoseconds ?? Omit,
            modified?.Seconds ?? 0, modified?.Nanoseconds ?? Omit,
        ];
        Check(path, "utimensat", task.Call("utimensat", WorkingDirectory, task.Put(path), task.Put(MemoryMarshal.AsBytes(times)), follow ? 0 : NoFollow));
    }

    private GuestStatus StatusOf(ulong fd)
    {
        using var scope = new Buffers(task);
        var size = Marshal.SizeOf<Stat>();
        var buffer = task.Allocate((uint)size);
        Check("", "fstat", task.Call("fstat", fd, buffer));
        return GuestStatus.From(MemoryMarshal.Read<Stat>(task.Read(buffer, size)));
    }

    private Errno Stat(string path, bool follow, out GuestStatus status)
    {
        using var scope = new Buffers(task);
        var size = Marshal.SizeOf<Stat>();
        var buffer = task.Allocate((uint)size);
        var result = task.Call("newfstatat", WorkingDirectory, task.Put(path), buffer, follow ? 0 : NoFollow);
        status = result.IsError ? default : GuestStatus.From(MemoryMarshal.Read<Stat>(task.Read(buffer, size)));
        return result.IsError ? result.Errno : Errno.None;
    }
}

/// <summary>What stat(2) tells of a file.</summary>
public readonly record struct GuestStatus(Mode Mode, uint Uid, uint Gid, long Size, ulong Links, ulong Inode, ulong Device, ulong SpecialDevice, GuestTime Accessed, GuestTime Modified, GuestTime Changed)
{
    internal static GuestStatus From(in Stat stat) => new(
        stat.st_mode,
        stat.st_uid,
        stat.st_gid,
        stat.st_size,
        stat.st_nlink,
        stat.st_ino,
        stat.st_dev,
        stat.st_rdev,
        new GuestTime(stat.st_atime, (long)stat.st_atime_nsec),
        new GuestTime(stat.st_mtime, (long)stat.st_mtime_nsec),
        new GuestTime(stat.st_ctime, (long)stat.st_ctime_nsec));
}

/// <summary>struct timespec: seconds since 1970, and nanoseconds.</summary>
public readonly record struct GuestTime(long Seconds, long Nanoseconds)
{
    private const int NanosecondsPerTick = 100;

    /// <summary>The same as .NET has it: to 100 ns, and within its years.</summary>
    public DateTimeOffset ToDateTime()
    {
        var seconds = Math.Clamp(Seconds, DateTimeOffset.MinValue.ToUnixTimeSeconds(), DateTimeOffset.MaxValue.ToUnixTimeSeconds());
        return DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(Nanoseconds / NanosecondsPerTick);
    }

    public static GuestTime From(DateTimeOffset time)
    {
        var seconds = time.ToUnixTimeSeconds();
        return new GuestTime(seconds, (time.UtcTicks - DateTimeOffset.FromUnixTimeSeconds(seconds).UtcTicks) * NanosecondsPerTick);
    }
}
