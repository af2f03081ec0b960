using System.Management.Automation;

namespace LinuxWasm.PowerShell.Suite;

/// <summary>Where the cases lie that come with the module.</summary>
internal static class SuiteFolder
{
    /// <summary>The folder <c>conformance</c> beside the manifest; null where it is not there.</summary>
    public static string? Find()
    {
        var folder = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(SuiteFolder).Assembly.Location)!, "..", "..", "conformance"));
        return Directory.Exists(folder) ? folder : null;
    }

    /// <summary>The folder; ends the command where it is not there.</summary>
    public static string Find(PSCmdlet cmdlet)
    {
        var folder = Find();
        if (folder is null)
            cmdlet.ThrowTerminatingError(ErrorRecords.Of("PathNotFound", ErrorCategory.ObjectNotFound, "The module has no folder 'conformance' beside it. -Path says where cases are."));
        return folder!;
    }
}
