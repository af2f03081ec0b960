using System.Buffers.Binary;
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
        if (type.IsGenericType)
        {
            _fields = InSequence(type, out var size);
            Size = size;
            return;
        }

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
        var type = Type.GetType("System." + name) ?? ConstantNames.FindType(name) ?? Constructed(name);
        return type is { IsValueType: true } && (type.IsPrimitive || type.Assembly == typeof(Errno).Assembly) ? new StructFormatter(type) : null;
    });

    /// <summary>The type of a name such as <c>TimerSetting&lt;Timeval&gt;</c>, or null.</summary>
    private static Type? Constructed(string name) => name.Split('<', '>') is [var generic, var argument, ""]
        && ConstantNames.FindType(generic + "`1") is { } definition && ConstantNames.FindType(argument) is { } element
            ? definition.MakeGenericType(element)
            : null;

    /// <summary>Fields of one size behind each other: what there is of generic layouts. Marshal does not measure those.</summary>
    private static (string Name, int Offset, Type Type)[] InSequence(Type type, out int size)
    {
        var offset = 0;
        var fields = new List<(string, int, Type)>();
        foreach (var field in type.GetFields(BindingFlags.Instance | BindingFlags.Public))
        {
            fields.Add((field.Name, offset, field.FieldType));
            offset += Marshal.SizeOf(field.FieldType);
        }

        size = offset;
        return [.. fields];
    }

    /// <summary>What stands at an address, or null where it can't be read.</summary>
    public string? Format(GuestMemory memory, GuestPtr pointer) =>
        memory.TryGetReadable(pointer, (uint)Size, out var bytes) ? Format(bytes) : null;

    private string Format(ReadOnlySpan<byte> bytes)
    {
        if (IsPrimitive)
            return Number(bytes, _type);
        var texts = new List<string>();
        foreach (var (name, offset, type) in Shown(bytes))
        {
            if (name == "st_rdev")
                texts.Add($"{name}={Device(bytes[offset..], type)}");
            else if (type.IsPrimitive || type.IsEnum)
                texts.Add($"{name}={Number(bytes[offset..], type)}");
            else if (Find(type.Name) is { } nested)
                texts.Add($"{name}={nested.Format(bytes.Slice(offset, nested.Size))}");
        }

        return $"{{{string.Join(", ", texts)}{(IsStatus ? ", ..." : "")}}}";
    }

    /// <summary>struct stat of any age: strace shows what most want to know.</summary>
    private bool IsStatus => _fields is [{ Name: "st_dev" }, ..];

    private IEnumerable<(string Name, int Offset, Type Type)> Shown(ReadOnlySpan<byte> bytes)
    {
        if (!IsStatus)
            return _fields;
        var mode = _fields.First(field => field.Name == "st_mode");
        var isDevice = (BinaryPrimitives.ReadUInt16LittleEndian(bytes[mode.Offset..]) & 0xF000) is 0x2000 or 0x6000;
        return [mode, _fields.First(field => field.Name == (isDevice ? "st_rdev" : "st_size"))];
    }

    private static string Device(ReadOnlySpan<byte> bytes, Type type)
    {
        var number = ulong.Parse(Number(bytes, type), CultureInfo.InvariantCulture);
        return $"makedev(0x{(number >> 8 & 0xfff) | (number >> 32 & 0xfffff000):x}, 0x{(number & 0xff) | (number >> 12 & 0xffffff00):x})";
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
