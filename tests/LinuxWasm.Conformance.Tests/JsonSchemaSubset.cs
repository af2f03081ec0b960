using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace LinuxWasm.Conformance.Tests;

/// <summary>
/// Checks YAML against the keywords of JSON Schema that case.schema.json uses. A keyword that it does not know is an error, so that no part
/// of a schema goes unchecked. Plain scalars have the types that YAML 1.2's core schema gives them, as they have in an editor.
/// </summary>
internal sealed partial class JsonSchemaSubset(JsonElement schema)
{
    /// <summary>What is wrong, each with its place in the document; empty where all is as the schema says.</summary>
    public IReadOnlyList<string> Check(YamlNode node)
    {
        var errors = new List<string>();
        Check(schema, node, "", errors);
        return errors;
    }

    private void Check(JsonElement rule, YamlNode node, string path, List<string> errors)
    {
        foreach (var keyword in rule.EnumerateObject())
        {
            if (Problem(keyword.Name, keyword.Value, rule, node, path, errors) is { } problem)
                errors.Add($"line {node.Start.Line}: {(path.Length == 0 ? "the document" : path)} {problem}");
        }
    }

    private string? Problem(string keyword, JsonElement value, JsonElement rule, YamlNode node, string path, List<string> errors)
    {
        switch (keyword)
        {
            case "$schema" or "$id" or "$defs" or "title" or "description":
                return null;
            case "$ref":
                Check(Definition(value.GetString()!), node, path, errors);
                return null;
            case "type":
                return Alternatives(value).Contains(TypeOf(node)) ? null : $"is {TypeOf(node)}, expected {value}";
            case "enum":
                return value.EnumerateArray().Any(v => IsValue(node, v)) ? null : $"is '{node}', expected one of {value}";
            case "const":
                return IsValue(node, value) ? null : $"is '{node}', expected {value}";
            case "pattern":
                return TypeOf(node) != "string" || Regex.IsMatch(node.ToString(), value.GetString()!) ? null : $"is '{node}', expected {value}";
            case "anyOf":
                return value.EnumerateArray().Any(choice => Fits(choice, node)) ? null : "fits none of the alternatives";
            case "oneOf":
                return value.EnumerateArray().Count(choice => Fits(choice, node)) == 1 ? null : "does not fit exactly one of the alternatives";
            case "not":
                return Fits(value, node) ? $"is what it must not be: {value}" : null;
            case "required":
                return node is YamlMappingNode map && value.EnumerateArray().Select(v => v.GetString()!).FirstOrDefault(name => !map.Children.ContainsKey(name)) is { } missing ? $"has no '{missing}'" : null;
            case "minProperties":
                return node is YamlMappingNode few && few.Children.Count < value.GetInt32() ? $"has {few.Children.Count} keys, expected at least {value}" : null;
            case "maxProperties":
                return node is YamlMappingNode many && many.Children.Count > value.GetInt32() ? $"has {many.Children.Count} keys, expected at most {value}" : null;
            case "minItems":
                return node is YamlSequenceNode short_ && short_.Children.Count < value.GetInt32() ? $"has {short_.Children.Count} items, expected at least {value}" : null;
            case "maxItems":
                return node is YamlSequenceNode long_ && long_.Children.Count > value.GetInt32() ? $"has {long_.Children.Count} items, expected at most {value}" : null;
            case "minimum":
                return NumberOf(node) is { } low && low < value.GetDouble() ? $"is {low}, expected at least {value}" : null;
            case "maximum":
                return NumberOf(node) is { } high && high > value.GetDouble() ? $"is {high}, expected at most {value}" : null;
            case "propertyNames":
                // A key is a string, whatever it would be as a value.
                foreach (var key in (node as YamlMappingNode)?.Children.Keys ?? Enumerable.Empty<YamlNode>())
                    Check(value, new YamlScalarNode(key.ToString()) { Style = ScalarStyle.DoubleQuoted }, $"{path}.{key}", errors);
                return null;
            case "items":
                foreach (var (item, i) in (node as YamlSequenceNode)?.Children.Select((item, i) => (item, i)) ?? [])
                    Check(value, item, $"{path}[{i}]", errors);
                return null;
            case "properties" or "additionalProperties":
                return CheckProperties(keyword, value, rule, node, path, errors);
            default:
                throw new NotSupportedException($"the schema has '{keyword}', which is not checked here");
        }
    }

    private string? CheckProperties(string keyword, JsonElement value, JsonElement rule, YamlNode node, string path, List<string> errors)
    {
        if (node is not YamlMappingNode map)
            return null;
        string? unknown = null;
        foreach (var (key, child) in map.Children)
        {
            var known = rule.TryGetProperty("properties", out var properties) & properties.ValueKind == JsonValueKind.Object;
            var own = default(JsonElement);
            known = known && properties.TryGetProperty(key.ToString(), out own);
            if (keyword == "properties" && known)
                Check(own, child, $"{path}.{key}", errors);
            else if (keyword == "additionalProperties" && !known && value.ValueKind == JsonValueKind.False)
                unknown ??= $"has the unknown key '{key}'";
            else if (keyword == "additionalProperties" && !known)
                Check(value, child, $"{path}.{key}", errors);
        }

        return unknown;
    }

    private bool Fits(JsonElement rule, YamlNode node)
    {
        var errors = new List<string>();
        Check(rule, node, "", errors);
        return errors.Count == 0;
    }

    private JsonElement Definition(string reference)
    {
        const string Local = "#/$defs/";
        return reference.StartsWith(Local, StringComparison.Ordinal)
            ? schema.GetProperty("$defs").GetProperty(reference[Local.Length..])
            : throw new NotSupportedException($"the schema refers to '{reference}'");
    }

    private static IEnumerable<string> Alternatives(JsonElement types) =>
        types.ValueKind == JsonValueKind.Array ? types.EnumerateArray().Select(t => t.GetString()!) : [types.GetString()!];

    private static bool IsValue(YamlNode node, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => TypeOf(node) == "string" && node.ToString() == value.GetString(),
        JsonValueKind.True or JsonValueKind.False => TypeOf(node) == "boolean" && node.ToString().Equals(value.ToString(), StringComparison.OrdinalIgnoreCase),
        _ => throw new NotSupportedException($"the schema names the value {value}"),
    };

    /// <summary>Null for what is no number. As in YAML 1.2, a nought at the front means nothing.</summary>
    private static double? NumberOf(YamlNode node) =>
        TypeOf(node) != "number" ? null
        : node.ToString() is ['0', 'x', .. var digits] ? ulong.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture)
        : double.TryParse(node.ToString(), CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string TypeOf(YamlNode node) => node switch
    {
        YamlMappingNode => "object",
        YamlSequenceNode => "array",
        YamlScalarNode { Style: not ScalarStyle.Plain } => "string",
        _ => node.ToString() switch
        {
            "" or "~" or "null" or "Null" or "NULL" => "null",
            "true" or "True" or "TRUE" or "false" or "False" or "FALSE" => "boolean",
            var text when Number().IsMatch(text) => "number",
            _ => "string",
        },
    };

    [GeneratedRegex(@"^([-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$")]
    private static partial Regex Number();
}
