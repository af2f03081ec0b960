using System.Diagnostics;
using System.Management.Automation;
using LinuxWasm.Machine;
using LinuxWasm.Machine.Archives;
using LinuxWasm.PowerShell.Kernels;
using LinuxWasm.PowerShell.Output;

namespace LinuxWasm.PowerShell.Commands;

/// <summary>What the commands share that pack and unpack trees.</summary>
public abstract class ArchiveCommand : KernelCommand, IDisposable
{
    private static readonly TimeSpan FirstProgress = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan NextProgress = TimeSpan.FromMilliseconds(200);

    private readonly CancellationTokenSource _stop = new();
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private TimeSpan _progressAt = FirstProgress;
    private bool _showed;

    /// <summary>Gives a summary.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    protected override void StopProcessing() => _stop.Cancel();

    public void Dispose()
    {
        _stop.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Does the work, with progress for what takes a while, and says what went wrong.</summary>
    private protected void Work(string archive, string directory, WasmKernel kernel, string activity, Func<int?> percent, Func<ArchiveWatcher, ArchiveSummary> run)
    {
        try
        {
            var summary = run(new ArchiveWatcher(
                (name, soFar) => Show(activity, name, soFar, percent),
                (name, why) => WriteError(ErrorRecords.Of("EntryRefused", ErrorCategory.InvalidData, $"{name}: left out: {why}", name)),
                _stop.Token));
            if (PassThru)
                WriteObject(new WasmArchive(archive, directory, summary, kernel));
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C: PowerShell says nothing then, either.
        }
        catch (GuestTreeException refused)
        {
            WriteError(ErrorRecords.Of(refused, directory));
        }
        catch (Exception damaged) when (damaged is InvalidDataException or EndOfStreamException or FormatException)
        {
            WriteError(ErrorRecords.Of("NotAnArchive", ErrorCategory.InvalidData, $"{archive}: not a tar archive, or a damaged one: {damaged.Message}", archive, damaged));
        }
        catch (IOException failed)
        {
            WriteError(ErrorRecords.Of("FileUnusable", ErrorCategory.ReadError, failed.Message, archive, failed));
        }
        finally
        {
            if (_showed)
                WriteProgress(new ProgressRecord(0, activity, "done") { RecordType = ProgressRecordType.Completed });
        }
    }

    private void Show(string activity, string name, ArchiveSummary soFar, Func<int?> percent)
    {
        if (_watch.Elapsed < _progressAt)
            return;
        _progressAt = _watch.Elapsed + NextProgress;
        _showed = true;
        WriteProgress(new ProgressRecord(0, activity, $"{soFar.Entries} entries, {soFar.Bytes >> 20} MiB") { CurrentOperation = name, PercentComplete = percent() ?? -1 });
    }
}
