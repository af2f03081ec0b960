using System.Reflection;
using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace LinuxWasm.Conformance.Tests;

/// <summary>What an editor says of a case by the published schema is what the reader says of it, as far as a schema can say it.</summary>
public sealed class SchemaTests
{
    /// <summary>What only the reader knows: calls, names, steps, expressions, and what one part of a case says of another.</summary>
    private static readonly string[] _beyondASchema =
    [
        "in no system call table", "expected ',' or ')'", "expected '=' and a result", "expected a value", "unknown constant", "neither captured nor", "is not a number", "closing \"", "unknown escape", "unknown buffer",
        "is not a function", "argument", "says its result already", "between single quotes", "there is no buffer", "has only 1 steps", "there is no task", "there is no rule", "no step says child", "unknown type",
        "has no field", "only arrays have elements", "two rows", "whose values are names", "at least two columns", "two columns", "columns; expected", "names no row", "i386, x86-64 or any", "is a variable of the matrix", "no ABI has all",
        "no step is left", "in quotes is a string", "the soft limit is above", "in 64 bits", "has values; expected values or fill", "values for int[1]", "the name of the row", "'a b' is not a name", "mode: 99999", "FD_CLOEXEC or 0",
        "\"five\" does not fit", "is no error", "\"SIGUSR1\" does not fit", "result:", "the first task", "says nothing of a child", "uid: -2", "another case begins", "one value has to stand",
    ];

    private static readonly JsonSchemaSubset _schema = new(JsonDocument.Parse(File.ReadAllText(Path.Combine(SuiteFolder.Path, "case.schema.json"))).RootElement);

    [Fact]
    public void Every_document_of_the_suite_is_valid()
    {
        var wrong = new List<string>();
        var documents = 0;
        foreach (var file in Directory.EnumerateFiles(SuiteFolder.Path, "*.yaml", SearchOption.AllDirectories).Where(f => Path.GetFileName(f) != Comparison.DifferenceList.FileName))
        {
            using var reader = new StreamReader(file);
            var stream = new YamlStream();
            stream.Load(reader);
            foreach (var document in stream.Documents)
            {
                documents++;
                wrong.AddRange(_schema.Check(document.RootNode).Select(error => $"{Path.GetRelativePath(SuiteFolder.Path, file)}: {error}"));
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(documents >= 900, $"{documents} documents");
    }

    public static TheoryData<string, string> BrokenCases
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var row in typeof(CaseFormatTests).GetMethod(nameof(CaseFormatTests.A_malformed_case_is_told_with_its_place))!.GetCustomAttributes<InlineDataAttribute>())
                data.Add((string)row.Data[0]!, (string)row.Data[3]!);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(BrokenCases))]
    public void A_malformed_case_is_refused_as_far_as_a_schema_can_tell(string yaml, string problem)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(yaml + "\n"));
        }
        catch (Exception error) when (error is YamlException or InvalidOperationException)
        {
            Assert.Contains("YAML", problem, StringComparison.Ordinal);
            return;
        }

        var errors = _schema.Check(stream.Documents[0].RootNode);
        if (_beyondASchema.Any(known => problem.Contains(known, StringComparison.Ordinal)))
            return;
        Assert.True(errors.Count > 0, $"the schema lets it through: {problem}");
    }

    /// <summary>The checker itself: it fails where the schema says so, and what it does not know it says.</summary>
    [Theory]
    [InlineData("""{ "type": "string" }""", "5", false)]
    [InlineData("""{ "type": ["string", "number"] }""", "5", true)]
    [InlineData("""{ "type": "string" }""", "'5'", true)]
    [InlineData("""{ "required": ["a"] }""", "{ b: 1 }", false)]
    [InlineData("""{ "properties": { "a": { "enum": ["x"] } }, "additionalProperties": false }""", "{ a: x }", true)]
    [InlineData("""{ "properties": { "a": { "enum": ["x"] } }, "additionalProperties": false }""", "{ a: y }", false)]
    [InlineData("""{ "properties": { "a": {} }, "additionalProperties": false }""", "{ b: y }", false)]
    [InlineData("""{ "additionalProperties": { "const": true } }""", "{ a: true, b: 1 }", false)]
    [InlineData("""{ "oneOf": [{ "required": ["a"] }, { "required": ["b"] }] }""", "{ a: 1, b: 2 }", false)]
    [InlineData("""{ "items": { "pattern": "^x" }, "minItems": 1 }""", "[xy]", true)]
    [InlineData("""{ "items": { "pattern": "^x" }, "minItems": 1 }""", "[yx]", false)]
    [InlineData("""{ "items": { "pattern": "^x" }, "minItems": 1 }""", "[]", false)]
    public void The_checker_tells_right_from_wrong(string schema, string yaml, bool valid)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        Assert.Equal(valid, new JsonSchemaSubset(JsonDocument.Parse(schema).RootElement).Check(stream.Documents[0].RootNode).Count == 0);
    }

    [Fact]
    public void A_keyword_that_is_not_checked_is_an_error()
    {
        var stream = new YamlStream();
        stream.Load(new StringReader("a"));
        Assert.Throws<NotSupportedException>(() => new JsonSchemaSubset(JsonDocument.Parse("""{ "uniqueItems": true }""").RootElement).Check(stream.Documents[0].RootNode));
    }
}
