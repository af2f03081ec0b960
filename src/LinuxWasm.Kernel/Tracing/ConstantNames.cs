using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Tracing;

/// <summary>Numbers by Linux's names: the enums of LinuxWasm.Abi, flags joined by <c>|</c>, what has no name in hexadecimal.</summary>
internal static class ConstantNames
{
    private static readonly ConcurrentDictionary<string, NamedConstants?> Known = new(StringComparer.Ordinal);

    /// <summary>The text of a value, or null where the type is no enum of the ABI or has no name for it.</summary>
    public static string? Format(string typeName, long value) =>
        Known.GetOrAdd(typeName, static name => FindType(name) is { IsEnum: true } type ? new NamedConstants(type) : null)?.Format(value);

    /// <summary>open(2)'s flags where no access mode is among them, as for pipe2(2).</summary>
    public static string FormatFlags(OpenFlags flags) => flags == 0 ? "0"
        : (flags & OpenFlags.O_ACCMODE) != 0 ? Format(nameof(OpenFlags), (long)flags)!
        : Format(nameof(OpenFlags), (long)flags)!["O_RDONLY|".Length..];

    /// <summary>The value of an enum that is not in LinuxWasm.Abi.</summary>
    public static string FormatEnum(Type type, long value) => new NamedConstants(type).Format(value) ?? value.ToString(CultureInfo.InvariantCulture);

    /// <summary>An ioctl(2) request; null where it has no name here.</summary>
    public static string? IoctlName(uint request) =>
        typeof(Ioctls).GetFields(BindingFlags.Public | BindingFlags.Static).FirstOrDefault(field => field.IsLiteral && field.GetRawConstantValue() is uint known && known == request)?.Name;

    /// <summary>A type of LinuxWasm.Abi by its bare name, or an enum of the kernel that has a parameter's values.</summary>
    public static Type? FindType(string name) => typeof(Errno).Assembly.GetType("LinuxWasm.Abi." + name) ?? KernelEnums.Value.GetValueOrDefault(name);

    private static readonly Lazy<Dictionary<string, Type>> KernelEnums = new(() => typeof(ConstantNames).Assembly.GetTypes()
        .Where(type => type is { IsEnum: true, IsNested: false }).GroupBy(type => type.Name).ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal));

    /// <summary>strace's order: the kernel's names by their value, but these at the end.</summary>
    private static readonly OpenFlags[] LastOpenFlags = [OpenFlags.O_CLOEXEC, OpenFlags.O_PATH, OpenFlags.__O_TMPFILE, OpenFlags.O_DIRECTORY];

    private sealed class NamedConstants(Type type)
    {
        private readonly bool _isFlags = type.IsDefined(typeof(FlagsAttribute), inherit: false);

        private readonly (long Value, string Name)[] _names = [.. type.GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (Convert.ToInt64(field.GetRawConstantValue(), CultureInfo.InvariantCulture), field.Name))
            .Where(pair => !pair.Name.EndsWith("ACCMODE", StringComparison.Ordinal) && !pair.Name.StartsWith("__", StringComparison.Ordinal))];

        public string? Format(long value)
        {
            if (type == typeof(Mode))
                return FormatMode((uint)value);
            foreach (var (known, name) in _names)
            {
                // open(2)'s access mode is always shown beside its flags.
                if (known == value && (type != typeof(OpenFlags) || value < (long)OpenFlags.O_CREAT) && (value != 0 || name.Contains('_', StringComparison.Ordinal)))
                    return name;
            }

            return !_isFlags ? null : value == 0 ? "0" : Join(value);
        }

        /// <summary>A file's type by name, its permissions in octal: <c>S_IFDIR|0755</c>.</summary>
        private static string FormatMode(uint value)
        {
            const uint TypeBits = 0xF000;
            if ((value & TypeBits) == 0)
                return Permissions(value);
            var special = string.Concat(new[] { Mode.S_ISUID, Mode.S_ISGID, Mode.S_ISVTX }.Where(bit => (value & (uint)bit) != 0).Select(bit => bit + "|"));
            return $"{(Mode)(value & TypeBits)}|{special}{Permissions(value & 0x1FF)}";
        }

        private static string Permissions(uint bits) => bits == 0 ? "000" : "0" + Convert.ToString(bits, 8).PadLeft(2, '0');

        private string Join(long value)
        {
            var parts = new List<string>();
            var left = value;
            // open(2)'s access mode is a number, not bits: O_RDONLY is shown, though it is 0.
            if (type == typeof(OpenFlags))
            {
                parts.Add(((OpenFlags)value & OpenFlags.O_ACCMODE).ToString());
                left &= ~(long)OpenFlags.O_ACCMODE;
            }

            // Names of several bits come before those of their parts.
            foreach (var (known, name) in _names.OrderByDescending(pair => long.PopCount(pair.Value))
                .ThenBy(pair => type == typeof(OpenFlags) ? System.Array.IndexOf(LastOpenFlags, (OpenFlags)pair.Value) : 0))
            {
                if (known != 0 && (left & known) == known)
                {
                    parts.Add(name);
                    left &= ~known;
                }
            }

            if (left != 0)
                parts.Add($"0x{left:x}");
            return string.Join('|', parts);
        }
    }
}
