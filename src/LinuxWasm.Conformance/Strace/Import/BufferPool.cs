using System.Globalization;

namespace LinuxWasm.Conformance.Strace.Import;

/// <summary>The buffers of the case: one for each type, as large as the largest use.</summary>
internal sealed class BufferPool
{
    /// <summary>More than this the harness does not read after each step.</summary>
    public const long LargestBytes = 320 * 1024;

    private readonly SortedDictionary<string, string> _declarations = new(StringComparer.Ordinal);
    private long _bytes;
    private int _arrays;

    /// <summary>Name and declaration.</summary>
    public IEnumerable<KeyValuePair<string, string>> Declarations =>
        _bytes == 0 ? _declarations : _declarations.Append(new("buf", string.Create(CultureInfo.InvariantCulture, $"char[{_bytes}]")));

    /// <summary>Bytes for a call that fills them.</summary>
    public string Bytes(long size)
    {
        if (size > LargestBytes)
            throw ImportException.NotUnderstood($"a buffer of {size} bytes is more than a case holds");
        _bytes = Math.Max(_bytes, Math.Max(size, 16));
        return "buf";
    }

    /// <summary>Memory whose content says nothing.</summary>
    public string Scratch()
    {
        _declarations["memory"] = "char[4096]";
        return "memory";
    }

    public string Structure(string type, int which = 0)
    {
        var name = which == 0 ? "the_" + type : string.Create(CultureInfo.InvariantCulture, $"the_{type}{which + 1}");
        _declarations[name] = type;
        return name;
    }

    /// <summary>Two numbers.</summary>
    public void Pair(string name) => _declarations[name] = "int[2]";

    public string Array(string type, int count)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"list{++_arrays}");
        _declarations[name] = string.Create(CultureInfo.InvariantCulture, $"{type}[{count}]");
        return name;
    }
}
