using System.Runtime.InteropServices;
using LinuxWasm.Abi;

namespace LinuxWasm.Machine.Hosting;

/// <summary>
/// The host's terminal without a line discipline of its own, as long as this lives: the guest's does all that. Its settings are opaque bytes here, since
/// each system has a structure of its own.
/// </summary>
internal sealed unsafe partial class RawTerminal : IDisposable
{
    /// <summary>More than any system's struct termios has.</summary>
    private const int SettingsSize = 256;

    private const int AtOnce = 0; // TCSANOW

    private readonly byte[] _before;

    private RawTerminal(byte[] before) => _before = before;

    /// <summary>Makes standard input raw; null where it is no terminal, or the host's terminals have no such mode.</summary>
    public static RawTerminal? TryEnter()
    {
        if (OperatingSystem.IsWindows())
            return null;
        var before = new byte[SettingsSize];
        fixed (byte* settings = before)
        {
            if (GetSettings(0, settings) != 0)
                return null;
        }

        var raw = (byte[])before.Clone();
        fixed (byte* settings = raw)
        {
            MakeRaw(settings);
            if (SetSettings(0, AtOnce, settings) != 0)
                return null;
        }

        return new RawTerminal(before);
    }

    /// <summary>The window's size in characters; null where the terminal does not tell. Not by <see cref="Console"/>, which writes to the terminal when it is first asked.</summary>
    public static (int Rows, int Columns)? WindowSize()
    {
        var request = OperatingSystem.IsMacOS() ? 0x40087468u : Ioctls.TIOCGWINSZ;
        var size = default(Winsize);
        return Control(1, request, &size) == 0 ? (size.ws_row, size.ws_col) : null;
    }

    public void Dispose()
    {
        fixed (byte* settings = _before)
            _ = SetSettings(0, AtOnce, settings);
    }

    /// <summary>The third argument is a variadic one; where those travel otherwise than others (macOS on arm64), eight words stand before it.</summary>
    private static int Control(int descriptor, nuint request, Winsize* size) => OperatingSystem.IsMacOS() && RuntimeInformation.ProcessArchitecture == Architecture.Arm64
        ? ControlOnStack(descriptor, request, 0, 0, 0, 0, 0, 0, size)
        : ControlInRegisters(descriptor, request, size);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int ControlInRegisters(int descriptor, nuint request, Winsize* size);

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int ControlOnStack(int descriptor, nuint request, nint a2, nint a3, nint a4, nint a5, nint a6, nint a7, Winsize* size);

    [LibraryImport("libc", EntryPoint = "tcgetattr")]
    private static partial int GetSettings(int descriptor, byte* settings);

    [LibraryImport("libc", EntryPoint = "tcsetattr")]
    private static partial int SetSettings(int descriptor, int when, byte* settings);

    [LibraryImport("libc", EntryPoint = "cfmakeraw")]
    private static partial void MakeRaw(byte* settings);
}
