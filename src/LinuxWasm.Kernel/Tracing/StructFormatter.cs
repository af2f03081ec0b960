using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;

namespace LinuxWasm.Kernel.Tracing;

/// <summary>A structure of the ABI as strace prints it: <c>{tv_sec=1, tv_nsec=0}</c>. The layouts are those of LinuxWasm.Abi, read by reflection.</summary>
internal sealed class StructFormatter
{
    private static readonly ConcurrentDictionary<string, StructFormatter?> Known = new(StringComparer.Ordinal);

    private readonly Type _type;
    private readonly (string Name, int Offset, Type Type)[] _fields;

    private StructFormatter(Type type)
    {
        _type = type;
        Size = Marshal.SizeOf(type.IsEnum ? Enum.GetUnderlyingType(type) : type);
        _fields = IsPrimitive ? [] : [.. type.GetFields(BindingFlags.Instance | BindingFlags.Public)
            .Where(field => !field.Name.StartsWith("__", StringComparison.Ordinal))
            .Select(field => (field.Name, (int)Marshal.OffsetOf(type, field.Name), field.FieldType))];
    }

    /// <summary>Bytes.</summary>
    public int Size { get; }

    /// <summary>A number, not a structure.</summary>
    public bool IsPrimitive => _type.IsPrimitive || _type.IsEnum;

    /// <summary>The layout of that name: a number's type or a structure of LinuxWasm.Abi; null for anything else.</summary>
    public static StructFormatter? Find(string typeName) => Known.GetOrAdd(typeName, static name =>
    {
        var type = Type.GetType("System." + name) ?? ConstantNames.FindType(name);
        return type is { IsValueType: true } && (type.IsPrimitive || type.Assembly == typeof(Errno).Assembly) ? new StructFormatter(type) : null;
    });

    /// <summary>What stands at an address, or null where it can't be read.</summary>
    public string? Format(GuestMemory memory, GuestPtr pointer) =>
        memory.TryGetReadable(pointer, (uint)Size, out var bytes) ? Format(bytes) : null;

    private string Format(ReadOnlySpan<byte> bytes)
    {
        if (IsPrimitive)
            return Number(bytes, _type);
        var texts = new List<string>();
        foreach (var (name, offset, type) in _fields)
        {
            if (type.IsPrimitive || type.IsEnum)
                texts.Add($"{name}={Number(bytes[offset..], type)}");
            else if (Find(type.Name) is { } nested)
                texts.Add($"{name}={nested.Format(bytes.Slice(offset, nested.Size))}");
        }

        return $"{{{string.Join(", ", texts)}}}";
    }

    private static string Number(ReadOnlySpan<byte> bytes, Type type)
    {
        if (type.IsEnum)
        {
            var underlying = Enum.GetUnderlyingType(type);
            var value = long.Parse(Number(bytes, underlying), CultureInfo.InvariantCulture);
            return ConstantNames.Format(type.Name, value) ?? value.ToString(CultureInfo.InvariantCulture);
        }

        IFormattable number = Type.GetTypeCode(type) switch
        {
            TypeCode.SByte => (sbyte)bytes[0],
            TypeCode.Byte => bytes[0],
            TypeCode.Int16 => MemoryMarshal.Read<short>(bytes),
            TypeCode.UInt16 => MemoryMarshal.Read<ushort>(bytes),
            TypeCode.Int32 => MemoryMarshal.Read<int>(bytes),
            TypeCode.UInt32 => MemoryMarshal.Read<uint>(bytes),
            TypeCode.Int64 => MemoryMarshal.Read<long>(bytes),
            _ => MemoryMarshal.Read<ulong>(bytes),
        };
        return number.ToString(null, CultureInfo.InvariantCulture);
    }
}
