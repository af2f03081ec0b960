using System.Management.Automation;
using LinuxWasm.Machine.Hosting;

namespace LinuxWasm.PowerShell.Commands;

/// <summary>Paths of the host as cmdlets take them: relative to the session's location, through its drives.</summary>
internal static class HostPaths
{
    /// <summary>One folder of the host; ends the command where there is none, or several.</summary>
    public static string Folder(PSCmdlet cmdlet, string path, bool literal)
    {
        var found = One(cmdlet, path, literal);
        if (!Directory.Exists(found))
        {
            cmdlet.ThrowTerminatingError(ErrorRecords.Of(
                "PathNotFound", ErrorCategory.ObjectNotFound, File.Exists(found) ? $"'{found}' is a file; a folder is expected." : $"There is no folder '{found}' on the host.", path));
        }

        return found;
    }

    /// <summary>One path of the host's file system, which need not exist where it has no wildcards.</summary>
    public static string One(PSCmdlet cmdlet, string path, bool literal)
    {
        ProviderInfo provider;
        if (literal || !WildcardPattern.ContainsWildcardCharacters(path))
        {
            var only = cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out provider, out _);
            RequireFileSystem(cmdlet, provider, path);
            return only;
        }

        var found = cmdlet.GetResolvedProviderPathFromPSPath(path, out provider);
        RequireFileSystem(cmdlet, provider, path);
        if (found.Count != 1)
        {
            cmdlet.ThrowTerminatingError(ErrorRecords.Of(
                "AmbiguousPath", ErrorCategory.InvalidArgument, $"'{path}' stands for {found.Count} paths; one is expected. -LiteralPath takes a name as it is.", path));
        }

        return found[0];
    }

    /// <summary>Reads a file of the host that a parameter names, or opens it to write to.</summary>
    /// <exception cref="IOException">It can't be; the message names the parameter and what was expected.</exception>
    public static T Use<T>(PSCmdlet cmdlet, string parameter, string path, string expected, Func<string, T> use) =>
        HostFiles.Use(parameter, One(cmdlet, path, literal: true), expected, use);

    /// <summary>All paths that a path with wildcards stands for.</summary>
    public static IEnumerable<string> Several(PSCmdlet cmdlet, string path)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(path))
            return [One(cmdlet, path, literal: true)];
        var found = cmdlet.GetResolvedProviderPathFromPSPath(path, out var provider);
        RequireFileSystem(cmdlet, provider, path);
        return found;
    }

    private static void RequireFileSystem(PSCmdlet cmdlet, ProviderInfo provider, string path)
    {
        if (provider.Name != "FileSystem")
            cmdlet.ThrowTerminatingError(ErrorRecords.Of("NotAFileSystemPath", ErrorCategory.InvalidArgument, $"'{path}' is a path of {provider.Name}; one of the file system is expected.", path));
    }
}
