using LinuxWasm.Abi;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Proc;

/// <summary>proc(5): processes and the kernel's state as files.</summary>
public sealed class ProcType : FileSystemType
{
    public override string Name => "proc";

    /// <summary>Options say who sees whose processes; there are none yet.</summary>
    public override Errno Create(LinuxKernel kernel, string source, string options, bool readOnly, out SuperBlock? superBlock)
    {
        superBlock = options.Length == 0 ? new ProcSuperBlock(kernel, this, source) { IsReadOnly = readOnly } : null;
        return superBlock is null ? Errno.EINVAL : Errno.None;
    }
}
