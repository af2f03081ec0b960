namespace LinuxWasm.Machine.Archives;

/// <summary>The first bytes of a stream, as many as were announced: of a longer one the rest is not seen, a shorter one ends in zeros.</summary>
internal sealed class FixedLengthStream(Stream source, long length, CancellationToken stop) : Stream
{
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException("it is read once");
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        stop.ThrowIfCancellationRequested();
        count = (int)Math.Min(count, length - _position);
        if (count <= 0)
            return 0;
        var read = source.Read(buffer, offset, count);
        if (read == 0)
        {
            Array.Clear(buffer, offset, count);
            read = count;
        }

        _position += read;
        return read;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("it is read once");

    public override void SetLength(long value) => throw new NotSupportedException("it is read once");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("it is read once");
}
