using LinuxWasm.Abi;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Tmp;

/// <summary>Extended attributes that live with the inode and are accounted with it (Linux's simple_xattrs).</summary>
internal sealed class TmpfsXattrs(TmpfsInode owner) : XattrSet
{
    /// <summary>What an entry costs beside its name and value.</summary>
    private const int EntrySize = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<FsName, byte[]> _values = new(FsName.Comparer);
    private readonly List<FsName> _order = [];

    public override Errno Get(FsName name, out byte[] value)
    {
        lock (_lock)
            return _values.TryGetValue(name, out value!) ? Errno.None : Fail(out value);
    }

    public override Errno Set(FsName name, ReadOnlySpan<byte> value, bool create, bool replace)
    {
        lock (_lock)
        {
            var exists = _values.TryGetValue(name, out var old);
            if (exists && create)
                return Errno.EEXIST;
            if (!exists && replace)
                return Errno.ENODATA;
            if (!owner.SuperBlock.TryChargeSpace(Cost(name, value.Length)))
                return Errno.ENOSPC;
            if (exists)
                owner.SuperBlock.ReturnSpace(Cost(name, old!.Length));
            else
                _order.Add(name);
            _values[name] = value.ToArray();
            return Errno.None;
        }
    }

    public override Errno Remove(FsName name)
    {
        lock (_lock)
        {
            if (!_values.Remove(name, out var old))
                return Errno.ENODATA;
            _order.Remove(name);
            owner.SuperBlock.ReturnSpace(Cost(name, old.Length));
            return Errno.None;
        }
    }

    public override IReadOnlyList<FsName> List()
    {
        lock (_lock)
            return [.. _order];
    }

    /// <summary>The inode goes: its space is given back.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            foreach (var (name, value) in _values)
                owner.SuperBlock.ReturnSpace(Cost(name, value.Length));
            _values.Clear();
            _order.Clear();
        }
    }

    private static long Cost(FsName name, int length) => EntrySize + name.Length + length;

    private static Errno Fail(out byte[] value)
    {
        value = [];
        return Errno.ENODATA;
    }
}
