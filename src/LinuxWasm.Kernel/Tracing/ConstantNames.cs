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

    /// <summary>A type of LinuxWasm.Abi by its bare name.</summary>
    public static Type? FindType(string name) => typeof(Errno).Assembly.GetType("LinuxWasm.Abi." + name);

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
                if (known == value && (value != 0 || name.Contains('_', StringComparison.Ordinal)))
                    return name;
            }

            return !_isFlags ? null : value == 0 ? "0" : Join(value);
        }

        /// <summary>A file's type by name, its permissions in octal: <c>S_IFDIR|0755</c>.</summary>
        private static string FormatMode(uint value)
        {
            const uint TypeBits = 0xF000;
            var permissions = "0" + Convert.ToString(value & ~TypeBits, 8).TrimStart('0');
            return (value & TypeBits) == 0 ? permissions : $"{(Mode)(value & TypeBits)}|{permissions}";
        }

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
            foreach (var (known, name) in _names.OrderByDescending(pair => long.PopCount(pair.Value)))
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
