using System.Diagnostics.CodeAnalysis;

namespace LinuxWasm.PowerShell.Programs;

/// <summary>Which of a program's outputs a piece is from.</summary>
internal enum ProgramOutput
{
    Standard,
    Error,
}

/// <summary>
/// What passes between a pipeline and a guest: input one way, both outputs the other. Both are bounded, so that neither side runs away from the other; the pipeline's
/// thread never waits for room for input while there is output to take.
/// </summary>
internal sealed class ProgramStreams
{
    private const int MostInput = 1 << 20;
    private const int MostOutput = 1 << 20;

    private readonly object _monitor = new();
    private readonly Queue<byte[]> _input = new();
    private readonly Queue<(ProgramOutput From, byte[] Bytes)> _output = new();
    private long _inputBytes;
    private long _outputBytes;
    private int _readOfFirst;
    private bool _inputEnded;
    private bool _guestEnded;
    private bool _closed;

    /// <summary>The guest's side of standard input.</summary>
    public Stream OpenInput() => new InputStream(this);

    /// <summary>The guest's side of an output.</summary>
    public Stream OpenOutput(ProgramOutput which) => new OutputStream(this, which);

    /// <summary>Hands input over where there is room for it.</summary>
    public bool TryOffer(byte[] bytes)
    {
        lock (_monitor)
        {
            // Nobody reads it any more.
            if (_guestEnded || _closed)
                return true;
            if (_inputBytes > 0 && _inputBytes + bytes.Length > MostInput)
                return false;
            _input.Enqueue(bytes);
            _inputBytes += bytes.Length;
            Monitor.PulseAll(_monitor);
            return true;
        }
    }

    /// <summary>There is no more input.</summary>
    public void EndInput() => Change(ref _inputEnded);

    /// <summary>The guest has ended: nothing more comes from it.</summary>
    public void EndGuest() => Change(ref _guestEnded);

    /// <summary>The pipeline has been stopped: whoever waits on either side goes on, and gets nothing.</summary>
    public void Close() => Change(ref _closed);

    /// <summary>Takes output that is there.</summary>
    public bool TryTake(out ProgramOutput from, [NotNullWhen(true)] out byte[]? bytes)
    {
        lock (_monitor)
        {
            if (_output.TryDequeue(out var piece))
            {
                (from, bytes) = piece;
                _outputBytes -= bytes.Length;
                Monitor.PulseAll(_monitor);
                return true;
            }
        }

        (from, bytes) = (default, null);
        return false;
    }

    /// <summary>Waits until there is output, room for more input, or an end. False at the end, with all output taken.</summary>
    /// <param name="forRoom">Room for input is waited for, too.</param>
    /// <param name="until">When to give up.</param>
    public bool Wait(bool forRoom, DateTime until)
    {
        lock (_monitor)
        {
            while (true)
            {
                if (_output.Count > 0 || (forRoom && _inputBytes < MostInput))
                    return !_closed;
                if (_guestEnded || _closed)
                    return false;
                var left = until - DateTime.UtcNow;
                if (left <= TimeSpan.Zero)
                    return true;
                Monitor.Wait(_monitor, left < TimeSpan.FromDays(1) ? left : TimeSpan.FromDays(1));
            }
        }
    }

    private void Change(ref bool flag)
    {
        lock (_monitor)
        {
            flag = true;
            Monitor.PulseAll(_monitor);
        }
    }

    private int Read(Span<byte> buffer)
    {
        lock (_monitor)
        {
            while (_input.Count == 0 && !_inputEnded && !_closed)
                Monitor.Wait(_monitor);
            if (_closed || _input.Count == 0)
                return 0;
            var first = _input.Peek().AsSpan(_readOfFirst);
            var count = Math.Min(first.Length, buffer.Length);
            first[..count].CopyTo(buffer);
            _readOfFirst += count;
            _inputBytes -= count;
            if (count == first.Length)
            {
                _input.Dequeue();
                _readOfFirst = 0;
            }

            Monitor.PulseAll(_monitor);
            return count;
        }
    }

    private void Write(ProgramOutput from, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        lock (_monitor)
        {
            while (_outputBytes > MostOutput && !_closed)
                Monitor.Wait(_monitor);
            if (_closed)
                throw new IOException("nobody takes the program's output any more");
            _output.Enqueue((from, bytes.ToArray()));
            _outputBytes += bytes.Length;
            Monitor.PulseAll(_monitor);
        }
    }

    private sealed class InputStream(ProgramStreams streams) : GuestStream
    {
        public override bool CanRead => true;

        public override int Read(Span<byte> buffer) => streams.Read(buffer);

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        protected override void Dispose(bool disposing) => streams.EndInput();
    }

    private sealed class OutputStream(ProgramStreams streams, ProgramOutput which) : GuestStream
    {
        public override bool CanWrite => true;

        public override void Write(ReadOnlySpan<byte> buffer) => streams.Write(which, buffer);

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));
    }

    /// <summary>What the streams have in common: they only go forward, one way.</summary>
    private abstract class GuestStream : Stream
    {
        public override bool CanRead => false;

        public override bool CanWrite => false;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
