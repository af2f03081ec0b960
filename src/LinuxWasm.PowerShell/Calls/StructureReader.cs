using System.Buffers.Binary;
using System.Management.Automation;
using System.Text;
using LinuxWasm.Conformance.Expressions;
using LinuxWasm.Conformance.Layouts;

namespace LinuxWasm.PowerShell.Calls;

/// <summary>Reads the guest's structures as PowerShell's objects: one property per field, characters as text, arrays as lists.</summary>
internal static class StructureReader
{
    /// <summary>A value of a type.</summary>
    public static object Read(TypeLayout type, ReadOnlySpan<byte> bytes) => type switch
    {
        ScalarLayout scalar => Number(scalar, bytes),
        ArrayLayout { IsText: true } => Text(bytes[..type.Size]),
        ArrayLayout array => Array(array, bytes),
        StructLayout structure => Structure(structure, bytes),
        _ => bytes[..type.Size].ToArray(),
    };

    /// <summary>Characters up to the first NUL.</summary>
    public static string Text(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }

    /// <summary>Records one behind the other, each of which says how long it is, as directory entries are.</summary>
    public static object[] Records(StructLayout structure, ReadOnlySpan<byte> bytes)
    {
        var length = structure.Find("d_reclen")!.Offset;
        var name = structure.Find("d_name")!.Offset;
        var records = new List<object>();
        while (bytes.Length > name)
        {
            var size = BinaryPrimitives.ReadUInt16LittleEndian(bytes[length..]);
            if (size <= name || size > bytes.Length)
                break;
            var record = Named(structure);
            foreach (var field in structure.Fields)
            {
                var content = field.Name == "d_name" ? Text(bytes[name..size]) : Read(field.Type, bytes[field.Offset..]);
                record.Properties.Add(new PSNoteProperty(field.Name, content));
            }

            records.Add(record);
            bytes = bytes[size..];
        }

        return [.. records];
    }

    private static PSObject Structure(StructLayout structure, ReadOnlySpan<byte> bytes)
    {
        var value = Named(structure);
        foreach (var field in structure.Fields)
            value.Properties.Add(new PSNoteProperty(field.Name, Read(field.Type, bytes.Slice(field.Offset, field.Type.Size))));
        return value;
    }

    private static PSObject Named(StructLayout structure)
    {
        var value = new PSObject();
        value.TypeNames.Insert(0, $"LinuxWasm.Struct#{structure.Name}");
        return value;
    }

    private static object Array(ArrayLayout array, ReadOnlySpan<byte> bytes)
    {
        if (array.Element is ScalarLayout { Size: 1 })
            return bytes[..array.Size].ToArray();
        var items = new object[array.Count];
        for (var i = 0; i < items.Length; i++)
            items[i] = Read(array.Element, bytes.Slice(i * array.Element.Size, array.Element.Size));
        return items;
    }

    /// <summary>The narrowest of int, long and ulong that holds every value of the field's type, so that a field's .NET type never changes.</summary>
    private static object Number(ScalarLayout scalar, ReadOnlySpan<byte> bytes)
    {
        var value = Evaluator.Decode(scalar, bytes);
        return scalar switch
        {
            { Size: 8, Signed: false } => (ulong)value,
            { Size: 8 } or { Size: 4, Signed: false } => (long)value,
            _ => (int)value,
        };
    }
}
