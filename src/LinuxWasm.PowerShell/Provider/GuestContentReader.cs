using System.Collections;
using System.Management.Automation.Provider;
using System.Text;
using LinuxWasm.Machine;

namespace LinuxWasm.PowerShell.Provider;

/// <summary>Reads a file as lines of UTF-8, as bytes, or as a whole.</summary>
internal sealed class GuestContentReader(GuestFileStream file, bool asBytes, bool raw) : IContentReader
{
    private const int Chunk = 64 << 10;

    private readonly StreamReader _lines = new(file, new UTF8Encoding(false), detectEncodingFromByteOrderMarks: true, Chunk);
    private readonly byte[] _chunk = asBytes ? new byte[Chunk] : [];
    private int _next;
    private int _end;
    private bool _isDone;

    /// <summary>At most so many lines or bytes; all that are left where the number is not positive. Nothing at the end.</summary>
    public IList Read(long readCount)
    {
        if (raw)
            return ReadWhole();
        var most = readCount > 0 ? readCount : long.MaxValue;
        return asBytes ? ReadBytes(most) : ReadLines(most);
    }

    public void Seek(long offset, SeekOrigin origin)
    {
        file.Seek(offset, origin);
        _lines.DiscardBufferedData();
        _next = _end = 0;
    }

    public void Close() => _lines.Dispose();

    public void Dispose() => _lines.Dispose();

    private List<object> ReadWhole()
    {
        if (_isDone)
            return [];
        _isDone = true;
        if (!asBytes)
            return [_lines.ReadToEnd()];
        using var content = new MemoryStream();
        file.CopyTo(content);
        return [content.ToArray()];
    }

    private List<object> ReadLines(long most)
    {
        var lines = new List<object>();
        while (lines.Count < most && _lines.ReadLine() is { } line)
            lines.Add(line);
        return lines;
    }

    private List<object> ReadBytes(long most)
    {
        var bytes = new List<object>();
        while (bytes.Count < most)
        {
            if (_next == _end)
            {
                _next = 0;
                _end = file.Read(_chunk, 0, Chunk);
                if (_end == 0)
                    break;
            }

            bytes.Add(_chunk[_next++]);
        }

        return bytes;
    }
}
