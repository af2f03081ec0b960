using System.Text;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>uname(2) in its three ages, sethostname(2), setdomainname(2).</summary>
public static class SystemIdentity
{
    [Syscall("uname")]
    public static SysResult Uname(LinuxTask task, [Out] GuestPtr<Utsname> buf) => Write(task, buf, Utsname.FieldLength, withDomain: true);

    [Syscall("olduname", Man = "uname(2)")]
    public static SysResult OldUname(LinuxTask task, [Out] GuestPtr<OldUtsname> buf) =>
        // Linux refuses null before it tries (kernel/sys.c); the answer is the same.
        Write(task, buf, Utsname.FieldLength, withDomain: false);

    [Syscall("oldolduname", Man = "uname(2)")]
    public static SysResult OldOldUname(LinuxTask task, [Out] GuestPtr<OldOldUtsname> buf) =>
        Write(task, buf, OldOldUtsname.FieldLength, withDomain: false);

    [Syscall("sethostname", Man = "gethostname(2)")]
    public static SysResult SetHostName(LinuxTask task, [In("len")] GuestPtr name, int len)
    {
        var error = ReadName(task, name, len, out var bytes);
        if (error != Errno.None)
            return error;
        task.Kernel.Names.Host = bytes;
        return 0;
    }

    [Syscall("setdomainname", Man = "getdomainname(2)")]
    public static SysResult SetDomainName(LinuxTask task, [In("len")] GuestPtr name, int len)
    {
        var error = ReadName(task, name, len, out var bytes);
        if (error != Errno.None)
            return error;
        task.Kernel.Names.Domain = bytes;
        return 0;
    }

    /// <summary>uname's machine: personality(2) PER_LINUX32 shows a 64-bit process the 32-bit machine.</summary>
    internal static string MachineOf(LinuxTask task) =>
        task.Abi.Is32Bit || (task.Personality & 0xff) == Personalities.PER_LINUX32 ? "i686" : "x86_64";

    private static Errno ReadName(LinuxTask task, GuestPtr name, int length, out byte[] bytes)
    {
        bytes = [];
        if (!task.Credentials.Has(Capability.CAP_SYS_ADMIN))
            return Errno.EPERM;
        if (length is < 0 or > SystemNames.MaxLength)
            return Errno.EINVAL;
        if (!task.Memory.TryGetReadable(name, (uint)length, out var source))
            return Errno.EFAULT;
        bytes = source.ToArray();
        return Errno.None;
    }

    private static SysResult Write(LinuxTask task, GuestPtr buf, int fieldLength, bool withDomain)
    {
        if (!task.Memory.TryGetWritable(buf, (uint)(fieldLength * (withDomain ? 6 : 5)), out var target))
            return Errno.EFAULT;
        target.Clear();
        var names = task.Kernel.Names;
        Put(target, 0, fieldLength, Encoding.ASCII.GetBytes(SystemNames.System));
        Put(target, 1, fieldLength, names.Host);
        Put(target, 2, fieldLength, Encoding.ASCII.GetBytes(SystemNames.Release));
        Put(target, 3, fieldLength, Encoding.ASCII.GetBytes(SystemNames.Version));
        Put(target, 4, fieldLength, Encoding.ASCII.GetBytes(MachineOf(task)));
        if (withDomain)
            Put(target, 5, fieldLength, names.Domain);
        return 0;
    }

    private static void Put(Span<byte> target, int field, int fieldLength, ReadOnlySpan<byte> name)
    {
        // Shortened to what the oldest form has room for, its NUL included.
        if (name.Length >= fieldLength)
            name = name[..(fieldLength - 1)];
        name.CopyTo(target[(field * fieldLength)..]);
    }
}
