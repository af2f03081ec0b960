using System.Text.Json;

namespace LinuxWasm.Engine.Spec;

/// <summary>What became of the assertions of one or more scripts.</summary>
/// <param name="Passed">Assertions and modules that did what the script says.</param>
/// <param name="Failed">Those that did not.</param>
/// <param name="Skipped">Those that can't be judged, such as malformed text.</param>
/// <param name="Failures">One line for each failure.</param>
public sealed record WastResult(int Passed, int Failed, int Skipped, IReadOnlyList<string> Failures);

/// <summary>
/// Runs scripts of the specification's test suite, in the JSON form that wabt's <c>wast2json</c> makes of them.
/// </summary>
public sealed class WastRunner(IWasmEngine engine)
{
    private readonly Dictionary<string, Instance> named = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Instance> registered = new(StringComparer.Ordinal);
    private readonly List<string> failures = [];
    private Execution execution = new();
    private SpecTestModule spectest = new();
    private Instance? current;
    private string folder = "";
    private string source = "";
    private int passed;
    private int skipped;

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
        named.Clear();
        registered.Clear();
        failures.Clear();
        execution = new Execution();
        spectest = new SpecTestModule();
        current = null;
        passed = 0;
        skipped = 0;
        using var document = JsonDocument.Parse(File.ReadAllBytes(jsonPath));
        foreach (var command in document.RootElement.GetProperty("commands").EnumerateArray())
            Execute(command);
        return new WastResult(passed, failures.Count, skipped, failures.ToArray());
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
        catch (SkippedException)
        {
            skipped++;
            return;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            complaint = $"{e.GetType().Name}: {e.Message}";
        }

        bool leftOut = LeftOut.Contains($"{source}:{line}");
        if (leftOut && complaint is not null)
            skipped++;
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
                current = Instantiate(Text(command, "filename"));
                if (command.TryGetProperty("name", out var name))
                    named[name.GetString()!] = current;
                return null;
            case "register":
                registered[Text(command, "as")] = command.TryGetProperty("name", out var registeredName) ? named[registeredName.GetString()!] : current!;
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
                    throw new SkippedException();
                return Expect<WasmFormatException>(() => WasmModule.Decode(Read(Text(command, "filename"))), null);
            case "assert_unlinkable":
                return Expect<LinkException>(() => Instantiate(Text(command, "filename")), null);
            case "assert_uninstantiable":
                return Expect<TrapException>(() => Instantiate(Text(command, "filename")), Text(command, "text"));
            default:
                return $"unknown command {type}";
        }
    }

    private byte[] Read(string file) => File.ReadAllBytes(Path.Combine(folder, file));

    private Instance Instantiate(string file) =>
        engine.Instantiate(WasmModule.Decode(Read(file)), new Resolver(this), execution);

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
        var instance = action.TryGetProperty("module", out var module) ? named[module.GetString()!] : current ?? throw new InvalidOperationException("no module");
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
            if (runner.registered.TryGetValue(import.Module, out var instance))
                return instance.GetExport(import.Name);
            return import.Module == "spectest" ? runner.spectest.Resolve(import) : null;
        }
    }

    private sealed class SkippedException : Exception;
}
