using System.Management.Automation;
using System.Management.Automation.Provider;
using LinuxWasm.Machine;

namespace LinuxWasm.PowerShell.Provider;

/// <content>Get-Content, Set-Content, Add-Content, Clear-Content.</content>
public sealed partial class WasmVfsProvider
{
    public IContentReader? GetContentReader(string path)
    {
        var item = GuestPaths.Absolute(path);
        var parameters = DynamicParameters as ReadParameters;
        return Open<IContentReader>(item, () => new GuestContentReader(GuestFileStream.OpenRead(Kernel.Machine.Provision, item), parameters?.AsByteStream ?? false, parameters?.Raw ?? false));
    }

    public object GetContentReaderDynamicParameters(string path) => new ReadParameters();

    public IContentWriter? GetContentWriter(string path)
    {
        var item = GuestPaths.Absolute(path);
        var parameters = DynamicParameters as WriteParameters;
        return Open<IContentWriter>(item, () => new GuestContentWriter(GuestFileStream.OpenWrite(Kernel.Machine.Provision, item), parameters?.AsByteStream ?? false, parameters?.NoNewline ?? false));
    }

    public object GetContentWriterDynamicParameters(string path) => new WriteParameters();

    public void ClearContent(string path)
    {
        var item = GuestPaths.Absolute(path);
        // PowerShell clears before it writes, and then a file that is not there yet is none to clear.
        if (Get(item, tree => tree.TryStatus(item)) is null || !ShouldProcess(item, "Clear content"))
            return;
        try
        {
            using var file = GuestFileStream.OpenWrite(Kernel.Machine.Provision, item);
            file.SetLength(0);
        }
        catch (GuestTreeException) when (DynamicParameters is WriteParameters)
        {
            // Set-Content ends at an error here, with .NET's name for it. It opens the file next, which says the same as an error of this item.
        }
        catch (GuestTreeException refused)
        {
            WriteError(ErrorRecords.Of(refused, item));
        }
    }

    public object? ClearContentDynamicParameters(string path) => null;

    /// <summary>Opens something; where the kernel refuses, that is an error of this item, and there is nothing to read or write.</summary>
    private T? Open<T>(string path, Func<T> open)
        where T : class
    {
        T? opened = null;
        Report(path, () => opened = open());
        return opened;
    }

    private sealed class ReadParameters
    {
        /// <summary>Gives bytes in place of lines.</summary>
        [Parameter]
        public SwitchParameter AsByteStream { get; set; }

        /// <summary>Gives all of the file as one text, or as one byte array with -AsByteStream.</summary>
        [Parameter]
        public SwitchParameter Raw { get; set; }
    }

    private sealed class WriteParameters
    {
        /// <summary>Takes bytes in place of lines.</summary>
        [Parameter]
        public SwitchParameter AsByteStream { get; set; }

        /// <summary>Ends no text with a newline.</summary>
        [Parameter]
        public SwitchParameter NoNewline { get; set; }
    }
}
