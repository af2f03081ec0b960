using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Vfs;

/// <summary>What open(2) with O_PATH gives: a place in the tree, and no more.</summary>
internal sealed class PathOnlyFile(VfsPath path, OpenFlags flags)
    : OpenFile(new OpenRequest(path, flags & ~OpenFlags.O_CLOEXEC, null), OpenModes.PathOnly);
