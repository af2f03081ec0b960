using System.Buffers.Binary;
using System.Text;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Machine;

/// <summary>The host's hands on a kernel's file tree: each method is the system calls that a guest would make for it.</summary>
public sealed partial class GuestTree(HostTask task)
{
    private const uint CreateTruncateWrite = 0x241;
    private const uint ReadOnly = 0;
    private const int CopyChunk = 1 << 20;
    private const int ListChunk = 32 << 10;

    /// <summary>Makes or replaces a file.</summary>
    /// <exception cref="GuestTreeException">The guest's kernel refused a call.</exception>
    public void WriteFile(string path, ReadOnlySpan<byte> content, uint mode = 0x1A4)
    {
        using var scope = new Buffers(task);
        var fd = Check(path, "open", task.Call("open", task.Put(path), CreateTruncateWrite, mode));
        while (content.Length > 0)
        {
            using var chunk = new Buffers(task);
            var piece = content[..Math.Min(content.Length, CopyChunk)];
            var written = Check(path, "write", task.Call("write", (ulong)fd, task.Put(piece), (ulong)piece.Length));
            content = content[(int)written..];
        }

        Check(path, "fchmod", task.Call("fchmod", (ulong)fd, mode));
        Check(path, "close", task.Call("close", (ulong)fd));
    }

    public void WriteFile(string path, string content, uint mode = 0x1A4) => WriteFile(path, Encoding.UTF8.GetBytes(content), mode);

    /// <summary>A whole file, or null where there is none of that name. Not for devices and pipes, which may never end.</summary>
    /// <exception cref="GuestTreeException">It is no regular file, or can't be read.</exception>
    public byte[]? TryReadFile(string path)
    {
        using var scope = new Buffers(task);
        var opened = task.Call("open", task.Put(path), ReadOnly);
        if (opened.Errno is Errno.ENOENT or Errno.ENOTDIR)
            return null;
        var fd = Check(path, "open", opened);
        try
        {
            var content = new MemoryStream();
            var buffer = task.Allocate(CopyChunk);
            while (true)
            {
                var count = Check(path, "read", task.Call("read", (ulong)fd, buffer, CopyChunk));
                if (count == 0)
                    return content.ToArray();
                content.Write(task.Read(buffer, (int)count));
            }
        }
        finally
        {
            task.Call("close", (ulong)fd);
        }
    }

    /// <summary>access(2) with X_OK.</summary>
    /// <exception cref="GuestTreeException">It is not there, or may not be executed.</exception>
    public void CheckExecutable(string path)
    {
        const ulong Executable = 1; // X_OK
        using var scope = new Buffers(task);
        Check(path, "access", task.Call("access", task.Put(path), Executable));
    }

    /// <summary>Makes a directory; one that is there already is left as it is.</summary>
    public void MakeDirectory(string path, uint mode = 0x1ED)
    {
        using var scope = new Buffers(task);
        var name = task.Put(path);
        var made = task.Call("mkdir", name, mode);
        if (made.Errno == Errno.EEXIST)
            return;
        Check(path, "mkdir", made);
        Check(path, "chmod", task.Call("chmod", name, mode));
    }

    /// <summary>Makes a directory and those above it that are missing.</summary>
    public void MakeDirectories(string path)
    {
        for (var slash = path.IndexOf('/', 1); slash > 0; slash = path.IndexOf('/', slash + 1))
            MakeDirectory(path[..slash]);
        if (path != "/")
            MakeDirectory(path);
    }

    public void Symlink(string target, string path)
    {
        using var scope = new Buffers(task);
        Check(path, "symlink", task.Call("symlink", task.Put(target), task.Put(path)));
    }

    /// <summary>chown(2), without following a symbolic link at the end.</summary>
    public void ChangeOwner(string path, uint uid, uint gid)
    {
        using var scope = new Buffers(task);
        Check(path, "lchown", task.Call("lchown", task.Put(path), uid, gid));
    }

    /// <summary>Removes a file's name; a name that is not there is passed over.</summary>
    public void Remove(string path)
    {
        using var scope = new Buffers(task);
        var removed = task.Call("unlink", task.Put(path));
        if (removed.Errno != Errno.ENOENT)
            Check(path, "unlink", removed);
    }

    /// <summary>The names in a directory, without . and .., in its own order.</summary>
    public IReadOnlyList<GuestEntry> List(string path)
    {
        const ulong Directory = 0x10000; // O_DIRECTORY
        const int NameOffset = 19;
        const byte TypeDirectory = 4;
        using var scope = new Buffers(task);
        var fd = (ulong)Check(path, "open", task.Call("open", task.Put(path), ReadOnly | Directory));
        try
        {
            var entries = new List<GuestEntry>();
            var buffer = task.Allocate(ListChunk);
            while (true)
            {
                var count = Check(path, "getdents64", task.Call("getdents64", fd, buffer, ListChunk));
                if (count == 0)
                    return entries;
                var records = task.Read(buffer, (int)count).AsSpan();
                while (records.Length > 0)
                {
                    var length = BinaryPrimitives.ReadUInt16LittleEndian(records[16..]);
                    var name = records[NameOffset..length];
                    var text = Encoding.UTF8.GetString(name[..name.IndexOf((byte)0)]);
                    if (text is not "." and not "..")
                        entries.Add(new GuestEntry(text, records[18] == TypeDirectory));
                    records = records[length..];
                }
            }
        }
        finally
        {
            task.Call("close", fd);
        }
    }

    /// <summary>The kinds of file system that can be mounted.</summary>
    public IEnumerable<string> FileSystemTypes => task.Task.Kernel.FileSystems.All.Select(type => type.Name).Order(StringComparer.Ordinal);

    /// <summary>Mounts a file system; mount(2).</summary>
    public void Mount(string source, string target, string type, ulong flags = 0, string options = "")
    {
        using var scope = new Buffers(task);
        Check(target, "mount", task.Call("mount", task.Put(source), task.Put(target), task.Put(type), flags, options.Length == 0 ? 0 : task.Put(options)));
    }

    /// <summary>Takes a mount away; umount2(2).</summary>
    public void Unmount(string target, int flags = 0)
    {
        using var scope = new Buffers(task);
        Check(target, "umount2", task.Call("umount2", task.Put(target), (ulong)flags));
    }

    private static long Check(string path, string call, SysResult result) =>
        result.IsError ? throw new GuestTreeException(path, call, result.Errno) : result.Value;

    /// <summary>Gives the task's buffers back at the end of a call.</summary>
    private readonly struct Buffers(HostTask task) : IDisposable
    {
        private readonly uint _mark = task.Mark();

        public void Dispose() => task.FreeTo(_mark);
    }
}

/// <summary>A name in a directory of the guest's tree.</summary>
public readonly record struct GuestEntry(string Name, bool IsDirectory);

/// <summary>The guest's kernel refused what the host asked for.</summary>
/// <param name="path">The guest path.</param>
/// <param name="call">What was asked for.</param>
/// <param name="errno">What the kernel said.</param>
/// <param name="why">What was expected, for people; left out where the error says it.</param>
public sealed class GuestTreeException(string path, string call, Errno errno, string? why = null)
    : Exception($"{path}: {call}: {errno}: {why ?? errno.Message()}")
{
    /// <summary>The guest path.</summary>
    public string Path { get; } = path;

    public Errno Errno { get; } = errno;

    /// <summary>What the error is about, for people.</summary>
    public string Why { get; } = why ?? errno.Message();
}
