using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Streams;

/// <summary>
/// Reads from a host stream. The host's read cannot be interrupted by a guest's signal, so a thread of its own makes it, one chunk ahead at the
/// most, from the first time that a guest asks: a program that reads nothing takes nothing from the host's input.
/// </summary>
internal sealed class StreamReaderFile(in OpenRequest request, Stream stream, bool leaveOpen) : OpenFile(request, OpenModes.None)
{
    private const int ChunkSize = 64 * 1024;

    private readonly object _monitor = new();
    private readonly byte[] _chunk = new byte[ChunkSize];
    private int _start;
    private int _end;
    private bool _wanted;
    private bool _atEnd;
    private bool _released;
    private Errno _error;
    private Thread? _reader;

    public override WaitQueue Readiness { get; } = new();

    public override SysResult Read(Span<byte> buffer, ref long position)
    {
        if (buffer.IsEmpty)
            return 0;
        lock (_monitor)
        {
            if (_start == _end)
                return _error != Errno.None ? _error : _atEnd ? 0 : Want();
            var count = Math.Min(buffer.Length, _end - _start);
            _chunk.AsSpan(_start, count).CopyTo(buffer);
            _start += count;
            return count;
        }
    }

    public override PollEvents Poll()
    {
        lock (_monitor)
        {
            if (_start < _end || _error != Errno.None)
                return PollEvents.POLLIN | PollEvents.POLLRDNORM;
            if (_atEnd)
                return PollEvents.POLLIN | PollEvents.POLLRDNORM | PollEvents.POLLHUP;
            Want();
            return PollEvents.None;
        }
    }

    protected override void OnRelease()
    {
        lock (_monitor)
        {
            _released = true;
            Monitor.PulseAll(_monitor);
        }

        if (!leaveOpen)
            stream.Dispose();
    }

    /// <summary>Has the next chunk read. Caller holds the monitor.</summary>
    private Errno Want()
    {
        _wanted = true;
        if (_reader is null)
        {
            _reader = new Thread(ReadChunks) { IsBackground = true, Name = "LinuxWasm input" };
            _reader.Start();
        }

        Monitor.PulseAll(_monitor);
        return Errno.EAGAIN;
    }

    private void ReadChunks()
    {
        while (true)
        {
            lock (_monitor)
            {
                while (!_wanted && !_released)
                    Monitor.Wait(_monitor);
                if (_released || _atEnd)
                    return;
            }

            var error = ReadChunk(out var count);
            lock (_monitor)
            {
                _wanted = false;
                _error = error;
                _atEnd = error == Errno.None && count == 0;
                _start = 0;
                _end = count;
            }

            Readiness.WakeAll();
        }
    }

    private Errno ReadChunk(out int count)
    {
        try
        {
            count = stream.Read(_chunk, 0, ChunkSize);
            return Errno.None;
        }
        catch (Exception broken) when (broken is IOException or ObjectDisposedException)
        {
            count = 0;
            return StreamErrors.Of(broken, otherwise: Errno.EIO);
        }
    }
}
