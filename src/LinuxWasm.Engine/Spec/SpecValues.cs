using System.Globalization;
using System.Runtime.Intrinsics;
using System.Text.Json;

namespace LinuxWasm.Engine.Spec;

/// <summary>Values as wast2json writes them: decimal bits, or a kind of NaN.</summary>
internal static class SpecValues
{
    /// <summary>Externrefs are the host's strings: equal texts, one object.</summary>
    public static WasmValue Parse(JsonElement element, Execution execution)
    {
        string type = element.GetProperty("type").GetString()!;
        if (type == "v128")
            return Vector128.Create([.. Lanes(element).SelectMany(l => LaneBytes(LaneType(element), l))]);
        string text = element.TryGetProperty("value", out var value) ? value.GetString()! : "null";
        return type switch
        {
            "i32" or "f32" => uint.Parse(text, CultureInfo.InvariantCulture),
            "i64" or "f64" => ulong.Parse(text, CultureInfo.InvariantCulture),
            _ when text == "null" => default,
            "externref" => new WasmValue { Ref = execution.ToExternRef(string.Intern(text)) },
            _ => throw new NotSupportedException($"a value of type {type}"),
        };
    }

    public static bool Matches(WasmValue actual, JsonElement expected, Execution execution)
    {
        string type = expected.GetProperty("type").GetString()!;
        if (type == "v128")
            return VectorMatches(actual.V128, expected);
        if (!expected.TryGetProperty("value", out var value))
            return actual.Ref != 0;
        string text = value.GetString()!;
        return type switch
        {
            "i32" => (uint)actual.I32 == uint.Parse(text, CultureInfo.InvariantCulture),
            "i64" => (ulong)actual.I64 == ulong.Parse(text, CultureInfo.InvariantCulture),
            "f32" => FloatMatches((uint)actual.I32, text),
            "f64" => DoubleMatches((ulong)actual.I64, text),
            _ when text == "null" => actual.Ref == 0,
            "externref" => execution.FromExternRef(actual.Ref) as string == text,
            _ => actual.Ref != 0,
        };
    }

    private static bool FloatMatches(uint bits, string expected) => expected switch
    {
        "nan:canonical" => (bits & 0x7FFFFFFF) == 0x7FC00000,
        "nan:arithmetic" => (bits & 0x7FC00000) == 0x7FC00000,
        _ => bits == uint.Parse(expected, CultureInfo.InvariantCulture),
    };

    private static bool DoubleMatches(ulong bits, string expected) => expected switch
    {
        "nan:canonical" => (bits & 0x7FFFFFFFFFFFFFFF) == 0x7FF8000000000000,
        "nan:arithmetic" => (bits & 0x7FF8000000000000) == 0x7FF8000000000000,
        _ => bits == ulong.Parse(expected, CultureInfo.InvariantCulture),
    };

    private static string LaneType(JsonElement element) => element.GetProperty("lane_type").GetString()!;

    private static IEnumerable<string> Lanes(JsonElement element) => element.GetProperty("value").EnumerateArray().Select(v => v.GetString()!);

    private static byte[] LaneBytes(string type, string text) => type switch
    {
        "i8" => [(byte)Number(text)],
        "i16" => BitConverter.GetBytes((ushort)Number(text)),
        "i32" or "f32" => BitConverter.GetBytes((uint)Number(text)),
        _ => BitConverter.GetBytes(Number(text)),
    };

    private static ulong Number(string text) =>
        text.StartsWith('-') ? (ulong)long.Parse(text, CultureInfo.InvariantCulture) : ulong.Parse(text, CultureInfo.InvariantCulture);

    private static bool VectorMatches(Vector128<byte> actual, JsonElement expected)
    {
        string type = LaneType(expected);
        int lane = 0;
        foreach (string text in Lanes(expected))
        {
            bool matches = type switch
            {
                "i8" => actual[lane] == (byte)Number(text),
                "i16" => actual.AsUInt16()[lane] == (ushort)Number(text),
                "i32" => actual.AsUInt32()[lane] == (uint)Number(text),
                "i64" => actual.AsUInt64()[lane] == Number(text),
                "f32" => FloatMatches(actual.AsUInt32()[lane], text),
                _ => DoubleMatches(actual.AsUInt64()[lane], text),
            };
            if (!matches)
                return false;
            lane++;
        }

        return true;
    }
}
