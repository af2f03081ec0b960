using System.Runtime.InteropServices;

namespace LinuxWasm.Machine.Hosting;

/// <summary>Whether a standard descriptor of the host process is the one that it was started with.</summary>
internal static partial class InheritedDescriptor
{
    private const int GetFlags = 1; // F_GETFD
    private const int CloseOnExec = 1; // FD_CLOEXEC

    /// <summary>
    /// False where it was closed at the start (<c>&lt;&amp;-</c>). The runtime's own files may stand in its place by now; those are closed on exec,
    /// which nothing is that has just come through one.
    /// </summary>
    public static bool IsOpen(int descriptor)
    {
        if (OperatingSystem.IsWindows())
            return true;
        var flags = Control(descriptor, GetFlags);
        return flags >= 0 && (flags & CloseOnExec) == 0;
    }

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(int descriptor, int command);
}
