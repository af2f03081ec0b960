using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Memory;

/// <summary>What the threads of an address space have between them.</summary>
public sealed partial class AddressSpace
{
    private uint _registeredBarriers;
    private FutexTable? _futexes;

    /// <summary>True where more than one task uses it.</summary>
    public bool IsShared => Volatile.Read(ref _users) > 1;

    /// <summary>Who sleeps on which words.</summary>
    internal FutexTable Futexes
    {
        get
        {
            if (Volatile.Read(ref _futexes) is { } made)
                return made;
            Interlocked.CompareExchange(ref _futexes, new FutexTable(Memory), null);
            return _futexes;
        }
    }

    /// <summary>What membarrier(2) was told that the process will use.</summary>
    internal BarrierCommand RegisteredBarriers => (BarrierCommand)Volatile.Read(ref _registeredBarriers);

    internal void RegisterBarriers(BarrierCommand command) => Interlocked.Or(ref _registeredBarriers, (uint)command);
}
