using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Dev;

/// <summary>/dev/zero and /dev/full, which differ in what writing to them answers (null(4), full(4)).</summary>
internal sealed class ZeroFile(in OpenRequest request, bool isFull) : OpenFile(request, OpenModes.Stored)
{
    public override bool KnowsNoWait => true;

    public override OpenModes SpliceModes => isFull ? OpenModes.Read : OpenModes.Read | OpenModes.Write;

    public override SysResult Read(Span<byte> buffer, ref long position)
    {
        buffer.Clear();
        return buffer.Length;
    }

    public override SysResult Write(ReadOnlySpan<byte> buffer, ref long position) => isFull ? Errno.ENOSPC : buffer.Length;

    public override SysResult Write(ref IoSource source, ref long position) => isFull ? Errno.ENOSPC : source.TakeAll();

    public override SysResult Seek(long offset, SeekWhence whence) => 0;

    public override Errno PrepareMap() => Errno.None;
}
