using System.Globalization;
using LinuxWasm.Conformance.Cases;

namespace LinuxWasm.Conformance.Layouts;

/// <summary>The types of structs.txt, laid out for one ABI.</summary>
public sealed class LayoutTable
{
    private static readonly Lazy<LayoutTable> _i386 = new(() => Load(GuestAbi.I386));
    private static readonly Lazy<LayoutTable> _x8664 = new(() => Load(GuestAbi.X8664));

    private readonly Dictionary<string, TypeLayout> _types = [];
    private readonly GuestAbi _abi;

    private LayoutTable(GuestAbi abi)
    {
        _abi = abi;
        foreach (var size in new[] { 1, 2, 4, 8 })
        {
            AddScalar($"u{size * 8}", size, signed: false);
            AddScalar($"s{size * 8}", size, signed: true);
            AddScalar($"uint{size * 8}", size, signed: false);
            AddScalar($"int{size * 8}", size, signed: true);
        }

        AddScalar("char", 1, signed: false);
        AddScalar("int", 4, signed: true);
        AddScalar("uint", 4, signed: false);
        AddScalar("long", abi.WordSize(), signed: true);
        AddScalar("ulong", abi.WordSize(), signed: false);
        AddScalar("size_t", abi.WordSize(), signed: false);
        _types["ptr"] = new ScalarLayout("ptr", abi.WordSize(), abi.WordSize(), Signed: false, IsPointer: true);
    }

    public IEnumerable<string> Names => _types.Keys;

    public IEnumerable<StructLayout> Structures => _types.Values.OfType<StructLayout>();

    public static LayoutTable For(GuestAbi abi) => abi == GuestAbi.I386 ? _i386.Value : _x8664.Value;

    public TypeLayout? Find(string name) => _types.GetValueOrDefault(name);

    private static LayoutTable Load(GuestAbi abi)
    {
        using var stream = typeof(LayoutTable).Assembly.GetManifestResourceStream("structs.txt")
            ?? throw new InvalidOperationException("structs.txt is not embedded");
        using var reader = new StreamReader(stream);
        var table = new LayoutTable(abi);
        table.Read(reader);
        return table;
    }

    private void AddScalar(string name, int size, bool signed) =>
        _types[name] = new ScalarLayout(name, size, _abi.AlignmentOf(size), signed);

    private void Read(TextReader reader)
    {
        StructBuilder? current = null;
        while (reader.ReadLine() is { } line)
        {
            var comment = line.IndexOf('#');
            var words = (comment < 0 ? line : line[..comment]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0)
                continue;
            if (words[0] is "struct" or "alias")
            {
                Finish(current);
                current = null;
                if (words.Skip(2).Any(w => w.StartsWith('@')) && !words.Contains("@" + _abi.Name()))
                    current = null;
                else if (words[0] == "alias")
                    _types[words[1]] = Require(words[3]);
                else
                    current = new StructBuilder(words[1], Packed: words.Contains("packed"));
                _skipping = current is null;
            }
            else if (!_skipping)
                current!.Add(this, words);
        }

        Finish(current);
    }

    private bool _skipping;

    private void Finish(StructBuilder? builder)
    {
        if (builder is not null)
            _types[builder.Name] = builder.Build();
    }

    private TypeLayout Require(string name) =>
        Find(name) ?? throw new InvalidOperationException($"structs.txt: unknown type '{name}'");

    private sealed record StructBuilder(string Name, bool Packed)
    {
        private readonly List<FieldLayout> _fields = [];
        private int _size;
        private int _alignment = 1;

        /// <summary>A line <c>type name</c>, <c>type name[count]</c>, each perhaps with <c>~rule</c>, or <c>pad bytes</c>.</summary>
        public void Add(LayoutTable table, string[] words)
        {
            if (words[0] == "pad")
            {
                _size += int.Parse(words[1], CultureInfo.InvariantCulture);
                return;
            }

            var type = table.Require(words[0]);
            var name = words[1];
            var bracket = name.IndexOf('[');
            if (bracket >= 0)
            {
                type = new ArrayLayout(type, int.Parse(name.AsSpan(bracket + 1, name.Length - bracket - 2), CultureInfo.InvariantCulture));
                name = name[..bracket];
            }

            var alignment = Packed ? 1 : type.Alignment;
            _size = (_size + alignment - 1) / alignment * alignment;
            _alignment = Math.Max(_alignment, alignment);
            var rule = words.Length > 2 && words[2].StartsWith('~') ? words[2][1..] : null;
            _fields.Add(new FieldLayout(name, _size, type, rule));
            _size += type.Size;
        }

        public StructLayout Build() =>
            new(Name, (_size + _alignment - 1) / _alignment * _alignment, _alignment, _fields);
    }
}
