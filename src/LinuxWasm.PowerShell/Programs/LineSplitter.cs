using System.Text;

namespace LinuxWasm.PowerShell.Programs;

/// <summary>Turns pieces of UTF-8 into lines, as they become whole. A character or a line may be spread over several pieces.</summary>
internal sealed class LineSplitter
{
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _line = new();

    /// <summary>The lines that a piece completes, without their ends.</summary>
    public IEnumerable<string> Add(byte[] bytes)
    {
        var text = Decode(bytes, flush: false);
        var start = 0;
        for (var end = text.IndexOf('\n'); end >= 0; end = text.IndexOf('\n', start))
        {
            _line.Append(text, start, end - start);
            yield return Take();
            start = end + 1;
        }

        _line.Append(text, start, text.Length - start);
    }

    /// <summary>The last line, where it has no end; null where there is none.</summary>
    public string? Rest()
    {
        _line.Append(Decode([], flush: true));
        return _line.Length == 0 ? null : Take();
    }

    private string Decode(byte[] bytes, bool flush)
    {
        var characters = new char[_decoder.GetCharCount(bytes, flush)];
        _decoder.GetChars(bytes, characters, flush);
        return new string(characters);
    }

    private string Take()
    {
        if (_line.Length > 0 && _line[^1] == '\r')
            _line.Length--;
        var line = _line.ToString();
        _line.Clear();
        return line;
    }
}
