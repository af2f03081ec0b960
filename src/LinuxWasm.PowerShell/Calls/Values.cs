using System.Collections;
using System.Globalization;
using System.Management.Automation;
using LinuxWasm.Conformance.Cases;

namespace LinuxWasm.PowerShell.Calls;

/// <summary>PowerShell's values, looked at as a system call needs them.</summary>
internal static class Values
{
    /// <summary>The object itself; one that was built from properties stays what it is.</summary>
    public static object? Unwrap(object? value) =>
        value is PSObject { BaseObject: not PSCustomObject } wrapped ? wrapped.BaseObject : value;

    /// <summary>The members of a hashtable or of an object that was built from properties; null for anything else.</summary>
    public static IEnumerable<(string Name, object? Value)>? Fields(object? value) => value switch
    {
        // By its keys: a generic dictionary's elements are none of the entries that a hashtable's are.
        IDictionary dictionary => dictionary.Keys.Cast<object>().Select(key => (Convert.ToString(key, CultureInfo.InvariantCulture)!, dictionary[key])),
        PSObject built => built.Properties.Where(property => property.IsGettable).Select(property => (property.Name, (object?)property.Value)),
        _ => null,
    };

    /// <summary>The elements of a list; null for what is none (texts, hashtables, single values).</summary>
    public static IReadOnlyList<object?>? Items(object? value) => value switch
    {
        string or IDictionary => null,
        IEnumerable list => [.. list.Cast<object?>().Select(Unwrap)],
        _ => null,
    };

    /// <summary>Whether a value is a number as it stands.</summary>
    public static bool IsNumber(object? value) => value is sbyte or byte or short or ushort or int or uint or long or ulong or nint or nuint or Enum or bool or char;

    /// <summary>A number or its symbolic text, as so many bytes.</summary>
    /// <exception cref="FormatException">It is none, or does not fit.</exception>
    public static Int128 ToNumber(object? value, GuestAbi abi, string where, int size = 8)
    {
        Int128 number;
        try
        {
            number = value switch
            {
                null => 0,
                string text => SymbolicNumber.Parse(text, abi),
                bool truth => truth ? 1 : 0,
                char c => c,
                nint address => address,
                nuint address => address,
                ulong wide => wide,
                double or float or decimal => ToWhole(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
                Enum named => Convert.ToInt64(named, CultureInfo.InvariantCulture),
                _ when IsNumber(value) => Convert.ToInt64(value, CultureInfo.InvariantCulture),
                _ when Items(value) is { Count: > 0 } flags => flags.Aggregate((Int128)0, (sum, flag) => sum | ToNumber(flag, abi, where, size)),
                _ => throw new FormatException($"a number or the names of flags is expected, not {Describe(value)}"),
            };
        }
        catch (FormatException wrong)
        {
            throw new FormatException($"{where}: {wrong.Message}", wrong);
        }

        var most = (Int128.One << (8 * size)) - 1;
        var least = -(Int128.One << ((8 * size) - 1));
        if (number < least || number > most)
            throw new FormatException($"{where}: {number} does not fit into {8 * size} bits");
        return number;
    }

    /// <summary>What a message calls a value.</summary>
    public static string Describe(object? value) => value switch
    {
        null => "nothing",
        string text => $"the text '{text}'",
        IDictionary => "a hashtable",
        _ => string.Create(CultureInfo.InvariantCulture, $"'{value}' of type {value.GetType().Name}"),
    };

    private static Int128 ToWhole(double value) =>
        double.IsInteger(value) ? (Int128)value : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{value} is no whole number"));
}
