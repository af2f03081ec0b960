namespace LinuxWasm.Kernel.FileSystems.Tmp;

/// <summary>
/// The pages of a sparse file by number (Linux's xarray of a mapping): a tree of 64-way nodes that is as high as the highest page demands.
/// Readers take no lock; writers hold the inode's. A page that was taken out stays valid for who still reads it.
/// </summary>
internal sealed class PageTree
{
    private const int BitsPerLevel = 6;
    private const int Fanout = 1 << BitsPerLevel;
    private const int Mask = Fanout - 1;

    private Top _top = new(null, 0);

    /// <summary>The page, or null where there is none.</summary>
    public byte[]? Find(long index)
    {
        var top = Volatile.Read(ref _top);
        if (index >> top.Bits != 0)
            return null;
        var node = top.Root;
        for (var shift = top.Bits - BitsPerLevel; node is not null; shift -= BitsPerLevel)
        {
            var slot = Volatile.Read(ref node.Slots[(int)(index >> shift) & Mask]);
            if (shift == 0)
                return (byte[]?)slot;
            node = (Node?)slot;
        }

        return null;
    }

    /// <summary>Puts a page in, in place of another or where there was none.</summary>
    public void Set(long index, byte[] page)
    {
        var top = Cover(index);
        var node = top.Root!;
        for (var shift = top.Bits - BitsPerLevel; shift > 0; shift -= BitsPerLevel)
        {
            ref var slot = ref node.Slots[(int)(index >> shift) & Mask];
            if (slot is null)
            {
                Volatile.Write(ref slot, new Node());
                node.Used++;
            }

            node = (Node)slot!;
        }

        ref var leaf = ref node.Slots[(int)index & Mask];
        if (leaf is null)
            node.Used++;
        Volatile.Write(ref leaf, page);
    }

    /// <summary>The first page from a number on, or -1.</summary>
    public long FindFrom(long index) => _top.Root is { } root && index >> _top.Bits == 0 ? FindFrom(root, _top.Bits - BitsPerLevel, index) : -1;

    /// <summary>Takes out all pages from one number to another, both included; gives how many there were.</summary>
    public long Remove(long first, long last)
    {
        var top = _top;
        if (top.Root is null || first > last || first >> top.Bits != 0)
            return 0;
        if (top.Bits < 63)
            last = Math.Min(last, (1L << top.Bits) - 1);
        var removed = Remove(top.Root, top.Bits - BitsPerLevel, first, last);
        if (top.Root.Used == 0)
            Volatile.Write(ref _top, new Top(null, 0));
        return removed;
    }

    // The two walks below recurse at most as deep as the tree is high: nine levels for the largest file.
    private static long FindFrom(Node node, int shift, long index)
    {
        for (var i = (int)(index >> shift) & Mask; i < Fanout; i++)
        {
            var slot = node.Slots[i];
            if (slot is not null)
            {
                if (shift == 0)
                    return (index & ~(long)Mask) | (uint)i;
                var found = FindFrom((Node)slot, shift - BitsPerLevel, index);
                if (found >= 0)
                    return found;
            }

            // What follows lies wholly behind the wanted number.
            index = ((index >> shift) + 1) << shift;
        }

        return -1;
    }

    private static long Remove(Node node, int shift, long first, long last)
    {
        long removed = 0;
        var span = 1L << shift;
        var start = first >> (shift + BitsPerLevel) << (shift + BitsPerLevel);
        for (var i = (int)(first >> shift) & Mask; i < Fanout; i++)
        {
            var from = start + (i * span);
            if (from > last)
                break;
            if (node.Slots[i] is not { } slot)
                continue;
            if (shift == 0)
            {
                removed++;
            }
            else
            {
                var child = (Node)slot;
                removed += Remove(child, shift - BitsPerLevel, Math.Max(first, from), Math.Min(last, from + span - 1));
                if (child.Used != 0)
                    continue;
            }

            Volatile.Write(ref node.Slots[i], null);
            node.Used--;
        }

        return removed;
    }

    private Top Cover(long index)
    {
        var top = _top;
        if (top.Root is null)
            top = new Top(new Node(), BitsPerLevel);
        while (index >> top.Bits != 0)
        {
            var above = new Node { Used = 1 };
            above.Slots[0] = top.Root;
            top = new Top(above, top.Bits + BitsPerLevel);
        }

        if (!ReferenceEquals(top, _top))
            Volatile.Write(ref _top, top);
        return top;
    }

    private sealed class Node
    {
        public readonly object?[] Slots = new object?[Fanout];
        public int Used;
    }

    /// <summary>Root and height that belong together. Bits: how many of a page number the tree covers.</summary>
    private sealed record Top(Node? Root, int Bits);
}
