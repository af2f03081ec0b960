using System.Runtime.InteropServices;

namespace LinuxWasm.Abi;

/// <summary>struct mmap_arg_struct32: the arguments of i386's first mmap.</summary>
[StructLayout(LayoutKind.Explicit, Size = 24)]
public struct MmapArguments32
{
    [FieldOffset(0)]
    public uint addr;

    [FieldOffset(4)]
    public uint len;

    [FieldOffset(8)]
    public ProtFlags prot;

    [FieldOffset(12)]
    public MapFlags flags;

    [FieldOffset(16)]
    public int fd;

    [FieldOffset(20)]
    public uint offset;
}
