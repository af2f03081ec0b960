using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Vfs;

/// <summary>What open(2) with O_PATH gives: a place in the tree, and no more.</summary>
internal sealed class PathOnlyFile(VfsPath path, OpenFlags flags, LinuxTask? task)
    : OpenFile(new OpenRequest(path, flags & ~OpenFlags.O_CLOEXEC, task), OpenModes.PathOnly);
