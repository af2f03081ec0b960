using System.Buffers;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Ipc;

/// <summary>
/// A pipe (pipe(7); Linux's fs/pipe.c): a ring of page buffers. A write of at most PIPE_BUF bytes takes room at the end of the last buffer or one free
/// buffer, so it goes in whole or not at all.
/// <para>All is guarded by <see cref="Lock"/>, which comes after an inode's and before the wait queues'. Wakes are made outside it.</para>
/// </summary>
internal sealed partial class Pipe
{
    /// <summary>PIPE_DEF_BUFFERS: 64 KiB.</summary>
    public const int DefaultSlots = 16;

    /// <summary>/proc/sys/fs/pipe-max-size: what an unprivileged process can ask for.</summary>
    public const uint MaxUnprivilegedSize = 1 << 20;

    private const int PageSize = (int)GuestMemory.PageSize;

    private readonly LinuxKernel _kernel;
    private PipeBuffer[] _ring = new PipeBuffer[DefaultSlots];
    private byte[]? _spare;
    private uint _head;
    private uint _tail;

    public Pipe(LinuxKernel kernel) => _kernel = kernel;

    public Lock Lock { get; } = new();

    /// <summary>Woken when there is something to read, or no writer any more.</summary>
    public WaitQueue ReadQueue { get; } = new();

    /// <summary>Woken when there is room to write, or no reader any more.</summary>
    public WaitQueue WriteQueue { get; } = new();

    /// <summary>Woken with either of them: for files that are open both ways, and for opens that wait for the other side.</summary>
    public WaitQueue AnyQueue { get; } = new();

    public int Readers { get; private set; }

    public int Writers { get; private set; }

    /// <summary>Opens for reading and for writing that there ever were: a wait for a partner ends even if the partner has gone again.</summary>
    public uint ReaderCount { get; private set; }

    public uint WriterCount { get; private set; }

    /// <summary>Buffers in the ring: F_GETPIPE_SZ in pages. A power of two.</summary>
    public int Slots => _ring.Length;

    public bool IsEmpty => _head == _tail;

    public bool IsFull => _head - _tail >= (uint)_ring.Length;

    /// <summary>FIONREAD.</summary>
    public long BytesBuffered
    {
        get
        {
            lock (Lock)
            {
                long total = 0;
                for (var at = _tail; at != _head; at++)
                    total += At(at).Length;
                return total;
            }
        }
    }

    /// <summary>EAGAIN where it is empty and has writers.</summary>
    public SysResult Read(ref IoTarget target)
    {
        if (target.Remaining == 0)
            return 0;
        SysResult result;
        bool madeRoom;
        lock (Lock)
        {
            var wasFull = IsFull;
            result = ReadLocked(ref target);
            madeRoom = wasFull && !IsFull;
        }

        if (madeRoom)
            WakeWriters();
        return result;
    }

    /// <summary>EPIPE where nobody reads, EAGAIN where nothing goes in; otherwise what went in.</summary>
    /// <param name="flags"><see cref="PipeBufferFlags.Packet"/> for O_DIRECT: each write, or each page of it, is one packet.</param>
    public SysResult Write(ref IoSource source, PipeBufferFlags flags = PipeBufferFlags.CanMerge)
    {
        if (source.Remaining == 0)
            return 0;
        SysResult result;
        lock (Lock)
            result = WriteLocked(ref source, flags);
        // Even where it was not empty before: whoever polls for edges is to see each write.
        if (result.Value > 0)
            WakeReaders();
        return result;
    }

    public PollEvents PollRead(uint writersAtOpen)
    {
        var events = IsEmpty ? PollEvents.None : PollEvents.POLLIN | PollEvents.POLLRDNORM;
        // A FIFO that was opened without waiting hangs up only once a writer came and went.
        return Writers == 0 && writersAtOpen != WriterCount ? events | PollEvents.POLLHUP : events;
    }

    public PollEvents PollWrite()
    {
        var events = IsFull ? PollEvents.None : PollEvents.POLLOUT | PollEvents.POLLWRNORM;
        return Readers == 0 ? events | PollEvents.POLLERR : events;
    }

    /// <summary>Somebody opened it. Caller holds <see cref="Lock"/>, and wakes afterwards.</summary>
    public void Join(OpenModes modes)
    {
        if ((modes & OpenModes.Read) != 0)
        {
            Readers++;
            ReaderCount++;
        }

        if ((modes & OpenModes.Write) != 0)
        {
            Writers++;
            WriterCount++;
        }
    }

    /// <summary>Somebody closed it, or gave up opening it. With the last one what is buffered goes.</summary>
    public void Leave(OpenModes modes)
    {
        lock (Lock)
        {
            if ((modes & OpenModes.Read) != 0)
                Readers--;
            if ((modes & OpenModes.Write) != 0)
                Writers--;
            if (Readers == 0 && Writers == 0)
                Clear();
        }

        WakeReaders();
        WakeWriters();
    }

    /// <summary>F_SETPIPE_SZ: EBUSY where less room is asked for than is in use.</summary>
    public Errno Resize(int slots)
    {
        lock (Lock)
        {
            var used = (int)(_head - _tail);
            if (slots < used)
                return Errno.EBUSY;
            var ring = new PipeBuffer[slots];
            for (var i = 0; i < used; i++)
                ring[i] = At(_tail + (uint)i);
            _ring = ring;
            _tail = 0;
            _head = (uint)used;
        }

        WakeWriters();
        return Errno.None;
    }

    public void WakeReaders()
    {
        ReadQueue.WakeAll();
        AnyQueue.WakeAll();
    }

    public void WakeWriters()
    {
        WriteQueue.WakeAll();
        AnyQueue.WakeAll();
    }

    private SysResult ReadLocked(ref IoTarget target)
    {
        if (IsEmpty)
            return Writers == 0 ? 0 : Errno.EAGAIN;
        long total = 0;
        while (!IsEmpty && target.Remaining > 0)
        {
            ref var buffer = ref At(_tail);
            var count = (int)Math.Min(buffer.Length, target.Remaining);
            // A buffer of which the guest can't take its part stays as it is.
            if (target.Write(buffer.Bytes[..count]) < count)
                return total > 0 ? total : Errno.EFAULT;
            total += count;
            buffer.Take(count);
            // What does not fit of a packet is lost, and no second one is begun (O_DIRECT in pipe(2)).
            var isPacket = (buffer.Flags & PipeBufferFlags.Packet) != 0;
            if (buffer.Length == 0 || isPacket)
                DropFirst();
            if (isPacket)
                break;
        }

        return total;
    }

    private SysResult WriteLocked(ref IoSource source, PipeBufferFlags flags)
    {
        if (Readers == 0)
            return Errno.EPIPE;
        long total = 0;
        // The odd bytes go first, to the end of the last buffer if they fit: the rest is then whole pages.
        var odd = (int)(source.Remaining % PageSize);
        if (odd > 0 && !IsEmpty && flags != PipeBufferFlags.None)
        {
            ref var last = ref At(_head - 1);
            if ((last.Flags & PipeBufferFlags.CanMerge) != 0 && last.Offset + last.Length + odd <= PageSize)
            {
                if (source.Read(last.Room[..odd]) < odd)
                    return Errno.EFAULT;
                last.Length += odd;
                total = odd;
            }
        }

        while (source.Remaining > 0 && !IsFull)
        {
            if (!TryRentPage(out var page))
                return total > 0 ? total : Errno.ENOMEM;
            var count = (int)Math.Min(PageSize, source.Remaining);
            if (source.Read(page.AsSpan(0, count)) < count)
            {
                ReturnPage(page);
                return total > 0 ? total : Errno.EFAULT;
            }

            Append(new PipeBuffer { Page = page, Length = count, Flags = flags });
            total += count;
        }

        return total > 0 ? total : Errno.EAGAIN;
    }

    private ref PipeBuffer At(uint index) => ref _ring[index & (uint)(_ring.Length - 1)];

    private void Append(in PipeBuffer buffer)
    {
        At(_head) = buffer;
        _head++;
    }

    private void DropFirst()
    {
        ref var buffer = ref At(_tail);
        ReturnPage(buffer.Page!);
        buffer = default;
        _tail++;
    }

    private void Clear()
    {
        while (!IsEmpty)
            DropFirst();
        if (_spare is not null)
            ArrayPool<byte>.Shared.Return(_spare);
        _spare = null;
    }

    private bool TryRentPage(out byte[] page)
    {
        if (!_kernel.PipePages.TryTake())
        {
            page = [];
            return false;
        }

        page = _spare ?? ArrayPool<byte>.Shared.Rent(PageSize);
        _spare = null;
        return true;
    }

    /// <summary>One page is kept, so that a pipe that goes from empty to not empty and back allocates nothing (Linux's tmp_page).</summary>
    private void ReturnPage(byte[] page)
    {
        _kernel.PipePages.Give();
        if (_spare is null)
            _spare = page;
        else
            ArrayPool<byte>.Shared.Return(page);
    }
}
