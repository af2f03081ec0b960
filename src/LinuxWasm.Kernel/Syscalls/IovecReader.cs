using System.Buffers;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>The struct iovec array of readv(2) and its kin, copied and checked (import_iovec).</summary>
internal struct IovecReader : IDisposable
{
    /// <summary>UIO_MAXIOV.</summary>
    private const int MaxSegments = 1024;

    private GuestSegment[]? _rented;
    private int _count;

    /// <summary>The parts, of which none is longer than what all may have together.</summary>
    public readonly ReadOnlySpan<GuestSegment> Segments => _rented.AsSpan(0, _count);

    /// <summary>Bytes of all parts: at most 0x7ffff000.</summary>
    public long Total { get; private set; }

    /// <summary>EINVAL for too many parts or one of a negative length, EFAULT where the array can't be read.</summary>
    public static IovecReader Read(LinuxTask task, GuestPtr iov, GuestSize count, out Errno error)
    {
        var reader = default(IovecReader);
        error = count.Value > MaxSegments ? Errno.EINVAL : Errno.None;
        if (error != Errno.None || count.Value == 0)
            return reader;
        reader._rented = ArrayPool<GuestSegment>.Shared.Rent((int)count.Value);
        error = task.Abi.PointerSize == 8
            ? reader.Read64(task.Memory, iov, (int)count.Value)
            : reader.Read32(task.Memory, iov, (int)count.Value);
        return reader;
    }

    /// <summary>Leaves out what follows the first page that can't be read, as where pages are taken and not copied. All of it stays where that is the very first.</summary>
    public void CutAtFault(GuestMemory memory)
    {
        const uint PageSize = 4096;
        long readable = 0;
        for (var i = 0; i < _count; i++)
        {
            var (start, length) = (_rented![i].Start, _rented[i].Length);
            for (uint done = 0; done < length;)
            {
                var part = Math.Min(length - done, PageSize - (start.Address + done) % PageSize);
                if (!memory.TryGetReadable(start + done, part, out _))
                {
                    if (readable == 0)
                        return;
                    _rented[i] = new GuestSegment(start, done);
                    _count = i + 1;
                    Total = readable;
                    return;
                }

                done += part;
                readable += part;
            }
        }
    }

    public readonly void Dispose()
    {
        if (_rented is not null)
            ArrayPool<GuestSegment>.Shared.Return(_rented);
    }

    private Errno Read32(GuestMemory memory, GuestPtr iov, int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (!memory.TryRead<Iovec32>(iov + (uint)(i * 8), out var part))
                return Errno.EFAULT;
            if (part.iov_len > int.MaxValue)
                return Errno.EINVAL;
            Add(new GuestPtr(part.iov_base), part.iov_len);
        }

        return Errno.None;
    }

    private Errno Read64(GuestMemory memory, GuestPtr iov, int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (!memory.TryRead<Iovec64>(iov + (uint)(i * 16), out var part))
                return Errno.EFAULT;
            if (part.iov_len > long.MaxValue)
                return Errno.EINVAL;
            var start = GuestPtr.FromRegister(part.iov_base);
            if (!FileIo.IsPlausible(start, part.iov_len))
                return Errno.EFAULT;
            Add(start, part.iov_len);
        }

        return Errno.None;
    }

    private void Add(GuestPtr start, ulong length)
    {
        var cut = (uint)Math.Min(length, FileIo.MaxCount - (ulong)Total);
        _rented![_count++] = new GuestSegment(start, cut);
        Total += cut;
    }
}
