using LinuxWasm.Conformance.Expressions;

namespace LinuxWasm.Conformance.Cases;

/// <summary>What a value of a case must be: a number in a range, or a text of a form.</summary>
/// <param name="Expected">For messages: <c>a user id from 0 to 4294967294</c>.</param>
internal sealed record ValueKind(string Expected)
{
    // (uid_t) -1 is nobody's: the calls that change ids take it for "leave it" (chown(2), setresuid(2)).
    private const long LastId = uint.MaxValue - 1L;

    public static ValueKind UserId { get; } = Number("a user id from 0 to 4294967294", 0, LastId);

    public static ValueKind GroupId { get; } = Number("a group id from 0 to 4294967294", 0, LastId);

    public static ValueKind Umask { get; } = Number("a file mode mask from 0 to 0777", 0, 0x1FF);

    public static ValueKind Mode { get; } = Number("a file mode from 0 to 07777", 0, 0xFFF);

    public static ValueKind Capability { get; } = Number("a capability such as CAP_CHOWN, or its number from 0 to 40", 0, 40) with { Prefix = "CAP_" };

    public static ValueKind Resource { get; } = Number("a resource such as RLIMIT_NOFILE", 0, 15) with { Prefix = "RLIMIT_" };

    public static ValueKind Limit { get; } = Number("a limit of 64 bits, or RLIM_INFINITY", 0, ulong.MaxValue);

    public static ValueKind Signal { get; } = Number("a signal such as SIGUSR1, or its number from 1 to 64", 1, 64);

    public static ValueKind Byte { get; } = Number("a byte from 0 to 0xff", 0, byte.MaxValue);

    public static ValueKind Length { get; } = Number("a number of bytes, not below 0", 0, long.MaxValue);

    // MemoryPlan has room for that much.
    public static ValueKind BufferSize { get; } = Number("a number of bytes from 0 to 524288", 0, 512 * 1024);

    public static ValueKind Links { get; } = Number("a number of links, not below 0", 0, uint.MaxValue);

    public static ValueKind Seconds { get; } = Number("seconds since 1970, in 64 bits", long.MinValue, long.MaxValue);

    public static ValueKind MountFlags { get; } = Number("flags such as MS_RDONLY, in 32 bits", 0, uint.MaxValue);

    public static ValueKind DescriptorFlags { get; } = Number("FD_CLOEXEC or 0", 0, 1);

    public static ValueKind StatusFlags { get; } = Number("flags such as O_APPEND, in 32 bits", 0, uint.MaxValue);

    public static ValueKind Descriptor { get; } = Number("a descriptor, not below 0", 0, int.MaxValue);

    public static ValueKind Path { get; } = Text("an absolute path, such as /t/a, of at most 4095 bytes", bytes => bytes is [(byte)'/', ..] and { Length: < 4096 } && !bytes.Contains((byte)0));

    public static ValueKind Target { get; } = Text("what the link says: a path of 1 to 4095 bytes", bytes => bytes is { Length: > 0 and < 4096 } && !bytes.Contains((byte)0));

    public static ValueKind Content { get; } = Text("text", _ => true);

    public static ValueKind MountOptions { get; } = Text("mount options such as size=8k", bytes => bytes.Length < 4096 && !bytes.Contains((byte)0));

    // What a fresh system can mount by name alone, on both targets.
    private static readonly string[] _fileSystems = ["tmpfs", "proc", "devpts", "devtmpfs"];

    public static ValueKind FileSystem { get; } =
        Text($"a file system type: {string.Join(", ", _fileSystems)}", bytes => _fileSystems.Contains(System.Text.Encoding.UTF8.GetString(bytes)));

    public static ValueKind Result { get; } = new("a number or the name of an error") { Fits = value => !value.IsBytes };

    /// <summary>Any value: only its names are looked at.</summary>
    public static ValueKind Any { get; } = new("a value") { IsAny = true };

    public bool IsText { get; private init; }

    public bool IsAny { get; private init; }

    /// <summary>How each constant of the kind begins; null where all constants will do.</summary>
    public string? Prefix { get; private init; }

    private Func<Value, bool> Fits { get; init; } = static _ => true;

    public bool Accepts(Value value) => Fits(value);

    public bool Accepts(NameExpression name) => Prefix is null || name.Name.StartsWith(Prefix, StringComparison.Ordinal);

    private static ValueKind Number(string expected, Int128 least, Int128 most) =>
        new(expected) { Fits = value => !value.IsBytes && value.Number >= least && value.Number <= most };

    private static ValueKind Text(string expected, Func<byte[], bool> fits) =>
        new(expected) { IsText = true, Fits = value => value.Bytes is { } bytes && fits(bytes) };
}

/// <summary>A value that must be of a kind, in each run that it is part of.</summary>
/// <param name="Name">The key that it stands under.</param>
/// <param name="When">The condition of the step that it belongs to; null where it always counts.</param>
/// <param name="Several">A list or a range of such values is one, too.</param>
/// <param name="Start">Where its text begins, from which offsets count; null where they are no columns.</param>
internal sealed record ValueDemand(string Name, Expression Value, ValueKind Kind, Expression? When, bool Several, SourcePosition? Start, SourcePosition Position);

/// <summary>Something that another part of the case must have: what is missing, or null.</summary>
internal sealed record PartDemand(Func<ConformanceCase, string?> Problem, SourcePosition Position);
