using LinuxWasm.Abi;
using LinuxWasm.Kernel.Ipc;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>splice(2), tee(2), vmsplice(2).</summary>
public static class Splicing
{
    [Syscall("splice")]
    public static SysResult Splice(
        LinuxTask task, Fd fd_in, [In, Out] GuestPtr<long> off_in, Fd fd_out, [In, Out] GuestPtr<long> off_out, GuestSize len, SpliceFlags flags)
    {
        if (len.Value == 0)
            return 0;
        if ((flags & ~SpliceFlags.All) != 0)
            return Errno.EINVAL;
        using var useIn = task.Files.Get(fd_in.Value);
        using var useOut = task.Files.Get(fd_out.Value);
        if (useIn.File is not { IsPathOnly: false } input || useOut.File is not { IsPathOnly: false } output)
            return Errno.EBADF;
        if ((input is PipeFile && !off_in.IsNull) || (output is PipeFile && !off_out.IsNull))
            return Errno.ESPIPE;
        if (!TryReadOffset(task, off_out, output, out var outPosition) || !TryReadOffset(task, off_in, input, out var inPosition))
            return Errno.EFAULT;
        if (!input.CanRead || !output.CanWrite)
            return Errno.EBADF;

        var count = (long)Math.Min(len.Value, FileIo.MaxCount);
        var result = (input, output) switch
        {
            (PipeFile from, PipeFile to) => Between(task, from, to, count, flags),
            (PipeFile from, _) => Out(task, from, output, ref outPosition, !off_out.IsNull, count, flags),
            (_, PipeFile to) => In(task, input, ref inPosition, !off_in.IsNull, to, count, flags),
            _ => Errno.EINVAL,
        };
        if (result.IsError)
            return result;
        return TryStoreOffset(task, off_out, output, outPosition) && TryStoreOffset(task, off_in, input, inPosition) ? result : Errno.EFAULT;
    }

    [Syscall("tee")]
    public static SysResult Tee(LinuxTask task, Fd fd_in, Fd fd_out, GuestSize len, SpliceFlags flags)
    {
        if ((flags & ~SpliceFlags.All) != 0)
            return Errno.EINVAL;
        if (len.Value == 0)
            return 0;
        using var useIn = task.Files.Get(fd_in.Value);
        using var useOut = task.Files.Get(fd_out.Value);
        if (useIn.File is not { CanRead: true } input || useOut.File is not { CanWrite: true } output)
            return Errno.EBADF;
        if (input is not PipeFile from || output is not PipeFile to || ReferenceEquals(from.Pipe, to.Pipe))
            return Errno.EINVAL;
        return Transfer(task, from, to, (long)Math.Min(len.Value, FileIo.MaxCount), keep: true, IsNonBlocking(flags, from, to));
    }

    [Syscall("vmsplice")]
    public static SysResult Vmsplice(LinuxTask task, Fd fd, [In("nr_segs")] GuestPtr iov, GuestSize nr_segs, SpliceFlags flags)
    {
        if ((flags & ~SpliceFlags.All) != 0)
            return Errno.EINVAL;
        using var use = task.Files.Get(fd.Value);
        if (use.File is not { IsPathOnly: false } any || !(any.CanRead || any.CanWrite))
            return Errno.EBADF;
        // What the descriptor is comes last: a vector of nothing goes to any file.
        var parts = IovecReader.Read(task, iov, nr_segs, out var error);
        using var held = parts;
        if (error != Errno.None || parts.Total == 0)
            return error;
        if (any is not PipeFile file)
            return Errno.EBADF;
        var rwFlags = (flags & SpliceFlags.SPLICE_F_NONBLOCK) != 0 ? RwFlags.RWF_NOWAIT : RwFlags.None;
        if (file.CanWrite)
        {
            parts.CutAtFault(task.Memory);
            return FromMemory(task, file.Pipe, new IoSource(task.Memory, parts.Segments), rwFlags);
        }

        return ToMemory(task, file.Pipe, new IoTarget(task.Memory, parts.Segments), rwFlags);
    }

    /// <summary>Reads a file into a pipe. Also sendfile(2)'s, whose output may be one. Waits for room, and as the file wants it.</summary>
    internal static SysResult FillPipe(LinuxTask task, OpenFile input, ref long position, PipeFile output, long count, bool nonBlocking)
    {
        var pipe = output.Pipe;
        using var wait = task.BeginWait(pipe.AnyQueue);
        while (true)
        {
            var room = pipe.CheckRoom();
            if (room == Errno.None)
            {
                if (count == 0)
                    return 0;
                // Out of a pipe there is only splice. That is asked last, when there is room (splice_file_to_pipe).
                if (input is PipeFile || (input.SpliceModes & OpenModes.Read) == 0)
                    return Errno.EINVAL;
                var result = input.Readiness is null
                    ? pipe.FillFrom(input, ref position, count)
                    : FillFromStream(task, input, pipe, count);
                if (result.Errno != Errno.EAGAIN || input.Readiness is not null)
                    return result;
            }
            else if (room == Errno.EPIPE)
            {
                task.Raise(Signal.SIGPIPE);
                return Errno.EPIPE;
            }

            if (nonBlocking)
                return Errno.EAGAIN;
            if (wait.Sleep() == WaitOutcome.Interrupted)
                return Restart.ERESTARTSYS;
        }
    }

    private static SysResult In(LinuxTask task, OpenFile input, ref long position, bool atOffset, PipeFile output, long count, SpliceFlags flags)
    {
        if (atOffset && (input.Modes & OpenModes.Positional) == 0)
            return Errno.EINVAL;
        return FileIo.IsRange(position, (ulong)count)
            ? FillPipe(task, input, ref position, output, count, IsNonBlocking(flags, output))
            : Errno.EINVAL;
    }

    /// <summary>From a terminal or a socket: what is there, at most a page, over a buffer of the kernel's.</summary>
    private static SysResult FillFromStream(LinuxTask task, OpenFile input, Pipe pipe, long count)
    {
        Span<byte> buffer = stackalloc byte[4096];
        var target = new IoTarget(buffer[..(int)Math.Min(count, buffer.Length)]);
        long none = 0;
        var result = FileIo.ReadAt(task, input, ref target, ref none);
        if (result.Value <= 0)
            return result;
        var source = new IoSource(buffer[..(int)result.Value]);
        return pipe.Write(ref source, PipeBufferFlags.None);
    }

    private static SysResult Out(LinuxTask task, PipeFile input, OpenFile output, ref long position, bool atOffset, long count, SpliceFlags flags)
    {
        if (atOffset && (output.Modes & OpenModes.Positional) == 0)
            return Errno.EINVAL;
        if ((output.Flags & OpenFlags.O_APPEND) != 0 || !FileIo.IsRange(position, (ulong)count) || (output.SpliceModes & OpenModes.Write) == 0)
            return Errno.EINVAL;
        // What was taken from the pipe could not be put back.
        if (output.IsNonBlocking && (output.PollAs(task) & PollEvents.POLLOUT) == 0)
            return Errno.EAGAIN;
        var nonBlocking = IsNonBlocking(flags, input);
        using var wait = task.BeginWait(input.Pipe.ReadQueue);
        while (true)
        {
            var result = output.Inode.IsRegular
                ? input.Pipe.DrainTo(task, output, ref position, count)
                : DrainToStream(task, input.Pipe, output, count);
            if (result.Errno != Errno.EAGAIN || nonBlocking)
                return result;
            if (wait.Sleep() == WaitOutcome.Interrupted)
                return Restart.ERESTARTSYS;
        }
    }

    /// <summary>To what may make the writer wait, over a buffer of the kernel's, since no pipe is kept locked meanwhile.</summary>
    private static SysResult DrainToStream(LinuxTask task, Pipe pipe, OpenFile output, long count)
    {
        Span<byte> buffer = stackalloc byte[4096];
        long total = 0;
        long none = 0;
        while (total < count)
        {
            var target = new IoTarget(buffer[..(int)Math.Min(count - total, buffer.Length)]);
            var read = pipe.Read(ref target);
            if (read.Value <= 0)
                return total > 0 ? total : read;
            var source = new IoSource(buffer[..(int)read.Value]);
            var written = FileIo.WriteAt(task, output, ref source, ref none);
            if (written.Value <= 0)
                return total > 0 ? total : written;
            total += written.Value;
            if (written.Value < read.Value)
                break;
        }

        return total;
    }

    private static SysResult Between(LinuxTask task, PipeFile from, PipeFile to, long count, SpliceFlags flags) =>
        ReferenceEquals(from.Pipe, to.Pipe) ? Errno.EINVAL : Transfer(task, from, to, count, keep: false, IsNonBlocking(flags, from, to));

    private static SysResult Transfer(LinuxTask task, PipeFile from, PipeFile to, long count, bool keep, bool nonBlocking)
    {
        using var wait = task.BeginWait(from.Pipe.ReadQueue);
        wait.Add(to.Pipe.WriteQueue);
        while (true)
        {
            var result = from.Pipe.TransferTo(to.Pipe, count, keep);
            if (result.Errno == Errno.EPIPE)
                task.Raise(Signal.SIGPIPE);
            if (result.Errno != Errno.EAGAIN || nonBlocking)
                return result;
            if (wait.Sleep() == WaitOutcome.Interrupted)
                return Restart.ERESTARTSYS;
        }
    }

    /// <summary>The pipe's own O_NONBLOCK does not count here, only SPLICE_F_NONBLOCK does.</summary>
    private static SysResult FromMemory(LinuxTask task, Pipe pipe, IoSource source, RwFlags flags)
    {
        using var wait = task.BeginWait(pipe.WriteQueue);
        while (true)
        {
            var result = pipe.Write(ref source, PipeBufferFlags.None);
            if (result.Errno == Errno.EPIPE)
                task.Raise(Signal.SIGPIPE);
            if (result.Errno != Errno.EAGAIN || flags == RwFlags.RWF_NOWAIT)
                return result;
            if (wait.Sleep() == WaitOutcome.Interrupted)
                return Restart.ERESTARTSYS;
        }
    }

    private static SysResult ToMemory(LinuxTask task, Pipe pipe, IoTarget target, RwFlags flags)
    {
        using var wait = task.BeginWait(pipe.ReadQueue);
        while (true)
        {
            var result = pipe.Read(ref target);
            if (result.Errno != Errno.EAGAIN || flags == RwFlags.RWF_NOWAIT)
                return result;
            if (wait.Sleep() == WaitOutcome.Interrupted)
                return Restart.ERESTARTSYS;
        }
    }

    private static bool IsNonBlocking(SpliceFlags flags, OpenFile file) => (flags & SpliceFlags.SPLICE_F_NONBLOCK) != 0 || file.IsNonBlocking;

    private static bool IsNonBlocking(SpliceFlags flags, OpenFile one, OpenFile other) => IsNonBlocking(flags, one) || other.IsNonBlocking;

    private static bool TryReadOffset(LinuxTask task, GuestPtr<long> pointer, OpenFile file, out long position)
    {
        position = file.Position;
        return pointer.IsNull || task.Memory.TryRead(pointer, out position);
    }

    /// <summary>The offset goes back to where it came from: guest memory, or the file.</summary>
    private static bool TryStoreOffset(LinuxTask task, GuestPtr<long> pointer, OpenFile file, long position)
    {
        if (!pointer.IsNull)
            return task.Memory.TryWrite(pointer, position);
        if ((file.Modes & OpenModes.HasPosition) != 0)
        {
            lock (file.PositionLock)
                file.Position = position;
        }

        return true;
    }
}
