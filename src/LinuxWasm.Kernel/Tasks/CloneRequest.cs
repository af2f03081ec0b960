using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;

namespace LinuxWasm.Kernel.Tasks;

/// <summary>What clone(2) was asked for, its forms all alike (Linux's kernel_clone_args).</summary>
internal readonly record struct CloneRequest
{
    public CloneFlags Flags { get; init; }

    public Signal ExitSignal { get; init; }

    public uint StackPointer { get; init; }

    /// <summary>Where the child's pid descriptor is stored (CLONE_PIDFD).</summary>
    public GuestPtr<int> PidFd { get; init; }

    public GuestPtr<int> ParentTid { get; init; }

    public GuestPtr<int> ChildTid { get; init; }

    public ulong ThreadPointer { get; init; }

    public bool Has(CloneFlags flag) => (Flags & flag) != 0;
}
