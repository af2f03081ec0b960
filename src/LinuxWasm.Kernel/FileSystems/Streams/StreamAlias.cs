using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Streams;

/// <summary>A host stream that a guest opened once more, by way of /dev/stdout or /proc/self/fd: what is done to it is done to the stream.</summary>
internal sealed class StreamAlias : OpenFile
{
    private readonly OpenFile _stream;

    /// <param name="request">How it is opened.</param>
    /// <param name="stream">The stream's own open file, of which this takes over a reference.</param>
    public StreamAlias(in OpenRequest request, OpenFile stream)
        : base(request, OpenModes.None) => _stream = stream;

    public override WaitQueue? Readiness => _stream.Readiness;

    public override bool CanPoll => _stream.CanPoll;

    public override SysResult Read(Span<byte> buffer, ref long position) => _stream.Read(buffer, ref position);

    public override SysResult Write(ReadOnlySpan<byte> buffer, ref long position) => _stream.Write(buffer, ref position);

    public override PollEvents Poll() => _stream.Poll();

    public override SysResult Ioctl(LinuxTask task, uint request, ulong argument) => _stream.Ioctl(task, request, argument);

    protected override void OnRelease() => _stream.Release();
}
