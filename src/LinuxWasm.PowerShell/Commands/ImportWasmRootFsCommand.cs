using System.IO.Compression;
using System.Management.Automation;
using LinuxWasm.Machine.Archives;
using LinuxWasm.PowerShell.Completion;
using LinuxWasm.PowerShell.Output;

namespace LinuxWasm.PowerShell.Commands;

/// <summary>Unpacks a tar archive into a kernel's tree.</summary>
/// <remarks>
/// <para>Modes, owners, symbolic and hard links, devices, pipes and times are kept. The archive may be compressed with gzip. What is there already stays, but for files of the same names, which are replaced.</para>
/// <para>The archive may be anybody's: entries whose names have '..' in them are left out, each with an error, and no name and no link in it leads out of the destination.</para>
/// </remarks>
/// <example>
/// <summary>Start with a tree from an archive.</summary>
/// <code>
/// Start-WasmKernel
/// Import-WasmRootFs ./data.tar -PassThru
/// Get-ChildItem wasm:/data
/// </code>
/// <para>The summary says how much there was.</para>
/// </example>
/// <example>
/// <summary>Unpack below a directory.</summary>
/// <code>
/// Start-WasmKernel
/// Import-WasmRootFs ./data.tar -Destination /srv/site
/// </code>
/// <para>The directory is made where it is missing.</para>
/// </example>
[Cmdlet(VerbsData.Import, "WasmRootFs", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = "Path")]
[OutputType(typeof(WasmArchive))]
public sealed class ImportWasmRootFsCommand : ArchiveCommand
{
    /// <summary>The archive, relative to the current location. Wildcards are permitted where they stand for one file.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = "Path", ValueFromPipeline = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>The archive by its exact name.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "LiteralPath", ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string LiteralPath { get; set; } = "";

    /// <summary>The guest's directory that it is unpacked into. By default /.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(GuestPathCompleter))]
    [ValidateNotNullOrEmpty]
    public string Destination { get; set; } = "/";

    protected override void ProcessRecord()
    {
        var kernel = RequireKernel();
        if (!Destination.StartsWith('/'))
            ThrowTerminatingError(ErrorRecords.Of("InvalidTarget", ErrorCategory.InvalidArgument, $"'{Destination}' is no absolute path of the guest: it has to begin with '/'.", Destination));
        var literal = ParameterSetName == "LiteralPath";
        var archive = HostPaths.One(this, literal ? LiteralPath : Path, literal);
        if (!ShouldProcess($"{Destination} in kernel '{kernel.Name}'", $"Unpack {archive}"))
            return;
        FileStream file;
        try
        {
            file = HostPaths.Use(this, "-Path", archive, "a tar archive", static path => File.OpenRead(path));
        }
        catch (IOException unusable)
        {
            WriteError(new ErrorRecord(unusable, "FileUnusable", ErrorCategory.OpenError, archive));
            return;
        }

        using (file)
        using (var content = Open(file))
        {
            Work(
                archive,
                Destination,
                kernel,
                $"Unpacking {archive}",
                () => file.Length > 0 ? (int)(file.Position * 100 / file.Length) : null,
                watcher => TarImport.Run(kernel.Machine, content, Destination, watcher));
        }
    }

    private static Stream Open(FileStream file)
    {
        // gzip begins with 1F 8B (RFC 1952).
        var isCompressed = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
        file.Position = 0;
        return isCompressed ? new GZipStream(file, CompressionMode.Decompress) : file;
    }
}
