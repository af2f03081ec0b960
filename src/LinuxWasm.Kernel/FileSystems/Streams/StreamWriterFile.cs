using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Streams;

/// <summary>Writes to a host stream. The host waits where the stream's reader is slow; a reader that is gone is EPIPE, as for a pipe.</summary>
internal sealed class StreamWriterFile(in OpenRequest request, Stream stream, bool leaveOpen) : OpenFile(request, OpenModes.None)
{
    private readonly Lock _lock = new();

    public override SysResult Write(ReadOnlySpan<byte> buffer, ref long position)
    {
        try
        {
            lock (_lock)
            {
                stream.Write(buffer);
                stream.Flush();
            }

            return buffer.Length;
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            return StreamErrors.Of(gone, otherwise: Errno.EPIPE);
        }
    }

    public override bool CanPoll => true;

    public override PollEvents Poll() => PollEvents.POLLOUT | PollEvents.POLLWRNORM;

    protected override void OnRelease()
    {
        if (!leaveOpen)
            stream.Dispose();
    }
}
