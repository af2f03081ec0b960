using System.Text;

namespace LinuxWasm.Kernel.Tracing;

/// <summary>Bytes as a C string literal, as strace prints them.</summary>
internal static class StraceText
{
    public static string Quote(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder("\"");
        for (var i = 0; i < bytes.Length; i++)
        {
            var b = bytes[i];
            switch (b)
            {
                case (byte)'"': text.Append("\\\""); break;
                case (byte)'\\': text.Append("\\\\"); break;
                case (byte)'\n': text.Append("\\n"); break;
                case (byte)'\t': text.Append("\\t"); break;
                case (byte)'\r': text.Append("\\r"); break;
                case (byte)'\f': text.Append("\\f"); break;
                case (byte)'\v': text.Append("\\v"); break;
                case >= 0x20 and < 0x7f: text.Append((char)b); break;
                default:
                    // Shortest octal, unless a digit that follows would be taken for part of it.
                    var next = i + 1 < bytes.Length && bytes[i + 1] is >= (byte)'0' and <= (byte)'9';
                    text.Append('\\').Append(Convert.ToString(b, 8).PadLeft(next ? 3 : 1, '0'));
                    break;
            }
        }

        return text.Append('"').ToString();
    }
}
