using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Provider;
using System.Text;
using LinuxWasm.Machine;

namespace LinuxWasm.PowerShell.Provider;

/// <summary>Writes lines of UTF-8, or bytes.</summary>
internal sealed class GuestContentWriter(GuestFileStream file, bool asBytes, bool noNewline) : IContentWriter
{
    private const int Chunk = 64 << 10;

    private readonly BufferedStream _target = new(file, Chunk);

    public IList Write(IList content)
    {
        foreach (var item in content)
            WriteOne(item is PSObject wrapped ? wrapped.BaseObject : item);
        return content;
    }

    public void Seek(long offset, SeekOrigin origin)
    {
        _target.Flush();
        file.Seek(offset, origin);
    }

    public void Close() => _target.Dispose();

    public void Dispose() => _target.Dispose();

    private void WriteOne(object? item)
    {
        // Bytes are bytes, however they come.
        if (item is byte[] bytes)
        {
            _target.Write(bytes, 0, bytes.Length);
        }
        else if (asBytes)
        {
            _target.WriteByte(item is byte one ? one : throw new PSInvalidCastException($"-AsByteStream takes bytes, not {item?.GetType().Name ?? "null"}: [byte[]] and Get-Content -AsByteStream give them."));
        }
        else
        {
            var text = (string)LanguagePrimitives.ConvertTo(item ?? "", typeof(string), CultureInfo.InvariantCulture);
            _target.Write(Encoding.UTF8.GetBytes(noNewline ? text : text + "\n"));
        }
    }
}
