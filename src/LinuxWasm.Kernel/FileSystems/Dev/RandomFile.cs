using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Dev;

/// <summary>/dev/random and /dev/urandom (random(4)). What is written is taken and mixed into nothing: the source needs no entropy from guests.</summary>
internal sealed class RandomFile(in OpenRequest request) : OpenFile(request, OpenModes.Stored)
{
    /// <summary>POOL_BITS: what the entropy count always shows once the source is ready.</summary>
    private const int EntropyBits = 256;

    public override bool KnowsNoWait => true;

    /// <summary>O_ASYNC can be set, and nothing ever comes of it: there are always numbers.</summary>
    public override bool CanSignal => true;

    public override SysResult Read(Span<byte> buffer, ref long position)
    {
        Kernel.Random.Fill(buffer);
        return buffer.Length;
    }

    public override SysResult Write(ReadOnlySpan<byte> buffer, ref long position) => buffer.Length;

    public override SysResult Seek(long offset, SeekWhence whence) => Position;

    public override SysResult Ioctl(LinuxTask task, uint request, ulong argument)
    {
        var pointer = GuestPtr.FromRegister(argument);
        switch (request)
        {
            case Ioctls.RNDGETENTCNT:
                return task.Memory.TryWrite(pointer, EntropyBits) ? 0 : Errno.EFAULT;
            case Ioctls.RNDADDTOENTCNT:
                if (!task.Credentials.Has(Capability.CAP_SYS_ADMIN))
                    return Errno.EPERM;
                if (!task.Memory.TryRead<int>(pointer, out var bits))
                    return Errno.EFAULT;
                return bits < 0 ? Errno.EINVAL : 0;
            case Ioctls.RNDZAPENTCNT:
            case Ioctls.RNDCLEARPOOL:
            case Ioctls.RNDRESEEDCRNG:
                return task.Credentials.Has(Capability.CAP_SYS_ADMIN) ? 0 : Errno.EPERM;
            default:
                return Errno.EINVAL;
        }
    }
}
