using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Machine.Processes;

namespace LinuxWasm.Machine.Imports;

/// <summary>
/// The heap behind <c>wasm_host_malloc</c>, for guests without an allocator: first fit over anonymous mappings. Its bookkeeping stands
/// outside guest memory, so a guest that overruns a block harms only itself.
/// </summary>
internal sealed class HostHeap
{
    private const uint Alignment = 16;
    private const uint LeastMapping = 256 * 1024;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<uint, uint> _free;
    private readonly Dictionary<uint, uint> _used;

    public HostHeap()
        : this([], [])
    {
    }

    private HostHeap(SortedDictionary<uint, uint> free, Dictionary<uint, uint> used)
    {
        _free = free;
        _used = used;
    }

    /// <summary>The same blocks at the same addresses, for a copy of the memory.</summary>
    public HostHeap Clone()
    {
        lock (_lock)
            return new HostHeap(new SortedDictionary<uint, uint>(_free), new Dictionary<uint, uint>(_used));
    }

    /// <summary>The address of that many bytes, aligned to 16, or 0 where there are none.</summary>
    public int Allocate(LinuxTask task, uint size)
    {
        if (size > int.MaxValue)
            return 0;
        var wanted = (Math.Max(size, 1) + Alignment - 1) & ~(Alignment - 1);
        lock (_lock)
        {
            if (FirstFit(wanted) is not { } address)
            {
                var length = (Math.Max(wanted, LeastMapping) + GuestMemory.PageSize - 1) & ~(GuestMemory.PageSize - 1);
                if (!GuestCalls.TryMapAnonymous(task, length, out address))
                    return 0;
                _free[address] = length;
            }

            var room = _free[address];
            _free.Remove(address);
            if (room > wanted)
                _free[address + wanted] = room - wanted;
            _used[address] = wanted;
            return (int)address;
        }
    }

    /// <summary>Gives a block back; an address that is none is passed over, as free(NULL) is.</summary>
    public void Free(uint address)
    {
        lock (_lock)
        {
            if (!_used.Remove(address, out var length))
                return;
            if (_free.Remove(address + length, out var next))
                length += next;
            foreach (var (start, room) in _free)
            {
                if (start + room == address)
                {
                    _free[start] = room + length;
                    return;
                }

                if (start > address)
                    break;
            }

            _free[address] = length;
        }
    }

    private uint? FirstFit(uint wanted)
    {
        foreach (var (address, room) in _free)
        {
            if (room >= wanted)
                return address;
        }

        return null;
    }
}
