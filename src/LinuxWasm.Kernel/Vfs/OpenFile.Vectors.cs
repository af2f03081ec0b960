using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Vfs;

/// <summary>
/// Reads and writes whose memory is scattered, or only partly accessible. A file overrides them where the parts are one thing (a pipe's atomic write, a
/// datagram), or where a fault must not cost what was read.
/// </summary>
public abstract partial class OpenFile
{
    /// <summary>
    /// A blocking write goes on until all of it is written (pipes, terminals, stream sockets); otherwise a short write is the caller's to see.
    /// </summary>
    public virtual bool WritesAll => false;

    /// <summary>There is something to read at all; otherwise EINVAL, before the buffer is looked at (FMODE_CAN_READ).</summary>
    public virtual bool HasRead => true;

    /// <summary>It can be written to at all (FMODE_CAN_WRITE).</summary>
    public virtual bool HasWrite => true;

    /// <summary>A vector is read as a whole (read_iter), and not part by part: only then are there flags for it.</summary>
    public virtual bool ReadsVectors => true;

    /// <summary>A vector is written as a whole (write_iter).</summary>
    public virtual bool WritesVectors => true;

    /// <summary>
    /// Which ends of splice(2) and sendfile(2) it can be. Not directories, nor event descriptors.
    /// </summary>
    public virtual OpenModes SpliceModes =>
        Inode.Mode.Type() is Mode.S_IFREG or Mode.S_IFIFO or Mode.S_IFSOCK or Mode.S_IFCHR ? OpenModes.Read | OpenModes.Write : OpenModes.None;

    /// <summary>RWF_NOWAIT of preadv2(2) is known: true for what would else wait, and for simple devices.</summary>
    public virtual bool KnowsNoWait => Readiness is not null;

    /// <summary>What a task finds that reads it: differs from <see cref="Read(ref IoTarget, ref long)"/> where the contents are the task's own (signalfd(2)).</summary>
    public virtual SysResult ReadAs(LinuxTask task, ref IoTarget target, ref long position) => Read(ref target, ref position);

    /// <summary>What a task that writes is told: differs from <see cref="Write(ref IoSource, ref long)"/> where it matters who writes (terminals).</summary>
    public virtual SysResult WriteAs(LinuxTask task, ref IoSource source, ref long position) => Write(ref source, ref position);

    /// <summary>What a task finds that polls it.</summary>
    public virtual PollEvents PollAs(LinuxTask task) => Poll();

    /// <summary>What a task waits on.</summary>
    public virtual WaitQueue? ReadinessFor(LinuxTask task) => Readiness;

    /// <summary>As <see cref="Read(Span{byte}, ref long)"/>, into each piece in turn until one is not filled.</summary>
    public virtual SysResult Read(ref IoTarget target, ref long position)
    {
        if (target.Remaining == 0)
            return Read([], ref position);
        long total = 0;
        while (target.TryGetPiece(out var piece))
        {
            var result = Read(piece, ref position);
            if (result.IsError)
                return total > 0 ? total : result;
            target.Advance((int)result.Value);
            total += result.Value;
            if (result.Value < piece.Length)
                return total;
        }

        return total > 0 || target.Remaining == 0 ? total : ReadWithoutMemory(position);
    }

    /// <summary>As <see cref="Write(ReadOnlySpan{byte}, ref long)"/>, from each piece in turn until one is not taken whole.</summary>
    public virtual SysResult Write(ref IoSource source, ref long position)
    {
        if (source.Remaining == 0)
            return Write([], ref position);
        long total = 0;
        while (source.TryGetPiece(out var piece))
        {
            var result = Write(piece, ref position);
            if (result.IsError)
                return total > 0 ? total : result;
            source.Advance((int)result.Value);
            total += result.Value;
            if (result.Value < piece.Length)
                return total;
        }

        return total > 0 || source.Remaining == 0 ? total : Errno.EFAULT;
    }

    /// <summary>A bad address only matters where there is something to put there: at the end of a file the answer is 0.</summary>
    private SysResult ReadWithoutMemory(long position)
    {
        Span<byte> probe = stackalloc byte[1];
        var result = Read(probe, ref position);
        return result.IsError || result.Value == 0 ? result : Errno.EFAULT;
    }
}
