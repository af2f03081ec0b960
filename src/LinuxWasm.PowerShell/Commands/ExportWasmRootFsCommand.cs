using System.IO.Compression;
using System.Management.Automation;
using LinuxWasm.Machine.Archives;
using LinuxWasm.PowerShell.Completion;
using LinuxWasm.PowerShell.Output;

namespace LinuxWasm.PowerShell.Commands;

/// <summary>Packs a kernel's tree into a tar archive.</summary>
/// <remarks>
/// <para>Modes, owners, symbolic and hard links, devices, pipes and times are kept, in the pax format. A name that ends with .gz or .tgz gives an archive compressed with gzip. File systems that are mounted
/// below the directory, such as /proc and /dev, become empty directories, unless -IncludeMount asks for them.</para>
/// <para>Sockets have no place in an archive: they are left out, with an error.</para>
/// </remarks>
/// <example>
/// <summary>Keep a tree, and start with it again.</summary>
/// <code>
/// Start-WasmKernel
/// 'kept' | Set-Content wasm:/root/note
/// Export-WasmRootFs ./tree.tar.gz
/// Start-WasmKernel
/// Import-WasmRootFs ./tree.tar.gz
/// Get-Content wasm:/root/note
/// </code>
/// <para>The second kernel has the first one's files.</para>
/// </example>
/// <example>
/// <summary>Pack one directory.</summary>
/// <code>
/// Start-WasmKernel
/// Export-WasmRootFs ./etc.tar -Source /etc -Force -PassThru
/// </code>
/// <para>Names in the archive are relative to the directory.</para>
/// </example>
[Cmdlet(VerbsData.Export, "WasmRootFs", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(WasmArchive))]
public sealed class ExportWasmRootFsCommand : ArchiveCommand
{
    /// <summary>The archive to make, relative to the current location.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [Alias("LiteralPath")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>The guest's directory that is packed. By default /.</summary>
    [Parameter(Position = 1)]
    [ArgumentCompleter(typeof(GuestPathCompleter))]
    [ValidateNotNullOrEmpty]
    public string Source { get; set; } = "/";

    /// <summary>Packs what is mounted below the directory, too.</summary>
    [Parameter]
    public SwitchParameter IncludeMount { get; set; }

    /// <summary>Replaces an archive that is there.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    protected override void ProcessRecord()
    {
        var kernel = RequireKernel();
        var archive = HostPaths.One(this, Path, literal: true);
        if (File.Exists(archive) && !Force)
        {
            WriteError(ErrorRecords.Of("ArchiveExists", ErrorCategory.ResourceExists, $"'{archive}' is there already; -Force replaces it.", archive));
            return;
        }

        if (!ShouldProcess(archive, $"Pack {Source} of kernel '{kernel.Name}'"))
            return;
        // The whole archive takes the place at once: what is broken off leaves the old one as it was.
        var unfinished = archive + ".unfinished";
        try
        {
            var isDone = false;
            using (var file = HostPaths.Use(this, "-Path", archive, "a file that can be written", _ => File.Create(unfinished)))
            using (var content = IsCompressed(archive) ? new GZipStream(file, CompressionLevel.Optimal) : (Stream)file)
            {
                Work(archive, Source, kernel, $"Packing {Source}", () => null, watcher =>
                {
                    var summary = TarExport.Run(kernel.Machine, content, Source, IncludeMount, watcher);
                    isDone = true;
                    return summary;
                });
            }

            if (isDone)
                File.Move(unfinished, archive, overwrite: true);
            else
                File.Delete(unfinished);
        }
        catch (IOException unusable)
        {
            WriteError(new ErrorRecord(unusable, "FileUnusable", ErrorCategory.OpenError, archive));
        }
    }

    private static bool IsCompressed(string name) => name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".tgz", StringComparison.OrdinalIgnoreCase);
}
