using System.Buffers.Binary;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>Writes directory entries into a guest's buffer as long as they fit (fs/readdir.c). The record's layout is the derived class's.</summary>
internal abstract class DirentEmitter(GuestMemory memory, GuestPtr buffer, uint size) : DirectoryEmitter
{
    // Linux keeps the count in an int: a larger one has no room for anything (getdents64/no-room-in-a-negative-count).
    private readonly uint _size = size > int.MaxValue ? 0 : size;

    /// <summary>Bytes written.</summary>
    public uint Used { get; private set; }

    /// <summary>Why the last entry was not taken: EINVAL where it does not fit, EFAULT, EOVERFLOW.</summary>
    public Errno Error { get; private set; }

    public override bool Emit(ReadOnlySpan<byte> name, ulong ino, byte type, long position, long next)
    {
        var length = RecordLength(name.Length);
        Error = Check(ino, next);
        if (Error == Errno.None && length > _size - Used)
            Error = Errno.EINVAL;
        if (Error != Errno.None)
            return false;
        if (!memory.TryGetWritable(buffer + Used, length, out var record))
        {
            Error = Errno.EFAULT;
            return false;
        }

        record.Clear();
        Fill(record, name, ino, type, next);
        Used += length;
        return true;
    }

    protected abstract uint RecordLength(int nameLength);

    protected abstract void Fill(Span<byte> record, ReadOnlySpan<byte> name, ulong ino, byte type, long next);

    protected virtual Errno Check(ulong ino, long next) => Errno.None;

    /// <summary>struct linux_dirent64: the type stands before the name.</summary>
    internal sealed class Dirent64(GuestMemory memory, GuestPtr buffer, uint size) : DirentEmitter(memory, buffer, size)
    {
        private const int NameOffset = 19;

        protected override uint RecordLength(int nameLength) => (uint)(NameOffset + nameLength + 1 + 7) & ~7u;

        protected override void Fill(Span<byte> record, ReadOnlySpan<byte> name, ulong ino, byte type, long next)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(record, ino);
            BinaryPrimitives.WriteInt64LittleEndian(record[8..], next);
            BinaryPrimitives.WriteUInt16LittleEndian(record[16..], (ushort)record.Length);
            record[18] = type;
            name.CopyTo(record[NameOffset..]);
        }
    }

    /// <summary>struct linux_dirent: words of the ABI's long, and the type in the record's last byte.</summary>
    internal sealed class Dirent(GuestMemory memory, GuestPtr buffer, uint size, int longSize) : DirentEmitter(memory, buffer, size)
    {
        private int NameOffset => (2 * longSize) + 2;

        // The name, its NUL, and the byte for the type.
        protected override uint RecordLength(int nameLength) => (uint)(NameOffset + nameLength + 2 + longSize - 1) & ~(uint)(longSize - 1);

        protected override Errno Check(ulong ino, long next) => longSize == 4 && ino > uint.MaxValue ? Errno.EOVERFLOW : Errno.None;

        protected override void Fill(Span<byte> record, ReadOnlySpan<byte> name, ulong ino, byte type, long next)
        {
            if (longSize == 4)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)ino);
                BinaryPrimitives.WriteUInt32LittleEndian(record[4..], (uint)next);
            }
            else
            {
                BinaryPrimitives.WriteUInt64LittleEndian(record, ino);
                BinaryPrimitives.WriteInt64LittleEndian(record[8..], next);
            }

            BinaryPrimitives.WriteUInt16LittleEndian(record[(2 * longSize)..], (ushort)record.Length);
            name.CopyTo(record[NameOffset..]);
            record[^1] = type;
        }
    }

    /// <summary>struct old_linux_dirent of readdir(2): one entry, with its own position and its name's length.</summary>
    internal sealed class OldDirent(GuestMemory memory, GuestPtr buffer) : DirectoryEmitter
    {
        private const int NameOffset = 10;

        public bool Taken { get; private set; }

        public Errno Error { get; private set; }

        public override bool Emit(ReadOnlySpan<byte> name, ulong ino, byte type, long position, long next)
        {
            if (Taken)
                return false;
            if (ino > uint.MaxValue)
                Error = Errno.EOVERFLOW;
            else if (!memory.TryGetWritable(buffer, (uint)(NameOffset + name.Length + 1), out var record))
                Error = Errno.EFAULT;
            else
                Fill(record, name, ino, position);
            return Taken = Error == Errno.None;
        }

        private static void Fill(Span<byte> record, ReadOnlySpan<byte> name, ulong ino, long position)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(record, (uint)ino);
            BinaryPrimitives.WriteUInt32LittleEndian(record[4..], (uint)position);
            BinaryPrimitives.WriteUInt16LittleEndian(record[8..], (ushort)name.Length);
            name.CopyTo(record[NameOffset..]);
            record[^1] = 0;
        }
    }
}
