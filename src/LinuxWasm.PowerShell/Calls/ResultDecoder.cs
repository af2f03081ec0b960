using System.Management.Automation;
using LinuxWasm.Abi;
using LinuxWasm.Conformance.Layouts;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.PowerShell.Calls;

/// <summary>Reads what a call wrote: one property per parameter.</summary>
internal static class ResultDecoder
{
    /// <summary>The outputs by parameter; null where the call writes nothing, or failed and so wrote nothing.</summary>
    public static PSObject? Decode(HostTask task, EncodedCall call, SysResult result)
    {
        // Sleeping calls that a signal interrupted tell how much was left.
        if (call.Outputs.Count == 0 || (result.IsError && result.Errno != Errno.EINTR))
            return null;
        var layouts = LayoutTable.For(ArgumentEncoder.AbiOf(task.Task.Abi));
        var output = new PSObject();
        output.TypeNames.Insert(0, "LinuxWasm.SyscallOutput");
        var left = result.IsError ? 0 : result.Value;
        foreach (var buffer in call.Outputs)
        {
            var value = Decode(layouts, buffer, task.Read(buffer.Address, buffer.Length), ref left);
            output.Properties.Add(new PSNoteProperty(buffer.Parameter, value));
        }

        return output;
    }

    private static object Decode(LayoutTable layouts, OutBuffer buffer, byte[] bytes, ref long left)
    {
        if (buffer.Type is { Records: true } records)
            return StructureReader.Records((StructLayout)layouts.Find(records.Name)!, bytes.AsSpan(0, Clamp(left, bytes)));
        if (buffer.Type is { IsText: true })
            return StructureReader.Text(bytes.AsSpan(0, Clamp(left, bytes)));
        if (buffer.Type is { } type && layouts.Find(type.Name) is { } layout && bytes.Length >= layout.Size)
        {
            if (type.Count == 1)
                return StructureReader.Read(layout, bytes);
            var count = bytes.Length / layout.Size;
            if (buffer.FilledByResult)
                count = (int)Math.Clamp(left, 0, count);
            return StructureReader.Read(new ArrayLayout(layout, count), bytes);
        }

        if (buffer.Type is null && IsPiece(buffer) is false && !buffer.FilledByResult)
            return bytes;
        // The pieces of a vector are filled one after the other.
        var filled = Clamp(left, bytes);
        left -= filled;
        return bytes[..filled];
    }

    private static bool IsPiece(OutBuffer buffer) => buffer.Parameter.EndsWith(']');

    private static int Clamp(long value, byte[] bytes) => (int)Math.Clamp(value, 0, bytes.Length);
}
