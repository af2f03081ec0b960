namespace LinuxWasm.Kernel.Memory;

/// <summary>A process's areas by address: none overlap, and neighbours that are alike are one. Not safe for several threads by itself.</summary>
internal sealed class AreaMap
{
    /// <summary>vm.max_map_count.</summary>
    public const int MaxAreas = 65530;

    private readonly List<MemoryArea> _areas = [];

    public IReadOnlyList<MemoryArea> All => _areas;

    public int Count => _areas.Count;

    /// <summary>Pages that are mapped.</summary>
    public ulong MappedPages { get; private set; }

    /// <summary>Pages that are locked.</summary>
    public ulong LockedPages { get; private set; }

    /// <summary>The area that holds a page, or null.</summary>
    public MemoryArea? Find(uint page)
    {
        var index = FirstEndingAfter(page);
        return index < _areas.Count && _areas[index].Start <= page ? _areas[index] : null;
    }

    /// <summary>The parts of areas that lie between two pages, in order.</summary>
    public List<MemoryArea> Between(uint start, uint end)
    {
        var parts = new List<MemoryArea>();
        for (var i = FirstEndingAfter(start); i < _areas.Count && _areas[i].Start < end; i++)
            parts.Add(_areas[i].Part(Math.Max(start, _areas[i].Start), Math.Min(end, _areas[i].End)));
        return parts;
    }

    /// <summary>True where every page between two is mapped.</summary>
    public bool Covers(uint start, uint end)
    {
        var reached = start;
        for (var i = FirstEndingAfter(start); i < _areas.Count && _areas[i].Start <= reached && reached < end; i++)
            reached = _areas[i].End;
        return reached >= end;
    }

    /// <summary>True where no page between two is mapped.</summary>
    public bool IsFree(uint start, uint end)
    {
        var index = FirstEndingAfter(start);
        return index == _areas.Count || _areas[index].Start >= end;
    }

    /// <summary>The lowest free run of pages from <paramref name="from"/> on that ends at <paramref name="limit"/> at the latest, or null.</summary>
    public uint? FindGap(uint pages, uint from, uint limit)
    {
        var start = from;
        for (var i = FirstEndingAfter(from); i < _areas.Count; i++)
        {
            if (_areas[i].Start > start && _areas[i].Start - start >= pages)
                break;
            start = Math.Max(start, _areas[i].End);
        }

        return start <= limit && limit - start >= pages ? start : null;
    }

    /// <summary>Takes out what lies between two pages, cutting areas that reach beyond, and gives the parts.</summary>
    public List<MemoryArea> Remove(uint start, uint end)
    {
        var removed = new List<MemoryArea>();
        var index = FirstEndingAfter(start);
        while (index < _areas.Count && _areas[index].Start < end)
        {
            var area = _areas[index];
            _areas.RemoveAt(index);
            Account(area, -1);
            if (area.Start < start)
            {
                Place(index++, area.Part(area.Start, start));
            }

            if (area.End > end)
                Place(index, area.Part(end, area.End));
            removed.Add(area.Part(Math.Max(start, area.Start), Math.Min(end, area.End)));
        }

        return removed;
    }

    /// <summary>Puts an area where nothing is, and joins it with its neighbours where they are alike.</summary>
    public void Add(MemoryArea area)
    {
        var index = FirstEndingAfter(area.Start);
        Place(index, area);
        Join(index);
        if (index > 0)
            Join(index - 1);
    }

    private void Place(int index, MemoryArea area)
    {
        _areas.Insert(index, area);
        Account(area, 1);
    }

    private void Account(MemoryArea area, int sign)
    {
        MappedPages = (ulong)((long)MappedPages + sign * (long)area.Pages);
        if (area.IsLocked)
            LockedPages = (ulong)((long)LockedPages + sign * (long)area.Pages);
    }

    private void Join(int index)
    {
        if (index + 1 >= _areas.Count || !_areas[index].Continues(_areas[index + 1]))
            return;
        _areas[index] = _areas[index] with { End = _areas[index + 1].End };
        _areas.RemoveAt(index + 1);
    }

    /// <summary>Index of the first area that ends behind a page.</summary>
    private int FirstEndingAfter(uint page)
    {
        int low = 0, high = _areas.Count;
        while (low < high)
        {
            var middle = (low + high) >> 1;
            if (_areas[middle].End <= page)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}
