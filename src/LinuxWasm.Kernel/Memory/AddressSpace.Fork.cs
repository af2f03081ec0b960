namespace LinuxWasm.Kernel.Memory;

/// <summary>fork(2): another process's memory, with the same mappings over a copy of the bytes.</summary>
public sealed partial class AddressSpace
{
    private AddressSpace(AddressSpace parent, GuestMemory memory)
    {
        Memory = memory;
        _heapStart = parent._heapStart;
        _mappingsStart = parent._mappingsStart;
        _break = parent._break;
        _adopted = parent._adopted;
        Dumpable = parent.Dumpable;
        NoHugePages = parent.NoHugePages;
        var files = new Dictionary<FileMapping, FileMapping>();
        foreach (var area in parent._areas.All)
        {
            if (area.DontFork)
            {
                memory.Pages[(int)area.Start..(int)area.End].Clear();
                continue;
            }

            if (area.WipeOnFork)
                memory.Backing.Discard(area.Start << GuestMemory.PageShift, area.Pages << GuestMemory.PageShift);
            FileMapping? file = null;
            if (area.File is { } mapped && !files.TryGetValue(mapped, out file))
                files.Add(mapped, file = mapped.Fork());
            // Locks on memory are not inherited (mlock(2)).
            _areas.Add(area with { IsLocked = false, File = file });
        }
    }

    /// <summary>
    /// The child's memory. What was mapped shared is a copy, too: only files join the two again, when they are written back.
    /// </summary>
    /// <param name="copy">The bytes, as long as this one's.</param>
    internal AddressSpace Fork(MemoryBacking copy)
    {
        lock (Lock)
        {
            AdoptGrowth();
            return new AddressSpace(this, Memory.Fork(copy));
        }
    }
}
