using System.Runtime.InteropServices;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Events;

/// <summary>A counter to wait for (eventfd(2)).</summary>
internal sealed class EventFile(in OpenRequest request, ulong count, bool isSemaphore) : OpenFile(request, OpenModes.Seek)
{
    private const int ValueSize = sizeof(ulong);

    private readonly Lock _lock = new();
    private ulong _count = count;

    public override WaitQueue Readiness { get; } = new();

    public override bool WritesVectors => false;

    public override SysResult Seek(long offset, SeekWhence whence) => Position;

    public override SysResult Read(Span<byte> buffer, ref long position)
    {
        var target = new IoTarget(buffer);
        return Read(ref target, ref position);
    }

    public override SysResult Read(ref IoTarget target, ref long position)
    {
        if (target.Remaining < ValueSize)
            return Errno.EINVAL;
        ulong value;
        lock (_lock)
        {
            if (_count == 0)
                return Errno.EAGAIN;
            value = isSemaphore ? 1 : _count;
            _count -= value;
        }

        Readiness.WakeAll();
        // The value is taken even where it can't be handed over.
        return target.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in value))) == ValueSize ? ValueSize : Errno.EFAULT;
    }

    public override SysResult Write(ReadOnlySpan<byte> buffer, ref long position)
    {
        var source = new IoSource(buffer);
        return Write(ref source, ref position);
    }

    /// <summary>Each part of a vector is a write of its own (do_loop_readv_writev), so each must be a value.</summary>
    public override SysResult Write(ref IoSource source, ref long position)
    {
        long total = 0;
        while (true)
        {
            var result = WriteValue(ref source);
            if (result.IsError)
                return total > 0 ? total : result;
            total += result.Value;
            if (source.Remaining == 0)
                return total;
        }
    }

    private SysResult WriteValue(ref IoSource source)
    {
        if (source.PartLength != ValueSize)
            return Errno.EINVAL;
        // A copy, so that the value is there again when the call has waited.
        var again = source;
        ulong value = 0;
        if (again.Read(MemoryMarshal.AsBytes(new Span<ulong>(ref value))) < ValueSize)
            return Errno.EFAULT;
        if (value == ulong.MaxValue)
            return Errno.EINVAL;
        lock (_lock)
        {
            if (ulong.MaxValue - _count <= value)
                return Errno.EAGAIN;
            _count += value;
        }

        source = again;
        Readiness.WakeAll();
        return ValueSize;
    }

    public override PollEvents Poll()
    {
        lock (_lock)
        {
            return (_count > 0 ? PollEvents.POLLIN : PollEvents.None)
                | (_count == ulong.MaxValue ? PollEvents.POLLERR : PollEvents.None)
                | (_count < ulong.MaxValue - 1 ? PollEvents.POLLOUT : PollEvents.None);
        }
    }
}
