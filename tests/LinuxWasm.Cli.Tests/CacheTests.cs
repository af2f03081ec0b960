using System.Diagnostics;

namespace LinuxWasm.Cli.Tests;

/// <summary>The command's cache on disk, from outside: whole processes.</summary>
public sealed class CacheTests : IDisposable
{
    private readonly string scratch = Directory.CreateTempSubdirectory("cache").FullName;

    private string Cache => Path.Combine(scratch, "modules");

    public void Dispose() => Directory.Delete(scratch, recursive: true);

    [Fact]
    public void The_second_run_finds_what_the_first_has_left_and_prints_the_same()
    {
        string program = LargeHello();
        Assert.Equal("hello, world\n", Run("run", program));
        string entry = Assert.Single(Directory.EnumerateFiles(Cache));
        var written = File.GetLastWriteTimeUtc(entry);

        Assert.Equal("hello, world\n", Run("run", program));

        Assert.Equal(entry, Assert.Single(Directory.EnumerateFiles(Cache)));
        Assert.Equal(written, File.GetLastWriteTimeUtc(entry));
    }

    [Fact]
    public void Without_a_cache_nothing_is_left_on_disk()
    {
        Assert.Equal("hello, world\n", Run("run", "--no-cache", LargeHello()));
        Assert.False(Directory.Exists(Cache));
    }

    [Fact]
    public async Task Processes_that_run_at_once_print_the_same_and_leave_one_entry()
    {
        string program = LargeHello();
        for (int round = 0; round < 2; round++)
        {
            var outputs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Run("run", program))));
            Assert.All(outputs, output => Assert.Equal("hello, world\n", output));
            Assert.Single(Directory.EnumerateFiles(Cache));
        }
    }

    /// <summary>A guest with a custom section that makes it large enough for an entry.</summary>
    private string LargeHello()
    {
        const int Padding = 64 << 10;
        string path = Path.Combine(scratch, "hello.wasm");
        string hello = Path.Combine(RepositoryRoot(), "tests/guests/bin/host/hello.wasm");
        byte[] content = [3, .. "pad"u8, .. new byte[Padding]];
        byte[] size = [(byte)(content.Length | 0x80), (byte)((content.Length >> 7) | 0x80), (byte)(content.Length >> 14)];
        File.WriteAllBytes(path, [.. File.ReadAllBytes(hello), 0, .. size, .. content]);
        return path;
    }

    private string Run(params string[] arguments)
    {
        string command = Path.Combine(AppContext.BaseDirectory, "linuxwasm.dll");
        var start = new ProcessStartInfo("dotnet", [command, .. arguments]) { RedirectStandardOutput = true, RedirectStandardInput = true };
        start.Environment["LINUXWASM_CACHE"] = Cache;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }

    private static string RepositoryRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "LinuxWasm.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new DirectoryNotFoundException("LinuxWasm.sln stands in no folder above the tests");
    }
}
