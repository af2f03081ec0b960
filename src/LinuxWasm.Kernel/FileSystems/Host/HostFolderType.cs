using LinuxWasm.Abi;
using LinuxWasm.Kernel.FileSystems.Host.Platform;
using LinuxWasm.Kernel.FileSystems.Host.Platform.Managed;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Host;

/// <summary>
/// A folder of the host, seen in the guest's tree: <c>mount("/home/me/work", "/work", "host", flags, options)</c>. Nothing outside the folder can be reached
/// or observed through it: symbolic links are shown as what they say and followed by the guest's own walk, in the guest's tree.
/// <para>
/// The path is bytes, one in each char of the source. Only the host may mount one; for a guest's mount(2) the type does not exist. What was mounted read-only stays so: no guest's root can remount it for writing.
/// </para>
/// <para>
/// Owners: run by the host's root, the host's ids are shown, and files made or given away by a guest get the ids that the guest knows them by. Run by anybody
/// else, his own files and group appear as root's (0), all others as nobody's (65534), and what guests make is his; chown(2) to other ids is EPERM.
/// The options <c>uid=N</c> and <c>gid=N</c> show every file as that user's and that group's, in either case. Modes are the host's, set-id bits included.
/// </para>
/// <para>
/// Device nodes of the host are shown and open as ENXIO, and guests can make none. A socket is a name only. A FIFO is the guests' own pipe:
/// no byte goes to or from the host through it. Extended attributes are not supported, nor is O_TMPFILE.
/// </para>
/// <para>
/// A directory that somebody moves out of the folder while a guest has it open stays what it was for that guest, with what lies in it, as with a bind mount;
/// what lies above it stays out of reach.
/// </para>
/// <para>
/// On Windows, names are UTF-8 of at most 255 bytes (EILSEQ for other bytes, EINVAL for characters and names that Windows does not take), modes are 0755 or, read-only, 0555, and
/// guests can make no links of either kind (EPERM). How confinement works there and what it does not cover: <see cref="ManagedFolders"/>.
/// </para>
/// </summary>
public sealed class HostFolderType : FileSystemType
{
    private readonly IHostFolders _folders;
    private readonly int _maxNames;

    public HostFolderType()
        : this(HostPlatform.Folders)
    {
    }

    internal HostFolderType(IHostFolders folders, int maxNames = CachedNames.DefaultMax)
    {
        _folders = folders;
        _maxNames = maxNames;
    }

    public override string Name => "host";

    public override bool IsForHostOnly => true;

    /// <summary>ENOENT or ENOTDIR for a <paramref name="source"/> that is no folder of the host, EINVAL for an unknown option.</summary>
    public override Errno Create(LinuxKernel kernel, string source, string options, bool readOnly, out SuperBlock? superBlock)
    {
        superBlock = null;
        if (!HostFolderOptions.TryParse(options, out var parsed))
            return Errno.EINVAL;
        if (source.Length == 0)
            return Errno.ENOENT;
        var error = HostSuperBlock.Open(kernel, this, _folders, source, parsed, readOnly, _maxNames, out var opened);
        superBlock = opened;
        return error;
    }
}
