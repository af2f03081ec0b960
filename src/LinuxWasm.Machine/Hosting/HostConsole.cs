using System.Text;
using LinuxWasm.Kernel;
using LinuxWasm.Kernel.FileSystems.Streams;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Machine.Hosting;

/// <summary>The host process's own standard files, as the first three descriptors of a guest.</summary>
public static class HostConsole
{
    /// <summary>The three of them; null for one that was closed when the host process was started, as it then is for the guest.</summary>
    public static IReadOnlyList<OpenFile?> OpenStandardFiles(LinuxKernel kernel)
    {
        var streams = new StreamFileSystem(kernel);
        return
        [
            InheritedDescriptor.IsOpen(0) ? streams.OpenReader("stdin", Open(0, Console.OpenStandardInput), terminal: !Console.IsInputRedirected) : null,
            InheritedDescriptor.IsOpen(1) ? streams.OpenWriter("stdout", Open(1, Console.OpenStandardOutput), terminal: !Console.IsOutputRedirected) : null,
            OpenStandardError(kernel),
        ];
    }

    /// <summary>The host process's standard error alone; null where it is closed.</summary>
    public static OpenFile? OpenStandardError(LinuxKernel kernel) =>
        InheritedDescriptor.IsOpen(2) ? new StreamFileSystem(kernel).OpenWriter("stderr", Open(2, Console.OpenStandardError), terminal: !Console.IsErrorRedirected) : null;

    /// <summary>
    /// Has <see cref="Console"/> write without preparing the terminal for itself: it would switch it to application cursor keys (terminfo's smkx)
    /// with the first character, and leave it so. To be called before anything is written.
    /// </summary>
    public static void LeaveTerminalAlone()
    {
        // Windows' consoles are switched to nothing, and what is written to them is no bytes.
        if (OperatingSystem.IsWindows())
            return;
        Console.SetOut(Writer(1));
        Console.SetError(Writer(2));
    }

    /// <summary>The size of the terminal's window in characters; null where there is none, or it does not tell.</summary>
    public static (int Rows, int Columns)? WindowSize()
    {
        if (OperatingSystem.IsWindows())
            return Console.IsOutputRedirected ? null : (Console.WindowHeight, Console.WindowWidth);
        return RawTerminal.WindowSize() is { Columns: > 0 } size ? size : null;
    }

    private static TextWriter Writer(int descriptor) =>
        InheritedDescriptor.IsOpen(descriptor) ? new StreamWriter(new UnixDescriptorStream(descriptor), new UTF8Encoding(false)) { AutoFlush = true } : TextWriter.Null;

    private static Stream Open(int descriptor, Func<Stream> console) =>
        OperatingSystem.IsWindows() ? console() : new UnixDescriptorStream(descriptor);
}
