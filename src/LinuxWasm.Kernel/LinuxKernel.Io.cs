using LinuxWasm.Abi;
using LinuxWasm.Kernel.FileSystems.Internal;
using LinuxWasm.Kernel.FileSystems.Tmp;
using LinuxWasm.Kernel.Ipc;
using LinuxWasm.Kernel.Net;
using LinuxWasm.Kernel.Vfs.Locks;

namespace LinuxWasm.Kernel;

public sealed partial class LinuxKernel
{
    private const uint PipeFsMagic = 0x50495045;
    private const uint SockFsMagic = 0x534F434B;
    private const uint AnonInodeFsMagic = 0x09041934;
    private const uint PidFsMagic = 0x50494446;

    private InternalInode? _anonInode;
    private MemoryFileStore? _memoryFiles;
    private InternalFileSystem? _pipeFs;
    private InternalFileSystem? _anonInodeFs;
    private InternalFileSystem? _sockFs;
    private Network? _network;
    private InternalFileSystem? _pidFs;

    /// <summary>Where pipes without a name live.</summary>
    internal InternalFileSystem PipeFs => LazyInitializer.EnsureInitialized(ref _pipeFs, () => new InternalFileSystem(this, "pipefs", PipeFsMagic));

    /// <summary>Where sockets live.</summary>
    internal InternalFileSystem SockFs => LazyInitializer.EnsureInitialized(ref _sockFs, () => new InternalFileSystem(this, "sockfs", SockFsMagic));

    internal Network Net => LazyInitializer.EnsureInitialized(ref _network, () => new Network(Random));

    /// <summary>Where epoll, eventfd and the like live.</summary>
    internal InternalFileSystem AnonInodeFs =>
        LazyInitializer.EnsureInitialized(ref _anonInodeFs, () => new InternalFileSystem(this, "anon_inodefs", AnonInodeFsMagic));

    /// <summary>The one inode that all of them share, which has no type.</summary>
    internal InternalInode AnonInode => LazyInitializer.EnsureInitialized(ref _anonInode, () => AnonInodeFs.NewFixedInode(Mode.S_IRUSR | Mode.S_IWUSR));

    /// <summary>Where pid descriptors live, since Linux 6.9.</summary>
    internal InternalFileSystem PidFs => LazyInitializer.EnsureInitialized(ref _pidFs, () => new InternalFileSystem(this, "pidfs", PidFsMagic));

    /// <summary>Held while an epoll comes to watch another.</summary>
    internal Lock EpollNesting { get; } = new();

    internal MemoryFileStore MemoryFiles => LazyInitializer.EnsureInitialized(ref _memoryFiles, () => new MemoryFileStore(this));

    internal LockWaits LockWaits { get; } = new();

    internal PipePages PipePages { get; } = new();
}
