using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Tasks;

/// <summary>How path arguments of the task's calls are read and found.</summary>
public sealed partial class LinuxTask
{
    private PathBuffers? _paths;

    private PathBuffers Paths => _paths ??= new PathBuffers();

    /// <summary>Copies a path argument. It stays until the task's next call reads one.</summary>
    internal Errno ReadPath(GuestPath argument, out ReadOnlySpan<byte> path, bool mayBeEmpty = false) =>
        Paths.Read(Memory, argument.Pointer, mayBeEmpty, out path);

    /// <summary>Copies a call's other path argument.</summary>
    internal Errno ReadSecondPath(GuestPath argument, out ReadOnlySpan<byte> path, bool mayBeEmpty = false) =>
        Paths.ReadSecond(Memory, argument.Pointer, mayBeEmpty, out path);

    /// <summary>Where a path argument starts: an absolute one never looks at the descriptor (openat(2)).</summary>
    internal Errno StartOf(Fd directory, ReadOnlySpan<byte> path, out VfsPath start)
    {
        if (directory.IsWorkingDirectory || path is [(byte)'/', ..])
        {
            start = Fs.WorkingDirectory;
            return Errno.None;
        }

        return PlaceOf(directory, out start);
    }

    /// <summary>The place that a descriptor was opened at.</summary>
    internal Errno PlaceOf(Fd fd, out VfsPath place)
    {
        using var reference = Files.Get(fd.Value);
        if (reference.File is not { } file)
        {
            place = default;
            return Errno.EBADF;
        }

        place = file.Path;
        return Errno.None;
    }

    /// <summary>Reads a path argument and finds what it leads to.</summary>
    internal Errno Find(Fd directory, GuestPath argument, LookupFlags flags, out VfsPath place)
    {
        place = default;
        var error = ReadPath(argument, out var path, (flags & LookupFlags.Empty) != 0);
        if (error == Errno.None)
            error = StartOf(directory, path, out place);
        if (error == Errno.None)
            error = FileTree.Find(new VfsCaller(this), place, path, flags, out place);
        return error;
    }
}
