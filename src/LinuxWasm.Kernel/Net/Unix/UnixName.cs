using LinuxWasm.Abi;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Net.Unix;

/// <summary>What a socket is bound to (unix(7), "Address format").</summary>
/// <param name="Address">The whole sockaddr_un as getsockname(2) gives it: a path with its NUL, or an abstract name, which begins with one.</param>
/// <param name="Place">The socket's place in the tree; null for an abstract name.</param>
internal sealed record UnixName(byte[] Address, VfsPath? Place)
{
    /// <summary>Where sun_path begins, behind the family.</summary>
    public const int PathOffset = 2;

    /// <summary>sizeof(struct sockaddr_un).</summary>
    public const int MaxLength = 110;

    /// <summary>What a socket without a name has: the family alone.</summary>
    public static byte[] None { get; } = [(byte)AddressFamily.AF_UNIX, 0];

    public ReadOnlySpan<byte> Path => Address.AsSpan(PathOffset);

    /// <summary>EINVAL: too short or long, or of another family (unix_validate_addr).</summary>
    public static Errno Validate(ReadOnlySpan<byte> address) =>
        address.Length is <= PathOffset or > MaxLength || FamilyOf(address) != AddressFamily.AF_UNIX ? Errno.EINVAL : Errno.None;

    public static AddressFamily FamilyOf(ReadOnlySpan<byte> address) => (AddressFamily)(address[0] | address[1] << 8);

    public static bool IsAbstract(ReadOnlySpan<byte> address) => address[PathOffset] == 0;

    /// <summary>The path of a valid address: it ends with the first NUL, or with the address.</summary>
    public static ReadOnlySpan<byte> PathOf(ReadOnlySpan<byte> address)
    {
        var path = address[PathOffset..];
        var end = path.IndexOf((byte)0);
        return end < 0 ? path : path[..end];
    }

    /// <summary>The name of a path: with its NUL, however it was passed.</summary>
    public static UnixName OfPath(ReadOnlySpan<byte> path, VfsPath place) => new([.. None, .. path, 0], place);

    public static UnixName OfAbstract(ReadOnlySpan<byte> address) => new(address.ToArray(), null);
}
