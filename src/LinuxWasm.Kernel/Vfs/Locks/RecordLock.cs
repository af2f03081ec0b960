using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Vfs.Locks;

/// <summary>A lock on bytes of a file (fcntl(2)).</summary>
/// <param name="Owner">The <see cref="FdTable"/> of a process, or for an open file description lock the <see cref="OpenFile"/>.</param>
/// <param name="Pid">Who took it; -1 for an open file description.</param>
/// <param name="Type">F_RDLCK or F_WRLCK; F_UNLCK only to ask with.</param>
/// <param name="Start">The first byte.</param>
/// <param name="End">The last byte; <see cref="long.MaxValue"/>: to the end of the file, wherever that will be.</param>
internal readonly record struct RecordLock(object Owner, int Pid, LockType Type, long Start, long End)
{
    public bool IsOfFile => Owner is OpenFile;

    public bool Overlaps(in RecordLock other) => Start <= other.End && other.Start <= End;

    public bool ConflictsWith(in RecordLock other) =>
        !ReferenceEquals(Owner, other.Owner) && Overlaps(other) && (Type == LockType.F_WRLCK || other.Type == LockType.F_WRLCK);
}
