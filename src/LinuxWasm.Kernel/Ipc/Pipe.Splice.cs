using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Ipc;

/// <summary>
/// The pipe's part in splice(2) and tee(2) (Linux's fs/splice.c). Two pipes are locked in the order of their creation; a stored file that is read or
/// written under a pipe's lock never waits.
/// </summary>
internal sealed partial class Pipe
{
    private static long _lastSerial;

    private readonly long _serial = Interlocked.Increment(ref _lastSerial);

    /// <summary>What a transfer into it would answer now: EPIPE, EAGAIN, or that there is room.</summary>
    public Errno CheckRoom()
    {
        lock (Lock)
            return Readers == 0 ? Errno.EPIPE : IsFull ? Errno.EAGAIN : Errno.None;
    }

    /// <summary>Reads a stored file into free buffers. EPIPE, EAGAIN where there are none.</summary>
    public SysResult FillFrom(OpenFile file, ref long position, long count)
    {
        SysResult result;
        lock (Lock)
            result = FillLocked(file, ref position, count);
        if (result.Value > 0)
            WakeReaders();
        return result;
    }

    /// <summary>Writes what is buffered to a stored file; what it does not take stays. 0 at the end, EAGAIN where it is empty.</summary>
    public SysResult DrainTo(LinuxTask task, OpenFile file, ref long position, long count)
    {
        SysResult result;
        bool madeRoom;
        lock (Lock)
        {
            var wasFull = IsFull;
            result = DrainLocked(task, file, ref position, count);
            madeRoom = wasFull && !IsFull;
        }

        if (madeRoom)
            WakeWriters();
        return result;
    }

    /// <summary>Moves or copies buffers to another pipe. EAGAIN where this one is empty or that one full; 0 at the end.</summary>
    public SysResult TransferTo(Pipe other, long count, bool keep)
    {
        var (first, second) = _serial < other._serial ? (this, other) : (other, this);
        SysResult result;
        bool madeRoom;
        lock (first.Lock)
        {
            lock (second.Lock)
            {
                var wasFull = IsFull;
                result = TransferLocked(other, count, keep);
                madeRoom = wasFull && !IsFull;
            }
        }

        if (result.Value > 0)
            other.WakeReaders();
        if (madeRoom)
            WakeWriters();
        return result;
    }

    private SysResult FillLocked(OpenFile file, ref long position, long count)
    {
        if (Readers == 0)
            return Errno.EPIPE;
        if (IsFull)
            return Errno.EAGAIN;
        long total = 0;
        while (total < count && !IsFull)
        {
            if (!TryRentPage(out var page))
                return total > 0 ? total : Errno.ENOMEM;
            var wanted = (int)Math.Min(PageSize, count - total);
            var result = file.Read(page.AsSpan(0, wanted), ref position);
            if (result.Value <= 0)
            {
                ReturnPage(page);
                return total > 0 ? total : result;
            }

            Append(new PipeBuffer { Page = page, Length = (int)result.Value });
            total += result.Value;
            if (result.Value < wanted)
                break;
        }

        return total;
    }

    private SysResult DrainLocked(LinuxTask task, OpenFile file, ref long position, long count)
    {
        if (IsEmpty)
            return Writers == 0 ? 0 : Errno.EAGAIN;
        long total = 0;
        while (total < count && !IsEmpty)
        {
            ref var buffer = ref At(_tail);
            var wanted = (int)Math.Min(buffer.Length, count - total);
            var source = new IoSource(buffer.Bytes[..wanted]);
            var result = FileIo.WriteAt(task, file, ref source, ref position);
            if (result.Value <= 0)
                return total > 0 ? total : result;
            total += result.Value;
            buffer.Take((int)result.Value);
            if (buffer.Length == 0)
                DropFirst();
            if (result.Value < wanted)
                break;
        }

        return total;
    }

    private SysResult TransferLocked(Pipe other, long count, bool keep)
    {
        if (other.Readers == 0)
            return Errno.EPIPE;
        if (IsEmpty)
            return Writers == 0 ? 0 : Errno.EAGAIN;
        if (other.IsFull)
            return Errno.EAGAIN;
        long total = 0;
        for (var at = _tail; at != _head && total < count && !other.IsFull; at++)
        {
            ref var buffer = ref At(at);
            var part = (int)Math.Min(buffer.Length, count - total);
            if (!keep && part == buffer.Length)
            {
                other.Append(buffer);
                buffer = default;
                _tail++;
            }
            else
            {
                if (!TryRentPage(out var page))
                    return total > 0 ? total : Errno.ENOMEM;
                buffer.Bytes[..part].CopyTo(page);
                // A copy of a part is nobody's to add to.
                other.Append(new PipeBuffer { Page = page, Length = part, Flags = buffer.Flags & ~PipeBufferFlags.CanMerge });
                if (!keep)
                    buffer.Take(part);
            }

            total += part;
        }

        return total;
    }
}
