using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;

namespace LinuxWasm.Kernel.Vfs;

/// <summary>
/// Where a task's calls keep the path names that they copied from guest memory: no other thread of the guest can change them while they are
/// looked at, and none is allocated per call.
/// </summary>
public sealed class PathBuffers
{
    /// <summary>PATH_MAX: a path has at most 4095 bytes and its NUL.</summary>
    public const int MaxPath = 4096;

    private readonly byte[] _first = new byte[MaxPath];
    private byte[]? _second;

    /// <summary>Copies a path: EFAULT, ENAMETOOLONG, or ENOENT where it is empty and may not be (getname).</summary>
    public Errno Read(GuestMemory memory, GuestPtr pointer, bool mayBeEmpty, out ReadOnlySpan<byte> path) =>
        Read(memory, pointer, mayBeEmpty, _first, out path);

    /// <summary>As <see cref="Read(GuestMemory, GuestPtr, bool, out ReadOnlySpan{byte})"/>, for calls that take a second path.</summary>
    public Errno ReadSecond(GuestMemory memory, GuestPtr pointer, bool mayBeEmpty, out ReadOnlySpan<byte> path) =>
        Read(memory, pointer, mayBeEmpty, _second ??= new byte[MaxPath], out path);

    private static Errno Read(GuestMemory memory, GuestPtr pointer, bool mayBeEmpty, byte[] buffer, out ReadOnlySpan<byte> path)
    {
        var error = memory.ReadString(pointer, buffer, out var length);
        path = buffer.AsSpan(0, error == Errno.None ? length : 0);
        return error == Errno.None && length == 0 && !mayBeEmpty ? Errno.ENOENT : error;
    }
}
