using System.Runtime.InteropServices;

namespace LinuxWasm.Machine.Hosting;

/// <summary>
/// A descriptor of the host process on Unix, by read(2) and write(2) themselves: .NET's console streams pass over a reader that is gone,
/// and its file streams keep an offset of their own, which a shell's other commands do not see. An error is an <see cref="IOException"/> whose
/// <see cref="Exception.HResult"/> is the host's error number.
/// </summary>
internal sealed unsafe partial class UnixDescriptorStream(int descriptor) : Stream
{
    private const int Interrupted = 4;

    private static readonly int WouldBlock = OperatingSystem.IsMacOS() ? 35 : 11;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException("a stream has no length");

    public override long Position
    {
        get => throw new NotSupportedException("a stream has no position");
        set => throw new NotSupportedException("a stream has no position");
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        fixed (byte* bytes = buffer)
        {
            while (true)
            {
                var count = ReadDescriptor(descriptor, bytes, buffer.Length);
                if (count >= 0)
                    return (int)count;
                WaitOrThrow();
            }
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        fixed (byte* bytes = buffer)
        {
            nint written = 0;
            while (written < buffer.Length)
            {
                var count = WriteDescriptor(descriptor, bytes + written, buffer.Length - written);
                if (count >= 0)
                    written += count;
                else
                    WaitOrThrow();
            }
        }
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("a stream can't seek");

    public override void SetLength(long value) => throw new NotSupportedException("a stream has no length");

    /// <summary>Whoever shares the descriptor may have made it non-blocking: then it is tried again in a while.</summary>
    private static void WaitOrThrow()
    {
        var error = Marshal.GetLastPInvokeError();
        if (error == WouldBlock)
            Thread.Sleep(1);
        else if (error != Interrupted)
            throw new IOException(Marshal.GetPInvokeErrorMessage(error), error);
    }

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadDescriptor(int descriptor, byte* buffer, nint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteDescriptor(int descriptor, byte* buffer, nint count);
}
