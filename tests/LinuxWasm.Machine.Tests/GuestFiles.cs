namespace LinuxWasm.Machine.Tests;

/// <summary>The compiled guest programs of the repository.</summary>
internal static class GuestFiles
{
    /// <summary>The path on the host of a guest of the host ABI.</summary>
    public static string PathOf(string name)
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            var file = Path.Combine(folder, "tests", "guests", "bin", "host", name + ".wasm");
            if (File.Exists(file))
                return file;
        }

        throw new FileNotFoundException($"tests/guests/bin/host/{name}.wasm: not found above {AppContext.BaseDirectory}");
    }
}
