using System.Management.Automation;
using LinuxWasm.Abi;
using LinuxWasm.Machine;

namespace LinuxWasm.PowerShell;

/// <summary>Error records with stable ids: an errno's name where the kernel refused something, else a name of the module's own.</summary>
internal static class ErrorRecords
{
    /// <summary>A call's error number, with the category that fits it.</summary>
    public static ErrorRecord Of(Errno errno, string what, object? target) =>
        new(new InvalidOperationException($"{what}: {errno.Message()} ({errno})"), errno.ToString(), CategoryOf(errno), target);

    public static ErrorRecord Of(GuestTreeException refused, object? target) =>
        new(refused, refused.Errno.ToString(), CategoryOf(refused.Errno), target ?? refused.Path)
        {
            ErrorDetails = new ErrorDetails($"{refused.Path}: {refused.Why} ({refused.Errno})"),
        };

    public static ErrorRecord Of(string id, ErrorCategory category, string message, object? target = null, Exception? cause = null) =>
        new(new InvalidOperationException(message, cause), id, category, target);

    private static ErrorCategory CategoryOf(Errno errno) => errno switch
    {
        Errno.EPERM or Errno.EACCES or Errno.EROFS => ErrorCategory.PermissionDenied,
        Errno.ENOENT or Errno.ESRCH or Errno.ENODEV or Errno.ENXIO or Errno.ENOTDIR or Errno.EBADF or Errno.ECHILD => ErrorCategory.ObjectNotFound,
        Errno.EEXIST or Errno.ENOTEMPTY => ErrorCategory.ResourceExists,
        Errno.EBUSY or Errno.ETXTBSY or Errno.EAGAIN => ErrorCategory.ResourceBusy,
        Errno.EINVAL or Errno.E2BIG or Errno.ENAMETOOLONG or Errno.EFAULT or Errno.ERANGE => ErrorCategory.InvalidArgument,
        Errno.ENOSYS or Errno.EOPNOTSUPP => ErrorCategory.NotImplemented,
        Errno.ENOMEM or Errno.ENOSPC or Errno.EMFILE or Errno.ENFILE or Errno.EFBIG => ErrorCategory.LimitsExceeded,
        Errno.EINTR => ErrorCategory.OperationStopped,
        Errno.ETIMEDOUT => ErrorCategory.OperationTimeout,
        Errno.EIO => ErrorCategory.DeviceError,
        Errno.ESPIPE or Errno.EISDIR or Errno.EXDEV => ErrorCategory.InvalidOperation,
        _ => ErrorCategory.NotSpecified,
    };
}
