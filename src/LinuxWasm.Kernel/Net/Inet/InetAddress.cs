using System.Buffers.Binary;
using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Net.Inet;

/// <summary>An address of IPv6, or one of IPv4 as IPv6 has them (::ffff:127.0.0.1; ipv6(7)).</summary>
internal readonly record struct InetAddress(UInt128 Value)
{
    private static readonly UInt128 Mapped = (UInt128)0xffff << 32;

    /// <summary>::, which as a name is every address.</summary>
    public static readonly InetAddress Any6;

    /// <summary>0.0.0.0.</summary>
    public static readonly InetAddress Any4 = OfV4(0);

    public static readonly InetAddress Loopback6 = new(1);

    public static readonly InetAddress Loopback4 = OfV4(0x7f000001);

    public bool IsV4 => Value >> 32 == 0xffff;

    public bool IsAny => Value == 0 || Value == Mapped;

    /// <summary>127.0.0.0/8 and ::1: all that this kernel's own network has.</summary>
    public bool IsLoopback => this == Loopback6 || (IsV4 && V4 >> 24 == 127);

    /// <summary>Can be received on, though no host has it for itself.</summary>
    public bool IsMulticast => IsV4 ? V4 >> 28 == 0xe : Value >> 120 == 0xff;

    public uint V4 => (uint)Value;

    public static InetAddress OfV4(uint address) => new(Mapped | address);

    public static InetAddress Read(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt128BigEndian(bytes));
}

/// <summary>An address and a port: what a sockaddr_in or sockaddr_in6 holds.</summary>
internal readonly record struct InetEndpoint(InetAddress Address, ushort Port)
{
    /// <summary>sizeof(struct sockaddr_in).</summary>
    public const int V4Length = 16;

    /// <summary>sizeof(struct sockaddr_in6).</summary>
    public const int V6Length = 28;

    /// <summary>As it was before it got its sin6_scope_id (SIN6_LEN_RFC2133).</summary>
    private const int OldV6Length = 24;

    /// <summary>EINVAL where it is too short, EAFNOSUPPORT for another family; AF_UNSPEC is the caller's to look for.</summary>
    public static Errno Read(AddressFamily family, ReadOnlySpan<byte> address, out InetEndpoint endpoint)
    {
        endpoint = default;
        if (address.Length < (family == AddressFamily.AF_INET ? V4Length : OldV6Length))
            return Errno.EINVAL;
        if (FamilyOf(address) != family)
            return Errno.EAFNOSUPPORT;
        endpoint = OfBytes(family, address);
        return Errno.None;
    }

    public static AddressFamily FamilyOf(ReadOnlySpan<byte> address) => (AddressFamily)(address[0] | address[1] << 8);

    public static InetEndpoint OfBytes(AddressFamily family, ReadOnlySpan<byte> address)
    {
        var port = BinaryPrimitives.ReadUInt16BigEndian(address[2..]);
        return family == AddressFamily.AF_INET
            ? new InetEndpoint(InetAddress.OfV4(BinaryPrimitives.ReadUInt32BigEndian(address[4..])), port)
            : new InetEndpoint(InetAddress.Read(address[8..24]), port);
    }

    /// <summary>As a socket of a family tells it.</summary>
    public byte[] ToBytes(AddressFamily family)
    {
        var bytes = new byte[family == AddressFamily.AF_INET ? V4Length : V6Length];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)family);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), Port);
        if (family == AddressFamily.AF_INET)
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), Address.V4);
        else
            BinaryPrimitives.WriteUInt128BigEndian(bytes.AsSpan(8), Address.Value);
        return bytes;
    }
}
