using System.Collections.Concurrent;

namespace LinuxWasm.Engine;

/// <summary>A function's type.</summary>
public sealed class FuncType : DefinedType
{
    private const int LongestOnStack = 128;

    private static readonly ConcurrentDictionary<string, FuncType> Interned = new(StringComparer.Ordinal);

    private readonly ValType[] parameters;
    private readonly ValType[] results;

    internal FuncType(int id, DefinedType? super, bool final, ValType[] parameters, ValType[] results)
        : base(id, super, final)
    {
        this.parameters = parameters;
        this.results = results;
    }

    public ReadOnlySpan<ValType> Parameters => parameters;

    public ReadOnlySpan<ValType> Results => results;

    internal override ValType Kind => ValType.FuncRef;

    /// <summary>The one object that stands for this type: one without supertypes and subtypes, in a group of its own.</summary>
    public static FuncType Get(ReadOnlySpan<ValType> parameters, ReadOnlySpan<ValType> results)
    {
        int longest = (parameters.Length + results.Length) * TypeKey.CharsPerType + 1;
        Span<char> buffer = longest <= LongestOnStack ? stackalloc char[LongestOnStack] : new char[longest];
        var key = new TypeKey(buffer);
        key.Add(parameters);
        key.Add('>');
        key.Add(results);
        var lookup = Interned.GetAlternateLookup<ReadOnlySpan<char>>();
        return lookup.TryGetValue(key.Written, out var known) ? known : Intern(key.Written.ToString(), parameters.ToArray(), results.ToArray());
    }

    public override string ToString() => $"[{Join(parameters)}] -> [{Join(results)}]";

    private static FuncType Intern(string key, ValType[] parameters, ValType[] results)
    {
        FuncType? type = null;
        Register(1, (id, place) =>
        {
            if (!Interned.TryGetValue(key, out type))
                Interned[key] = type = new FuncType(id, null, true, parameters, results);
            place[0] = type;
        });
        return type!;
    }

    private static string Join(ValType[] types) => string.Join(' ', Array.ConvertAll(types, t => t.Name()));
}
