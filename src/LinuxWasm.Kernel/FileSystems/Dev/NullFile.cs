using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Dev;

/// <summary>/dev/null (null(4)).</summary>
internal sealed class NullFile(in OpenRequest request) : OpenFile(request, OpenModes.Stored)
{
    public override bool KnowsNoWait => true;

    public override OpenModes SpliceModes => OpenModes.Write;

    public override SysResult Read(Span<byte> buffer, ref long position) => 0;

    public override SysResult Write(ReadOnlySpan<byte> buffer, ref long position) => buffer.Length;

    /// <summary>Nobody looks at the bytes: not even a bad address is one.</summary>
    public override SysResult Write(ref IoSource source, ref long position) => source.TakeAll();

    public override SysResult Seek(long offset, SeekWhence whence) => 0;
}
