using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Vfs;

/// <summary>What is to be opened, how, and by whom.</summary>
/// <param name="Path">The place, already found.</param>
/// <param name="Flags">open(2)'s flags as they are kept: without O_CREAT, O_EXCL, O_NOCTTY, O_TRUNC.</param>
/// <param name="Task">Who opens; null where the kernel itself or its host does. A FIFO waits in its name, /dev/tty is its terminal.</param>
public readonly record struct OpenRequest(VfsPath Path, OpenFlags Flags, LinuxTask? Task);
