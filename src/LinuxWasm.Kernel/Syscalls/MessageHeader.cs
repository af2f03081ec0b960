using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>struct msghdr of sendmsg(2) and recvmsg(2), whatever its layout.</summary>
internal readonly struct MessageHeader
{
    private readonly GuestPtr _place;

    private MessageHeader(GuestPtr place) => _place = place;

    public GuestPtr Name { get; private init; }

    public int NameLength { get; private init; }

    public GuestPtr Vector { get; private init; }

    public ulong VectorLength { get; private init; }

    public GuestPtr Control { get; private init; }

    public ulong ControlLength { get; private init; }

    public MessageFlags Flags { get; private init; }

    /// <summary>Bytes of struct mmsghdr: the header, the length of its message, and padding.</summary>
    public static uint StrideOf(GuestAbi abi) => SizeOf(abi) + (abi.PointerSize == 8 ? 8u : 4u);

    /// <summary>Where msg_len stands in struct mmsghdr.</summary>
    public static uint SizeOf(GuestAbi abi) => abi.PointerSize == 8 ? 56u : abi.Is32Bit ? 28u : 36u;

    /// <summary>EFAULT, and EINVAL for a negative length of the name (copy_msghdr_from_user).</summary>
    public static Errno Read(LinuxTask task, GuestPtr place, out MessageHeader header)
    {
        header = default;
        if (!TryRead(task, place, out var read))
            return Errno.EFAULT;
        if (!read.Name.IsNull && read.NameLength < 0)
            return Errno.EINVAL;
        header = read;
        return Errno.None;
    }

    /// <summary>The flags of a received message, and how long its control messages are.</summary>
    public bool TryStoreResult(LinuxTask task, MessageFlags flags, uint controlLength)
    {
        var memory = task.Memory;
        if (task.Abi.PointerSize == 8)
            return memory.TryWrite(_place + 48, (uint)flags) && memory.TryWrite(_place + 40, (ulong)controlLength);
        return task.Abi.Is32Bit
            ? memory.TryWrite(_place + 24, (uint)flags) && memory.TryWrite(_place + 20, controlLength)
            : memory.TryWrite(_place + 32, (uint)flags) && memory.TryWrite(_place + 24, controlLength);
    }

    /// <summary>Where the length of the name stands.</summary>
    public GuestPtr<int> NameLengthPlace(LinuxTask task) => (GuestPtr<int>)(_place + (task.Abi.PointerSize == 8 ? 8u : 4u));

    private static bool TryRead(LinuxTask task, GuestPtr place, out MessageHeader header)
    {
        var memory = task.Memory;
        header = default;
        if (task.Abi.PointerSize == 8)
        {
            if (!memory.TryRead<Msghdr64>(place, out var wide))
                return false;
            header = new MessageHeader(place)
            {
                Name = GuestPtr.FromRegister(wide.msg_name),
                NameLength = wide.msg_namelen,
                Vector = GuestPtr.FromRegister(wide.msg_iov),
                VectorLength = wide.msg_iovlen,
                Control = GuestPtr.FromRegister(wide.msg_control),
                ControlLength = wide.msg_controllen,
                Flags = (MessageFlags)wide.msg_flags,
            };
            return true;
        }

        if (task.Abi.Is32Bit)
        {
            if (!memory.TryRead<Msghdr32>(place, out var narrow))
                return false;
            header = new MessageHeader(place)
            {
                Name = new GuestPtr(narrow.msg_name),
                NameLength = narrow.msg_namelen,
                Vector = new GuestPtr(narrow.msg_iov),
                VectorLength = narrow.msg_iovlen,
                Control = new GuestPtr(narrow.msg_control),
                ControlLength = narrow.msg_controllen,
                Flags = (MessageFlags)narrow.msg_flags,
            };
            return true;
        }

        if (!memory.TryRead<MsghdrWali>(place, out var wali))
            return false;
        header = new MessageHeader(place)
        {
            Name = new GuestPtr(wali.msg_name),
            NameLength = wali.msg_namelen,
            Vector = new GuestPtr(wali.msg_iov),
            VectorLength = wali.msg_iovlen,
            Control = new GuestPtr(wali.msg_control),
            ControlLength = wali.msg_controllen,
            Flags = (MessageFlags)wali.msg_flags,
        };
        return true;
    }
}
