using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Ipc;

/// <summary>An end of a pipe, or a FIFO that was opened.</summary>
internal sealed class PipeFile : OpenFile
{
    private readonly uint _writersAtOpen;

    /// <param name="request">Its flags say which end it is.</param>
    /// <param name="pipe">A pipe that counts this end already.</param>
    /// <param name="writersAtOpen"><see cref="Ipc.Pipe.WriterCount"/> where POLLHUP is to wait until a writer came; else 0.</param>
    public PipeFile(in OpenRequest request, Pipe pipe, uint writersAtOpen = 0)
        : base(request, OpenModes.None)
    {
        Pipe = pipe;
        _writersAtOpen = writersAtOpen;
    }

    public Pipe Pipe { get; }

    public override WaitQueue? Readiness => (CanRead, CanWrite) switch
    {
        (true, false) => Pipe.ReadQueue,
        (false, true) => Pipe.WriteQueue,
        _ => Pipe.AnyQueue,
    };

    public override bool WritesAll => true;

    public override bool CanSignal => true;

    public override SysResult Read(Span<byte> buffer, ref long position)
    {
        var target = new IoTarget(buffer);
        return Read(ref target, ref position);
    }

    public override SysResult Read(ref IoTarget target, ref long position)
    {
        var result = Pipe.Read(ref target);
        if (result.Value > 0)
            FileTimes.Accessed(Inode, Path.Mount);
        return result;
    }

    public override SysResult Write(ReadOnlySpan<byte> buffer, ref long position)
    {
        var source = new IoSource(buffer);
        return Write(ref source, ref position);
    }

    public override SysResult Write(ref IoSource source, ref long position)
    {
        var result = Pipe.Write(ref source, (Flags & OpenFlags.O_DIRECT) != 0 ? PipeBufferFlags.Packet : PipeBufferFlags.CanMerge);
        if (result.Value > 0)
            TouchWritten();
        return result;
    }

    public override PollEvents Poll()
    {
        lock (Pipe.Lock)
        {
            return (CanRead ? Pipe.PollRead(_writersAtOpen) : PollEvents.None)
                | (CanWrite ? Pipe.PollWrite() : PollEvents.None);
        }
    }

    public override SysResult Ioctl(LinuxTask task, uint request, ulong argument)
    {
        if (request != Ioctls.FIONREAD)
            return Errno.ENOTTY;
        var count = (int)Math.Min(Pipe.BytesBuffered, int.MaxValue);
        return task.Memory.TryWrite(Memory.GuestPtr.FromRegister(argument), count) ? 0 : Errno.EFAULT;
    }

    protected override void OnRelease()
    {
        Pipe.Leave(Modes);
        Fifo.Forget(Inode, Pipe);
    }

    private void TouchWritten()
    {
        var now = Inode.Now;
        lock (Inode.Lock)
            Inode.Mtime = Inode.Ctime = now;
    }
}
