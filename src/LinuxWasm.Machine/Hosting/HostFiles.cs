namespace LinuxWasm.Machine.Hosting;

/// <summary>Files of the host that a command was given: what is wrong with one is said in the command's words, with the option and what belongs there.</summary>
public static class HostFiles
{
    /// <summary>Reads a file, or opens one to write to.</summary>
    /// <param name="option">The option that named it; null for an argument.</param>
    /// <param name="path">The path as it was given.</param>
    /// <param name="expected">What it should be.</param>
    /// <param name="use">Reads or opens it.</param>
    /// <exception cref="IOException">It can't be.</exception>
    public static T Use<T>(string? option, string path, string expected, Func<string, T> use)
    {
        try
        {
            return use(path);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new IOException($"{(option is null ? "" : option + " ")}{path}: {WhyRefused(refused, path)}; {expected} is expected", refused);
        }
    }

    private static string WhyRefused(Exception refused, string path) => refused switch
    {
        _ when Directory.Exists(path) => "is a folder",
        FileNotFoundException => "no such file",
        DirectoryNotFoundException => $"there is no folder '{Path.GetDirectoryName(path)}'",
        UnauthorizedAccessException => "permission denied",
        ArgumentException => "is no file name",
        _ => refused.Message,
    };
}
