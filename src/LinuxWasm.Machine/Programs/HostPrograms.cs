namespace LinuxWasm.Machine.Programs;

/// <summary>Reads programs that are files of the host.</summary>
public static class HostPrograms
{
    /// <summary>All of a file.</summary>
    /// <param name="name">What it was asked for as, for messages.</param>
    /// <param name="file">Where it is.</param>
    /// <exception cref="ProgramException">There is none, or it can't be read; the message says which.</exception>
    public static byte[] Read(string name, string file)
    {
        if (name.Length == 0)
            throw new ProgramException("the program's name is empty; the path of a WebAssembly program is expected");
        if (Directory.Exists(file))
            throw new ProgramException($"{name}: is a directory; a WebAssembly program is expected");
        try
        {
            return File.ReadAllBytes(file);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            var where = name == file ? "" : $" ('{file}')";
            throw new ProgramException($"{name}: no such file, neither in the guest's tree nor on the host{where}", missing);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ProgramException($"{name}: can't be read: {unreadable.Message}", unreadable);
        }
    }
}
