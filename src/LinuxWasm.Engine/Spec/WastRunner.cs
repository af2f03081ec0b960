using System.Text.Json;

namespace LinuxWasm.Engine.Spec;

/// <summary>What became of the assertions of one or more scripts.</summary>
/// <param name="Passed">Assertions and modules that did what the script says.</param>
/// <param name="Failures">One line for each of those that did not.</param>
/// <param name="Skipped">Reasons why some can't be judged, such as malformed text, and how many each.</param>
public sealed record WastResult(int Passed, IReadOnlyList<string> Failures, IReadOnlyDictionary<string, int> Skipped);

/// <summary>
/// Runs scripts of the specification's test suite, in the JSON form that wabt's <c>wast2json</c> makes of them, and with commands that it does not
/// know: <c>module_definition</c> (name, filename), <c>module_instance</c> (instance, module), and assertions about custom sections, which are skipped.
/// </summary>
public sealed class WastRunner(IWasmEngine engine)
{
    private const string TextReason = "the engine reads no text format";
    private const string CustomReason = "the engine does not look into custom sections";
    private const string LeftOutReason = "listed as left out";

    private readonly Dictionary<string, Definition> definitions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Made> named = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Made> registered = new(StringComparer.Ordinal);
    private readonly List<string> failures = [];
    private readonly SortedDictionary<string, int> skipped = new(StringComparer.Ordinal);
    private Execution execution = new();
    private SpecTestModule spectest = new();
    private Definition? defined;
    private Made? current;
    private string folder = "";
    private string source = "";
    private int passed;

    /// <summary>
    /// Assertions, as script:line, that are known not to hold: they count as skipped, and as failed when they do hold.
    /// </summary>
    public IReadOnlySet<string> LeftOut { get; init; } = new HashSet<string>();

    /// <summary>How often a guest was suspended and resumed, over all scripts.</summary>
    public long Suspensions { get; private set; }

    /// <summary>Runs one script. Instances of an earlier one are forgotten.</summary>
    public WastResult Run(string jsonPath)
    {
        folder = Path.GetDirectoryName(Path.GetFullPath(jsonPath))!;
        source = Path.GetFileNameWithoutExtension(jsonPath);
        definitions.Clear();
        named.Clear();
        registered.Clear();
        failures.Clear();
        skipped.Clear();
        execution = new Execution();
        spectest = new SpecTestModule();
        defined = null;
        current = null;
        passed = 0;
        using var document = JsonDocument.Parse(File.ReadAllBytes(jsonPath));
        foreach (var command in document.RootElement.GetProperty("commands").EnumerateArray())
            Execute(command);
        return new WastResult(passed, failures.ToArray(), skipped.ToDictionary());
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private void Execute(JsonElement command)
    {
        string type = Text(command, "type");
        int line = command.GetProperty("line").GetInt32();
        string? complaint;
        try
        {
            complaint = Judge(type, command);
        }
        catch (SkippedException e)
        {
            Skip(e.Message);
            return;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            complaint = $"{e.GetType().Name}: {e.Message}";
        }

        bool leftOut = LeftOut.Contains($"{source}:{line}");
        if (leftOut && complaint is not null)
            Skip(LeftOutReason);
        else if (leftOut)
            failures.Add($"{source}:{line}: {type}: is listed as left out, and holds");
        else if (complaint is not null)
            failures.Add($"{source}:{line}: {type}: {complaint}");
        else
            passed++;
    }

    /// <summary>Null if all is well.</summary>
    private string? Judge(string type, JsonElement command)
    {
        switch (type)
        {
            case "module":
                current = null;
                current = Instantiate(Define(Text(command, "filename")), Name(command, "name"));
                return null;
            case "module_definition":
                defined = null;
                defined = Define(Text(command, "filename"));
                if (Name(command, "name") is { } definition)
                    definitions[definition] = defined;
                return null;
            case "module_instance":
                current = null;
                current = Instantiate(Name(command, "module") is { } of ? definitions[of] : defined!, Name(command, "instance"));
                return null;
            case "register":
                registered[Text(command, "as")] = Name(command, "name") is { } known ? named[known] : current!;
                return null;
            case "action":
                Act(command.GetProperty("action"));
                return null;
            case "assert_return":
                var actual = Act(command.GetProperty("action"));
                return command.TryGetProperty("either", out var either) ? CompareEither(actual, either) : Compare(actual, command.GetProperty("expected"));
            case "assert_trap" or "assert_exhaustion":
                return Expect<TrapException>(() => Act(command.GetProperty("action")), Text(command, "text"));
            case "assert_exception":
                return ExpectException(() => Act(command.GetProperty("action")));
            case "assert_malformed" or "assert_invalid":
                if (Text(command, "module_type") == "text")
                    throw new SkippedException(TextReason);
                return Expect<WasmFormatException>(() => Define(Text(command, "filename")).Module(), null);
            case "assert_unlinkable":
                return Expect<LinkException>(() => Instantiate(Define(Text(command, "filename")), null).Instance(), null);
            case "assert_uninstantiable":
                return Expect<TrapException>(() => Instantiate(Define(Text(command, "filename")), null).Instance(), Text(command, "text"));
            case "assert_malformed_custom" or "assert_invalid_custom":
                throw new SkippedException(CustomReason);
            default:
                return $"unknown command {type}";
        }
    }

    private static string? Name(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;

    private void Skip(string reason) => skipped[reason] = skipped.GetValueOrDefault(reason) + 1;

    private Definition Define(string file)
    {
        try
        {
            return new Definition(WasmModule.Decode(File.ReadAllBytes(Path.Combine(folder, file))), null);
        }
        catch (WasmFormatException e) when (e.Feature is not null)
        {
            return new Definition(null, $"needs {e.Feature}");
        }
    }

    /// <summary>A module that the engine refuses by name is skipped, and so is what is asked of it later.</summary>
    private Made Instantiate(Definition definition, string? name)
    {
        var made = new Made(null, definition.Refusal);
        if (name is not null)
            named[name] = made;
        if (definition.Refusal is not null)
        {
            current = made;
            throw new SkippedException(definition.Refusal);
        }

        made = new Made(engine.Instantiate(definition.Module(), new Resolver(this), execution), null);
        if (name is not null)
            named[name] = made;
        return made;
    }

    private static string? Expect<T>(Action action, string? text)
        where T : Exception
    {
        try
        {
            action();
        }
        catch (T e)
        {
            // The suite names a trap by the beginning of its message.
            return text is null || e.Message.StartsWith(text, StringComparison.Ordinal) || text.StartsWith(e.Message, StringComparison.Ordinal)
                ? null
                : $"expected \"{text}\", got \"{e.Message}\"";
        }

        return $"expected {typeof(T).Name}, nothing happened";
    }

    private static string? ExpectException(Action action)
    {
        try
        {
            action();
        }
        catch (TrapException e) when (e.Kind == TrapKind.UncaughtException)
        {
            return null;
        }

        return "expected an exception, nothing happened";
    }

    private (WasmValue[] Values, ValType[] Types) Act(JsonElement action)
    {
        var made = Name(action, "module") is { } module ? named[module] : current;
        var instance = made?.Instance() ?? throw new InvalidOperationException("no module");
        string field = Text(action, "field");
        if (Text(action, "type") == "get")
        {
            var global = (Global)instance.GetExport(field)!;
            return ([global.Value], [global.Type.Type]);
        }

        var export = instance.GetExport(field);
        if (export is not GuestFunction function)
            throw new InvalidOperationException($"{field} is {export}");
        var arguments = action.GetProperty("args").EnumerateArray().Select(a => SpecValues.Parse(a, execution)).ToArray();
        var results = new WasmValue[function.Type.Results.Length];
        var completion = function.Invoke(arguments, results);
        while (completion == Completion.Suspended)
        {
            Suspensions++;
            completion = instance.Resume(execution.Suspended!, [], results);
        }

        return (results, function.Type.Results.ToArray());
    }

    private string? Compare((WasmValue[] Values, ValType[] Types) actual, JsonElement expected)
    {
        int count = expected.GetArrayLength();
        if (actual.Values.Length != count)
            return $"expected {count} results, got {actual.Values.Length}";
        for (int i = 0; i < count; i++)
        {
            if (!SpecValues.Matches(actual.Values[i], expected[i], execution))
                return $"expected {expected[i]}, got {actual.Types[i].Name()} 0x{actual.Values[i].I64:x} ({actual.Values[i].V128})";
        }

        return null;
    }

    /// <summary>Relaxed instructions may give any of several values.</summary>
    private string? CompareEither((WasmValue[] Values, ValType[] Types) actual, JsonElement either) =>
        actual.Values.Length == 1 && either.EnumerateArray().Any(e => SpecValues.Matches(actual.Values[0], e, execution))
            ? null
            : $"none of {either} was given";

    private sealed class Resolver(WastRunner runner) : IImportResolver
    {
        public Extern? Resolve(ImportDescriptor import)
        {
            if (runner.registered.TryGetValue(import.Module, out var made))
                return made.Instance().GetExport(import.Name);
            return import.Module == "spectest" ? runner.spectest.Resolve(import) : null;
        }
    }

    /// <param name="decoded">Null if the engine refuses it by name.</param>
    /// <param name="refusal">Why, if so.</param>
    private sealed class Definition(WasmModule? decoded, string? refusal)
    {
        public string? Refusal => refusal;

        public WasmModule Module() => decoded ?? throw new SkippedException(refusal!);
    }

    /// <summary>An instance, or why there is none.</summary>
    private sealed class Made(Instance? instance, string? refusal)
    {
        public Instance Instance() => instance ?? throw new SkippedException(refusal ?? "its module could not be instantiated");
    }

    private sealed class SkippedException(string reason) : Exception(reason);
}
