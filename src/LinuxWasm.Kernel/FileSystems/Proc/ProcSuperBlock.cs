using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Proc;

/// <summary>A mount of proc. It stores nothing: each look asks the kernel.</summary>
internal sealed class ProcSuperBlock : SuperBlock
{
    public ProcSuperBlock(LinuxKernel kernel, FileSystemType type, string source)
        : base(kernel, type)
    {
        Source = source;
        Root = new Dentry(new ProcRoot(this));
    }

    public override void GetStatistics(out FileSystemStatistics statistics) => statistics = new FileSystemStatistics
    {
        Type = 0x9fa0, // PROC_SUPER_MAGIC
        BlockSize = 4096,
        NameLength = FsName.MaxLength,
    };

    internal ulong NewIno() => NextIno();
}
