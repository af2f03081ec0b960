using System.Buffers;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Ipc;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>sendfile(2), copy_file_range(2).</summary>
public static class Transfers
{
    private const int ChunkSize = 64 * 1024;

    /// <summary>i386's first form, whose offset has 32 bits.</summary>
    [Syscall("sendfile", On = SyscallTable.I386)]
    public static SysResult SendFile32(LinuxTask task, Fd out_fd, Fd in_fd, [In, Out] GuestPtr<int> offset, GuestSize count)
    {
        if (offset.IsNull)
            return Send(task, out_fd, in_fd, null, count.Value, long.MaxValue, out _);
        if (!task.Memory.TryRead<int>(offset, out var position))
            return Errno.EFAULT;
        var result = Send(task, out_fd, in_fd, position, count.Value, FileIo.MaxSmallFile, out var end);
        return task.Memory.TryWrite(offset, (int)end) ? result : Errno.EFAULT;
    }

    [Syscall("sendfile", On = SyscallTable.X64 | SyscallTable.Generic)]
    [Syscall("sendfile64", Man = "sendfile(2)")]
    public static SysResult SendFile(LinuxTask task, Fd out_fd, Fd in_fd, [In, Out] GuestPtr<long> offset, GuestSize count)
    {
        if (offset.IsNull)
            return Send(task, out_fd, in_fd, null, count.Value, long.MaxValue, out _);
        if (!task.Memory.TryRead<long>(offset, out var position))
            return Errno.EFAULT;
        var result = Send(task, out_fd, in_fd, position, count.Value, long.MaxValue, out var end);
        return task.Memory.TryWrite(offset, end) ? result : Errno.EFAULT;
    }

    [Syscall("copy_file_range")]
    public static SysResult CopyFileRange(
        LinuxTask task, Fd fd_in, [In, Out] GuestPtr<long> off_in, Fd fd_out, [In, Out] GuestPtr<long> off_out, GuestSize len, uint flags)
    {
        using var useIn = task.Files.Get(fd_in.Value);
        using var useOut = task.Files.Get(fd_out.Value);
        if (useIn.File is not { IsPathOnly: false } input || useOut.File is not { IsPathOnly: false } output)
            return Errno.EBADF;
        var inPosition = input.Position;
        var outPosition = output.Position;
        if ((!off_in.IsNull && !task.Memory.TryRead(off_in, out inPosition)) || (!off_out.IsNull && !task.Memory.TryRead(off_out, out outPosition)))
            return Errno.EFAULT;
        if (flags != 0)
            return Errno.EINVAL;
        var error = CheckCopy(task, input, inPosition, output, outPosition, len.Value, out var count);
        if (error != Errno.None || count == 0)
            return error;

        var result = Copy(task, input, ref inPosition, output, ref outPosition, Math.Min(count, FileIo.MaxCount));
        if (result.Value <= 0)
            return result;
        return StoreOffset(task, off_in, input, inPosition) && StoreOffset(task, off_out, output, outPosition) ? result : Errno.EFAULT;
    }

    /// <summary>generic_copy_file_checks.</summary>
    private static Errno CheckCopy(LinuxTask task, OpenFile input, long inPosition, OpenFile output, long outPosition, ulong length, out long count)
    {
        count = 0;
        if (input.Inode.IsDirectory || output.Inode.IsDirectory)
            return Errno.EISDIR;
        if (!input.Inode.IsRegular || !output.Inode.IsRegular)
            return Errno.EINVAL;
        if (!input.CanRead || !output.CanWrite || (output.Flags & OpenFlags.O_APPEND) != 0)
            return Errno.EBADF;
        if (!ReferenceEquals(input.Inode.SuperBlock, output.Inode.SuperBlock))
            return Errno.EXDEV;
        if (unchecked((ulong)inPosition + length) < (ulong)inPosition || unchecked((ulong)outPosition + length) < (ulong)outPosition)
            return Errno.EOVERFLOW;
        // From here on a negative offset would have overflowed, unless nothing is to be copied at all.
        if (inPosition < 0 || outPosition < 0)
            return Errno.EINVAL;
        count = (long)Math.Min(length, (ulong)Math.Max(0, input.Inode.Size - inPosition));
        var error = FileIo.CheckWrite(task, output, outPosition, ref count);
        if (error != Errno.None)
            return error;
        var overlaps = ReferenceEquals(input.Inode, output.Inode) && outPosition + count > inPosition && outPosition < inPosition + count;
        return overlaps ? Errno.EINVAL : Errno.None;
    }

    /// <summary>do_sendfile. <paramref name="end"/> is where reading ended.</summary>
    private static SysResult Send(LinuxTask task, Fd out_fd, Fd in_fd, long? offset, ulong length, long most, out long end)
    {
        end = offset ?? 0;
        using var useIn = task.Files.Get(in_fd.Value);
        if (useIn.File is not { CanRead: true } input)
            return Errno.EBADF;
        if (offset is not null && (input.Modes & OpenModes.Positional) == 0)
            return Errno.ESPIPE;
        end = offset ?? input.Position;
        if (!FileIo.IsRange(end, length))
            return Errno.EINVAL;
        var count = (long)Math.Min(length, FileIo.MaxCount);
        using var useOut = task.Files.Get(out_fd.Value);
        if (useOut.File is not { CanWrite: true } output)
            return Errno.EBADF;
        most = Math.Min(most, Math.Min(input.Inode.SuperBlock.MaxFileSize, output.Inode.SuperBlock.MaxFileSize));
        if (end + count > most)
        {
            if (end >= most)
                return Errno.EOVERFLOW;
            count = most - end;
        }

        var outPosition = output.Position;
        var result = output is PipeFile pipe
            ? Splicing.FillPipe(task, input, ref end, pipe, count, pipe.IsNonBlocking)
            : SendDirect(task, input, ref end, output, ref outPosition, count);
        if (result.Value <= 0)
            return result;
        StoreOffset(task, default, output, outPosition);
        if (offset is null)
            StoreOffset(task, default, input, end);
        return result;
    }

    /// <summary>do_splice_direct: the input must be able to go back to what the output did not take.</summary>
    private static SysResult SendDirect(LinuxTask task, OpenFile input, ref long inPosition, OpenFile output, ref long outPosition, long count)
    {
        if ((output.Flags & OpenFlags.O_APPEND) != 0 || !FileIo.IsRange(outPosition, (ulong)count))
            return Errno.EINVAL;
        if ((input.Modes & OpenModes.Seek) == 0)
            return Errno.EINVAL;
        if (count == 0)
            return 0;
        if ((input.SpliceModes & OpenModes.Read) == 0)
            return Errno.EINVAL;
        // It reads first: at the end of the input nobody learns what the output would not have taken.
        if ((output.SpliceModes & OpenModes.Write) == 0)
            return input.Inode.IsRegular && inPosition >= input.Inode.Size ? 0 : Errno.EINVAL;
        return Copy(task, input, ref inPosition, output, ref outPosition, count);
    }

    /// <summary>Reads and writes until the count, the end of the input, or what the output takes at once is reached.</summary>
    private static SysResult Copy(LinuxTask task, OpenFile input, ref long inPosition, OpenFile output, ref long outPosition, long count)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(count, ChunkSize));
        try
        {
            long total = 0;
            while (total < count)
            {
                var wanted = (int)Math.Min(buffer.Length, count - total);
                var from = inPosition;
                var read = input.Read(buffer.AsSpan(0, wanted), ref inPosition);
                if (read.Value <= 0)
                    return total > 0 ? total : read;
                var source = new IoSource(buffer.AsSpan(0, (int)read.Value));
                var written = FileIo.WriteAt(task, output, ref source, ref outPosition);
                if (written.Value < read.Value)
                    inPosition = from + Math.Max(0, written.Value);
                if (written.Value <= 0)
                    return total > 0 ? total : written;
                total += written.Value;
                if (written.Value < wanted || task.HasWorkPending)
                    break;
            }

            return total;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static bool StoreOffset(LinuxTask task, GuestPtr<long> pointer, OpenFile file, long position)
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
