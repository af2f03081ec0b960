using System.Buffers.Binary;
using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Vfs;

/// <summary>The value of system.posix_acl_access (acl(5)): a version, and entries of tag, permissions and id.</summary>
internal static class MinimalAcl
{
    private const int HeaderSize = 4;
    private const int EntrySize = 8;
    private const ushort UserObj = 1;
    private const ushort User = 2;
    private const ushort GroupObj = 4;
    private const ushort Group = 8;
    private const ushort Mask = 16;
    private const ushort Other = 32;

    /// <summary>posix_acl_valid: the entries stand in order, each once where it has no id, and a mask where there are ids.</summary>
    public static bool IsWellFormed(ReadOnlySpan<byte> value)
    {
        if (value.Length < HeaderSize || (value.Length - HeaderSize) % EntrySize != 0 || BinaryPrimitives.ReadUInt32LittleEndian(value) != 2)
            return false;
        ushort last = 0;
        bool needsMask = false, hasMask = false, hasOwner = false, hasGroup = false;
        for (var entry = value[HeaderSize..]; entry.Length > 0; entry = entry[EntrySize..])
        {
            var tag = BinaryPrimitives.ReadUInt16LittleEndian(entry);
            if (BinaryPrimitives.ReadUInt16LittleEndian(entry[2..]) > 7 || tag < last || (tag == last && tag is not (User or Group)))
                return false;
            if (tag is not (UserObj or User or GroupObj or Group or Mask or Other))
                return false;
            needsMask |= tag is User or Group;
            hasMask |= tag == Mask;
            hasOwner |= tag == UserObj;
            hasGroup |= tag == GroupObj;
            last = tag;
        }

        return value.Length == HeaderSize || (last == Other && hasOwner && hasGroup && (hasMask || !needsMask));
    }

    /// <summary>The mode that the list is equal to, if it is no more than one.</summary>
    public static bool TryGetMode(ReadOnlySpan<byte> value, out Mode mode)
    {
        mode = Mode.None;
        if (value.Length != HeaderSize + (3 * EntrySize))
            return false;
        for (var i = 0; i < 3; i++)
            mode = (Mode)((uint)mode << 3) | (Mode)BinaryPrimitives.ReadUInt16LittleEndian(value[(HeaderSize + (i * EntrySize) + 2)..]);
        return true;
    }
}
