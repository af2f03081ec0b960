using LinuxWasm.Abi;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Tmp;

/// <summary>tmpfs(5).</summary>
public sealed class TmpfsType : FileSystemType
{
    public override string Name => "tmpfs";

    public override Errno Create(LinuxKernel kernel, string source, string options, bool readOnly, out SuperBlock? superBlock)
    {
        superBlock = null;
        if (!TmpfsOptions.TryParse(options, TmpfsOptions.LimitOf(kernel), out var parsed))
            return Errno.EINVAL;
        superBlock = new TmpfsSuperBlock(kernel, this, source, parsed) { IsReadOnly = readOnly };
        return Errno.None;
    }
}
