using LinuxWasm.Abi;

namespace LinuxWasm.Machine;

/// <content>Open files.</content>
public sealed partial class GuestTree
{
    /// <summary>So that nobody waits here for the other end of a pipe, and no terminal becomes the host's.</summary>
    private const ulong NeverWait = 0x900; // O_NONBLOCK | O_NOCTTY

    private const ulong ReadWriteCreate = 0x41; // O_WRONLY | O_CREAT

    internal ulong OpenToRead(string path)
    {
        using var scope = new Buffers(task);
        return Checked(path, (ulong)Check(path, "open", task.Call("open", task.Put(path), NeverWait)));
    }

    internal ulong OpenToWrite(string path, uint mode)
    {
        using var scope = new Buffers(task);
        return Checked(path, (ulong)Check(path, "open", task.Call("open", task.Put(path), ReadWriteCreate | NeverWait, mode)));
    }

    internal int Read(string path, ulong fd, byte[] target, int offset, int count)
    {
        using var scope = new Buffers(task);
        count = Math.Min(count, CopyChunk);
        var buffer = task.Allocate((uint)count);
        var read = (int)Check(path, "read", task.Call("read", fd, buffer, (ulong)count));
        task.Read(buffer, read).CopyTo(target, offset);
        return read;
    }

    internal void Write(string path, ulong fd, byte[] source, int offset, int count)
    {
        while (count > 0)
        {
            using var scope = new Buffers(task);
            var piece = source.AsSpan(offset, Math.Min(count, CopyChunk));
            var written = (int)Check(path, "write", task.Call("write", fd, task.Put(piece), (ulong)piece.Length));
            offset += written;
            count -= written;
        }
    }

    internal long Seek(string path, ulong fd, long offset, SeekOrigin origin) => Check(path, "lseek", task.Call("lseek", fd, (ulong)offset, (ulong)origin));

    internal void Truncate(string path, ulong fd, long length) => Check(path, "ftruncate", task.Call("ftruncate", fd, (ulong)length));

    internal void Close(ulong fd) => task.Call("close", fd);

    /// <summary>What has an end can be read by a host that can't be interrupted; pipes and sockets have guests at the other side.</summary>
    private ulong Checked(string path, ulong fd)
    {
        var type = StatusOf(fd).Mode.Type();
        if (type is not (Mode.S_IFIFO or Mode.S_IFSOCK or Mode.S_IFDIR))
            return fd;
        Close(fd);
        throw new GuestTreeException(path, "open", type == Mode.S_IFDIR ? Errno.EISDIR : Errno.EINVAL, type == Mode.S_IFDIR ? null : "a pipe or socket has no content to read or replace");
    }
}
