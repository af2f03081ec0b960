using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.FileSystems.Tmp;

/// <summary>
/// A directory's names, found by name and listed newest first. Each has a number that stays its own while it stands there, so that a listing goes on
/// where it stopped whatever was added or removed meanwhile (Linux's simple_offset_ctx). The directory's lock guards it.
/// </summary>
internal sealed class NameList
{
    /// <summary>0 and 1 are "." and "..", and 2 is "the newest".</summary>
    public const int FirstNumber = 3;

    private readonly Dictionary<FsName, Entry> _byName = new(FsName.Comparer);
    private readonly List<Entry?> _byNumber = [];
    private int _lastNumber = FirstNumber - 1;

    public int Count => _byName.Count;

    public Inode? Find(FsName name) => _byName.TryGetValue(name, out var entry) ? entry.Inode : null;

    public void Add(FsName name, Inode inode)
    {
        if (_lastNumber == int.MaxValue - 1)
            Renumber();
        var entry = new Entry(name, inode, ++_lastNumber) { Slot = _byNumber.Count };
        _byName.Add(name, entry);
        _byNumber.Add(entry);
    }

    public void Remove(FsName name)
    {
        if (!_byName.Remove(name, out var entry))
            return;
        _byNumber[entry.Slot] = null;
        if (_byNumber.Count >= 32 && _byName.Count < _byNumber.Count / 2)
            Compact();
    }

    /// <summary>The entry with the highest number that is at most <paramref name="number"/>.</summary>
    public Entry? FindAtOrBelow(long number)
    {
        var slot = SlotAtOrBelow(number);
        while (slot >= 0 && _byNumber[slot] is null)
            slot--;
        return slot >= 0 ? _byNumber[slot] : null;
    }

    public Entry? Newest() => FindAtOrBelow(int.MaxValue);

    public Entry? After(Entry entry)
    {
        for (var slot = entry.Slot - 1; slot >= 0; slot--)
        {
            if (_byNumber[slot] is { } next)
                return next;
        }

        return null;
    }

    /// <summary>The last slot whose entry has at most that number. Holes are stepped over: they have no number of their own.</summary>
    private int SlotAtOrBelow(long number)
    {
        int low = 0, high = _byNumber.Count - 1, best = -1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var probe = middle;
            while (probe >= low && _byNumber[probe] is null)
                probe--;
            if (probe < low)
            {
                low = middle + 1;
            }
            else if (_byNumber[probe]!.Number <= number)
            {
                best = probe;
                low = middle + 1;
            }
            else
            {
                high = probe - 1;
            }
        }

        return best;
    }

    private void Compact()
    {
        _byNumber.RemoveAll(static entry => entry is null);
        for (var slot = 0; slot < _byNumber.Count; slot++)
            _byNumber[slot]!.Slot = slot;
    }

    private void Renumber()
    {
        Compact();
        _lastNumber = FirstNumber - 1;
        foreach (var entry in _byNumber)
            entry!.Number = ++_lastNumber;
    }

    internal sealed class Entry(FsName name, Inode inode, int number)
    {
        public FsName Name { get; } = name;

        public Inode Inode { get; } = inode;

        public int Number { get; set; } = number;

        public int Slot { get; set; }
    }
}
