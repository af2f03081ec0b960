using System.Text;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.FileSystems.Host.Platform;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Host;

/// <summary>One mounted folder of the host. Its own locks are leaves: under none of them is anything called but the host.</summary>
internal sealed class HostSuperBlock : SuperBlock
{
    private readonly HostFolderOptions _options;
    private readonly HostDirectory _rootDirectory;

    private HostSuperBlock(LinuxKernel kernel, FileSystemType type, IHostFolders folders, HostHandle root, in HostStat stat, string source, HostFolderOptions options, int maxNames)
        : base(kernel, type)
    {
        _options = options;
        Source = source;
        Folders = folders;
        Owners = new OwnerMap(folders.User, options);
        Devices = new HostDevices(this, stat.Id.Device);
        Inodes = new InodeTable(this);
        Handles = new DirectoryHandles();
        Names = new CachedNames(this, maxNames);
        _rootDirectory = HostDirectory.CreateRoot(this, stat, root);
        Inodes.Add(_rootDirectory);
        Root = new Dentry(_rootDirectory);
    }

    public IHostFolders Folders { get; }

    public OwnerMap Owners { get; }

    public HostDevices Devices { get; }

    public InodeTable Inodes { get; }

    public DirectoryHandles Handles { get; }

    public CachedNames Names { get; }

    /// <summary>Files that were just made, on their way to be opened.</summary>
    public NewbornFiles Newborns { get; } = new();

    public override bool MustRevalidate => true;

    public override string Options => _options.ToString();

    /// <param name="kernel">Whose it is.</param>
    /// <param name="type">Its type.</param>
    /// <param name="folders">The host's calls.</param>
    /// <param name="source">The folder's path: one char is one byte, as in mount(2)'s strings.</param>
    /// <param name="options">What the mount asked for.</param>
    /// <param name="readOnly">For good.</param>
    /// <param name="maxNames">Names that are cached.</param>
    /// <param name="superBlock">The file system.</param>
    public static Errno Open(LinuxKernel kernel, FileSystemType type, IHostFolders folders, string source, HostFolderOptions options, bool readOnly, int maxNames, out HostSuperBlock? superBlock)
    {
        superBlock = null;
        var error = folders.OpenRoot(Encoding.Latin1.GetBytes(source), out var root);
        if (error != Errno.None)
            return error;
        error = folders.Stat(root!, out var stat);
        if (error != Errno.None)
        {
            root!.Dispose();
            return error;
        }

        superBlock = new HostSuperBlock(kernel, type, folders, root!, stat, source, options, maxNames)
        {
            IsReadOnly = readOnly,
            // What the host gave for reading, a guest's root can't make writable.
            MustStayReadOnly = readOnly,
        };
        return Errno.None;
    }

    public override void GetStatistics(out FileSystemStatistics statistics)
    {
        statistics = default;
        if (_rootDirectory.Lease(out var lease) == Errno.None)
        {
            using (lease)
                Folders.GetStatistics(lease.Handle, out statistics);
        }
    }

    public override Errno Sync()
    {
        var error = _rootDirectory.Lease(out var lease);
        if (error != Errno.None)
            return error;
        using (lease)
            return Folders.SyncAll(lease.Handle);
    }

    /// <summary>Nothing of the host stays open, so that the host can take the folder away.</summary>
    public override void Shutdown()
    {
        Newborns.Clear();
        Handles.Clear();
        _rootDirectory.Unpin();
    }
}
