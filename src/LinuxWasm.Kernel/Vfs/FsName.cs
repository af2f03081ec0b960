using System.Runtime.InteropServices;
using System.Text;

namespace LinuxWasm.Kernel.Vfs;

/// <summary>
/// One component of a path: bytes, of which only '/' and NUL are excluded. Hashed once, with the host runtime's random seed,
/// so that a guest can't choose names that collide.
/// </summary>
public sealed class FsName : IEquatable<FsName>
{
    /// <summary>NAME_MAX of every file system here.</summary>
    public const int MaxLength = 255;

    private readonly byte[] _bytes;
    private readonly int _hash;

    public FsName(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes.ToArray();
        _hash = Hash(bytes);
    }

    public FsName(string name)
        : this(Encoding.UTF8.GetBytes(name))
    {
    }

    /// <summary>For dictionaries that are searched by span, without making a name.</summary>
    public static IEqualityComparer<FsName> Comparer { get; } = new SpanComparer();

    public ReadOnlySpan<byte> Span => _bytes;

    public int Length => _bytes.Length;

    public bool Equals(FsName? other) => other is not null && _hash == other._hash && Span.SequenceEqual(other.Span);

    public override bool Equals(object? obj) => Equals(obj as FsName);

    public override int GetHashCode() => _hash;

    /// <summary>For people: bytes that are not UTF-8 are replaced.</summary>
    public override string ToString() => Encoding.UTF8.GetString(_bytes);

    private static int Hash(ReadOnlySpan<byte> bytes)
    {
        // The runtime's seeded hash works on 16-bit units; a last odd byte is mixed in by hand.
        var hash = string.GetHashCode(MemoryMarshal.Cast<byte, char>(bytes));
        return (bytes.Length & 1) == 0 ? hash : (hash * 31) + bytes[^1];
    }

    private sealed class SpanComparer : IEqualityComparer<FsName>, IAlternateEqualityComparer<ReadOnlySpan<byte>, FsName>
    {
        public bool Equals(FsName? x, FsName? y) => ReferenceEquals(x, y) || (x is not null && x.Equals(y));

        public int GetHashCode(FsName obj) => obj._hash;

        public bool Equals(ReadOnlySpan<byte> alternate, FsName other) => alternate.SequenceEqual(other.Span);

        public int GetHashCode(ReadOnlySpan<byte> alternate) => Hash(alternate);

        public FsName Create(ReadOnlySpan<byte> alternate) => new(alternate);
    }
}
