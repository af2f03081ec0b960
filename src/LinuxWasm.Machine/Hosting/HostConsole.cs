using LinuxWasm.Kernel;
using LinuxWasm.Kernel.FileSystems.Streams;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Machine.Hosting;

/// <summary>The host process's own standard files, as the first three descriptors of a guest.</summary>
public static class HostConsole
{
    public static IReadOnlyList<OpenFile> OpenStandardFiles(LinuxKernel kernel)
    {
        var streams = new StreamFileSystem(kernel);
        return
        [
            streams.OpenReader("stdin", Open(0, Console.OpenStandardInput), terminal: !Console.IsInputRedirected),
            streams.OpenWriter("stdout", Open(1, Console.OpenStandardOutput), terminal: !Console.IsOutputRedirected),
            streams.OpenWriter("stderr", Open(2, Console.OpenStandardError), terminal: !Console.IsErrorRedirected),
        ];
    }

    /// <summary>The host process's standard error alone.</summary>
    public static OpenFile OpenStandardError(LinuxKernel kernel) =>
        new StreamFileSystem(kernel).OpenWriter("stderr", Open(2, Console.OpenStandardError), terminal: !Console.IsErrorRedirected);

    private static Stream Open(int descriptor, Func<Stream> console) =>
        OperatingSystem.IsWindows() ? console() : new UnixDescriptorStream(descriptor);
}
