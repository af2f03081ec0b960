using System.Runtime.InteropServices;

namespace LinuxWasm.Machine.Hosting;

/// <summary>
/// Standard input of a Unix host for a reader that can be called off: read(2) alone would wait for one more key press, and take it from whoever reads next.
/// </summary>
internal sealed unsafe partial class InterruptibleInput : IDisposable
{
    private const int StandardInput = 0;
    private const short Readable = 1; // POLLIN
    private const int Interrupted = 4; // EINTR

    private readonly int _wakeReader;
    private readonly int _wakeWriter;

    public InterruptibleInput()
    {
        var ends = stackalloc int[2];
        if (MakePipe(ends) != 0)
            throw new IOException(Marshal.GetLastPInvokeErrorMessage(), Marshal.GetLastPInvokeError());
        (_wakeReader, _wakeWriter) = (ends[0], ends[1]);
    }

    /// <summary>Reads what is there, and waits for it.</summary>
    /// <returns>How many bytes; 0 at the end of the input, and once it was called off.</returns>
    public int Read(Span<byte> target)
    {
        var waits = stackalloc PollDescriptor[2];
        while (true)
        {
            waits[0] = new PollDescriptor { Descriptor = StandardInput, Events = Readable, Returned = 0 };
            waits[1] = new PollDescriptor { Descriptor = _wakeReader, Events = Readable, Returned = 0 };
            if (Poll(waits, 2, -1) < 0)
            {
                if (Marshal.GetLastPInvokeError() == Interrupted)
                    continue;
                return 0;
            }

            if (waits[1].Returned != 0)
                return 0;
            fixed (byte* bytes = target)
            {
                var count = ReadDescriptor(StandardInput, bytes, target.Length);
                if (count >= 0 || Marshal.GetLastPInvokeError() != Interrupted)
                    return (int)Math.Max(count, 0);
            }
        }
    }

    /// <summary>Calls the reader off.</summary>
    public void CallOff()
    {
        byte any = 0;
        _ = WriteDescriptor(_wakeWriter, &any, 1);
    }

    /// <summary>To be called when nobody reads any more.</summary>
    public void Dispose()
    {
        _ = CloseDescriptor(_wakeReader);
        _ = CloseDescriptor(_wakeWriter);
    }

    [LibraryImport("libc", EntryPoint = "pipe", SetLastError = true)]
    private static partial int MakePipe(int* ends);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(PollDescriptor* waits, uint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadDescriptor(int descriptor, byte* buffer, nint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteDescriptor(int descriptor, byte* buffer, nint count);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int CloseDescriptor(int descriptor);

    /// <summary>struct pollfd, the same on all of them.</summary>
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
