using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.FileSystems.Host.Platform.Managed;

/// <summary>The framework's exceptions as error numbers.</summary>
internal static class ManagedErrors
{
    private const int Win32 = unchecked((int)0x80070000);

    /// <summary>True for what a host may answer; anything else is a bug and goes on.</summary>
    public static bool IsHosts(Exception failure) => failure is IOException or UnauthorizedAccessException or System.Security.SecurityException;

    public static Errno ToErrno(Exception failure) => failure switch
    {
        FileNotFoundException or DirectoryNotFoundException or DriveNotFoundException => Errno.ENOENT,
        PathTooLongException => Errno.ENAMETOOLONG,
        UnauthorizedAccessException or System.Security.SecurityException => Errno.EACCES,
        _ when (failure.HResult & 0xffff0000) == unchecked((uint)Win32) => FromWindows(failure.HResult & 0xffff),
        _ when OperatingSystem.IsLinux() => HostErrors.FromLinux(failure.HResult),
        _ => Errno.EIO,
    };

    /// <summary>winerror.h.</summary>
    private static Errno FromWindows(int error) => error switch
    {
        2 or 3 or 53 or 67 => Errno.ENOENT,
        4 => Errno.ENFILE,
        5 or 65 => Errno.EACCES,
        8 or 14 => Errno.ENOMEM,
        17 => Errno.EXDEV,
        19 => Errno.EROFS,
        21 or 31 => Errno.EIO,
        32 or 33 or 170 => Errno.EBUSY,
        39 or 112 => Errno.ENOSPC,
        50 or 1 => Errno.EOPNOTSUPP,
        80 or 183 => Errno.EEXIST,
        87 or 123 or 161 => Errno.EINVAL,
        145 => Errno.ENOTEMPTY,
        206 => Errno.ENAMETOOLONG,
        267 => Errno.ENOTDIR,
        1295 => Errno.EDQUOT,
        1314 => Errno.EPERM,
        _ => Errno.EIO,
    };
}
