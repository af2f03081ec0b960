using System.Buffers.Binary;
using System.Text;
using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Layouts;

namespace LinuxWasm.PowerShell.Calls;

/// <summary>Lays out PowerShell's values as the guest's structures: hashtables by field names, lists as arrays, texts as characters.</summary>
/// <param name="abi">Whose layouts.</param>
/// <param name="place">Puts what a pointer field points to into memory, and gives its address.</param>
internal sealed class StructureWriter(GuestAbi abi, Func<byte[], ulong> place)
{
    /// <summary>The bytes of a value of a type; fields that are not named are 0.</summary>
    /// <exception cref="FormatException">The value does not fit the type; the message says where and why.</exception>
    public byte[] Write(TypeLayout type, object? value)
    {
        var bytes = new byte[type.Size];
        Fill(type, value, bytes, type.Name);
        return bytes;
    }

    private void Fill(TypeLayout type, object? value, Span<byte> bytes, string where)
    {
        value = Values.Unwrap(value);
        switch (type)
        {
            case ScalarLayout scalar:
                FillScalar(scalar, value, bytes, where);
                break;
            case ArrayLayout array:
                FillArray(array, value, bytes, where);
                break;
            case StructLayout structure when Values.Fields(value) is { } fields:
                foreach (var (name, member) in fields)
                {
                    var field = structure.Find(name)
                        ?? throw new FormatException($"struct {structure.Name} has no field '{name}'; it has {string.Join(", ", structure.Fields.Select(f => f.Name))}");
                    Fill(field.Type, member, bytes.Slice(field.Offset, field.Type.Size), $"{where}.{name}");
                }

                break;
            case StructLayout structure:
                throw new FormatException($"{where}: a hashtable of the fields {string.Join(", ", structure.Fields.Select(f => f.Name))} is expected, not {Values.Describe(value)}");
            default:
                throw new FormatException($"{where}: values of type {type.Name} can't be written");
        }
    }

    private void FillScalar(ScalarLayout scalar, object? value, Span<byte> bytes, string where)
    {
        ulong number;
        if (scalar.IsPointer && value is byte[] content)
            number = place(content);
        else if (scalar.IsPointer && value is string text && !SymbolicNumber.TryParse(text, abi, out _))
            number = place(Encoding.UTF8.GetBytes(text + '\0'));
        else
            number = (ulong)(Values.ToNumber(value, abi, where, scalar.Size) & ulong.MaxValue);
        Span<byte> wide = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(wide, number);
        wide[..scalar.Size].CopyTo(bytes);
    }

    private void FillArray(ArrayLayout array, object? value, Span<byte> bytes, string where)
    {
        var raw = value switch
        {
            string text when array.IsText => Encoding.UTF8.GetBytes(text),
            byte[] given when array.Element.Size == 1 => given,
            _ => null,
        };
        if (raw is not null)
        {
            if (raw.Length > bytes.Length)
                throw new FormatException($"{where}: {raw.Length} bytes don't fit into {array.Name}");
            raw.CopyTo(bytes);
            return;
        }

        var items = Values.Items(value) ?? throw new FormatException($"{where}: a list of at most {array.Count} values is expected, not {Values.Describe(value)}");
        if (items.Count > array.Count)
            throw new FormatException($"{where}: {items.Count} values don't fit into {array.Name}");
        for (var i = 0; i < items.Count; i++)
            Fill(array.Element, items[i], bytes.Slice(i * array.Element.Size, array.Element.Size), $"{where}[{i}]");
    }
}
