using System.Collections.Concurrent;

namespace LinuxWasm.Engine;

/// <summary>
/// A function's type. Equal types are one object: <see cref="Get"/> interns them for the life of the process, so
/// that an indirect call compares one number.
/// </summary>
public sealed class FuncType
{
    private static readonly ConcurrentDictionary<string, FuncType> Interned = new(StringComparer.Ordinal);
    private static readonly List<FuncType?> ById = [null];

    private readonly ValType[] parameters;
    private readonly ValType[] results;

    private FuncType(ValType[] parameters, ValType[] results)
    {
        this.parameters = parameters;
        this.results = results;
        lock (ById)
        {
            ById.Add(this);
            Id = ById.Count - 1;
        }
    }

    public ReadOnlySpan<ValType> Parameters => parameters;

    public ReadOnlySpan<ValType> Results => results;

    /// <summary>Equal for equal types, within this process; never 0.</summary>
    internal int Id { get; }

    /// <summary>The one object that stands for this type.</summary>
    public static FuncType Get(ReadOnlySpan<ValType> parameters, ReadOnlySpan<ValType> results)
    {
        Span<char> key = parameters.Length + results.Length < 128 ? stackalloc char[parameters.Length + results.Length + 1] : new char[parameters.Length + results.Length + 1];
        for (int i = 0; i < parameters.Length; i++)
            key[i] = (char)parameters[i];
        key[parameters.Length] = '>';
        for (int i = 0; i < results.Length; i++)
            key[parameters.Length + 1 + i] = (char)results[i];
        var lookup = Interned.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(key, out var known))
            return known;
        var created = new FuncType(parameters.ToArray(), results.ToArray());
        return Interned.GetOrAdd(key.ToString(), created);
    }

    internal static FuncType FromId(int id)
    {
        lock (ById)
            return ById[id]!;
    }

    public override string ToString() => $"[{Join(parameters)}] -> [{Join(results)}]";

    private static string Join(ValType[] types) => string.Join(' ', Array.ConvertAll(types, t => t.Name()));
}
