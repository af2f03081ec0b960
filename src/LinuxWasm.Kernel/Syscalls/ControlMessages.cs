using System.Runtime.InteropServices;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Net;
using LinuxWasm.Kernel.Net.Unix;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>Control messages that a call sends (cmsg(3); Linux's scm_send): SCM_RIGHTS and SCM_CREDENTIALS.</summary>
internal static class ControlMessages
{
    /// <summary>net.core.optmem_max: more control messages are ENOBUFS.</summary>
    private const ulong MaxLength = 131072;

    /// <summary>sizeof(struct cmsghdr).</summary>
    public static int HeaderSize(GuestAbi abi) => abi.Is32Bit ? 12 : 16;

    /// <summary>CMSG_ALIGN.</summary>
    public static int Align(GuestAbi abi, int length) => abi.Is32Bit ? (length + 3) & ~3 : (length + 7) & ~7;

    /// <summary>Reads them into a message. Where this fails, the caller gives back what was read so far.</summary>
    public static Errno Read(LinuxTask task, Socket socket, in MessageHeader header, ref OutgoingMessage message)
    {
        if (header.ControlLength == 0)
            return Errno.None;
        if (header.ControlLength > MaxLength)
            return Errno.ENOBUFS;
        if (!task.Memory.TryGetReadable(header.Control, (uint)header.ControlLength, out var bytes))
            return Errno.EFAULT;
        // A copy: another thread must not change a length once it is checked.
        ReadOnlySpan<byte> control = bytes.ToArray();
        var size = HeaderSize(task.Abi);
        if (task.Abi.Is32Bit && !AreWhole(control))
            return Errno.EINVAL;
        while (control.Length >= size)
        {
            var (length, level, type) = HeaderOf(task.Abi, control);
            if (length < (ulong)size || length > (ulong)control.Length)
                return Errno.EINVAL;
            if (level == SocketLevel.SOL_SOCKET)
            {
                var error = ReadOne(task, socket, type, control[size..(int)length], ref message);
                if (error != Errno.None)
                    return error;
            }

            control = control[Math.Min(Align(task.Abi, (int)length), control.Length)..];
        }

        return Errno.None;
    }

    /// <summary>Those of a 32-bit process are looked at as a whole first, and must fill what it says there is (cmsghdr_from_user_compat_to_kern).</summary>
    private static bool AreWhole(ReadOnlySpan<byte> control)
    {
        while (control.Length > 0)
        {
            if (control.Length < HeaderSize(GuestAbi.I386))
                return false;
            var (length, _, _) = HeaderOf(GuestAbi.I386, control);
            if (length < (ulong)HeaderSize(GuestAbi.I386) || length > (ulong)control.Length)
                return false;
            control = control[Math.Min(Align(GuestAbi.I386, (int)length), control.Length)..];
        }

        return true;
    }

    private static (ulong Length, SocketLevel Level, ControlType Type) HeaderOf(GuestAbi abi, ReadOnlySpan<byte> control)
    {
        if (abi.Is32Bit)
        {
            var narrow = MemoryMarshal.Read<Cmsghdr32>(control);
            return (narrow.cmsg_len, (SocketLevel)narrow.cmsg_level, (ControlType)narrow.cmsg_type);
        }

        var wide = MemoryMarshal.Read<Cmsghdr64>(control);
        // WALI's length has 32 bits, and padding that nobody clears.
        return (abi.PointerSize == 8 ? wide.cmsg_len : (uint)wide.cmsg_len, (SocketLevel)wide.cmsg_level, (ControlType)wide.cmsg_type);
    }

    private static Errno ReadOne(LinuxTask task, Socket socket, ControlType type, ReadOnlySpan<byte> data, ref OutgoingMessage message)
    {
        switch (type)
        {
            // Other families let them be, whatever they say (__sock_cmsg_send).
            case ControlType.SCM_RIGHTS or ControlType.SCM_CREDENTIALS when socket.Family != AddressFamily.AF_UNIX:
                return Errno.None;
            case ControlType.SCM_RIGHTS:
                return ReadRights(task, data, ref message);
            case ControlType.SCM_CREDENTIALS:
                if (data.Length != Marshal.SizeOf<Ucred>())
                    return Errno.EINVAL;
                var claimed = MemoryMarshal.Read<Ucred>(data);
                message.Credentials = claimed;
                return CheckCredentials(task, claimed);
            default:
                return Errno.EINVAL;
        }
    }

    private static Errno ReadRights(LinuxTask task, ReadOnlySpan<byte> data, ref OutgoingMessage message)
    {
        var numbers = MemoryMarshal.Cast<byte, int>(data);
        if (numbers.IsEmpty)
            return Errno.None;
        if (numbers.Length > Rights.MaxFiles)
            return Errno.EINVAL;
        message.Rights ??= new Rights();
        if (message.Rights.Files.Count + numbers.Length > Rights.MaxFiles)
            return Errno.EINVAL;
        foreach (var number in numbers)
        {
            using var use = task.Files.Get(number);
            if (use.File is not { } file)
                return Errno.EBADF;
            message.Rights.Add(file);
        }

        return Errno.None;
    }

    /// <summary>Nobody says that he is somebody else, unless he could become it (scm_check_creds).</summary>
    private static Errno CheckCredentials(LinuxTask task, Ucred claimed)
    {
        var own = task.Credentials;
        var mayPid = claimed.pid == task.Group.Pid || own.Has(Capability.CAP_SYS_ADMIN);
        var mayUid = claimed.uid == own.Uid || claimed.uid == own.Euid || claimed.uid == own.Suid || own.Has(Capability.CAP_SETUID);
        var mayGid = claimed.gid == own.Gid || claimed.gid == own.Egid || claimed.gid == own.Sgid || own.Has(Capability.CAP_SETGID);
        if (!mayPid || !mayUid || !mayGid)
            return Errno.EPERM;
        if (claimed.pid != task.Group.Pid && task.Kernel.Pids.FindGroup(claimed.pid) is null && task.Kernel.Pids.FindTask(claimed.pid) is null)
            return Errno.ESRCH;
        return claimed.uid == uint.MaxValue || claimed.gid == uint.MaxValue ? Errno.EINVAL : Errno.None;
    }
}
