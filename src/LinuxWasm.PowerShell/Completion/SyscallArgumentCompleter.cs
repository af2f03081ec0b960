using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using LinuxWasm.Abi;
using LinuxWasm.Conformance.Layouts;
using LinuxWasm.Kernel.Syscalls;

namespace LinuxWasm.PowerShell.Completion;

/// <summary>Completes the constants that an argument of a system call is made of, by the parameter's position: O_... for flags, S_I... for a mode.</summary>
public sealed class SyscallArgumentCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        // Of 'O_RDWR,O_CR' the last part is being typed.
        var word = (wordToComplete ?? "").Trim('\'', '"');
        var split = word.LastIndexOfAny(['|', ',']) + 1;
        var (before, part) = (word[..split], word[split..]);
        var prefixes = Prefixes(fakeBoundParameters["Name"] as string);
        var names = ConstantTable.Names
            .Where(name => part.Length > 0 || prefixes.Count == 0 || prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)))
            .Where(name => name.StartsWith(part, StringComparison.OrdinalIgnoreCase))
            .OrderBy(name => name, StringComparer.Ordinal);
        foreach (var name in names)
        {
            var value = ConstantTable.Find(name, Conformance.Cases.GuestAbi.X8664) ?? ConstantTable.Find(name, Conformance.Cases.GuestAbi.I386);
            yield return new CompletionResult(Completions.Quote(before + name), name, CompletionResultType.ParameterValue, $"{name} = {value}");
        }
    }

    /// <summary>How the constants of a call's parameters begin, by the enums that its declaration names.</summary>
    private static List<string> Prefixes(string? call)
    {
        var entry = call is null ? null : SyscallCatalogue.Find(SyscallTable.X64, call) ?? SyscallCatalogue.Find(SyscallTable.I386, call);
        return entry is null ? [] : [.. entry.Parameters.SelectMany(PrefixesOf).Distinct()];
    }

    private static IEnumerable<string> PrefixesOf(SyscallParameter parameter)
    {
        if (parameter.Kind == ParameterKind.Fd && parameter.Name.Contains("d", StringComparison.Ordinal) && parameter.Name != "fd")
            yield return "AT_FDCWD";
        if (typeof(Errno).Assembly.GetType("LinuxWasm.Abi." + parameter.Type) is { IsEnum: true } type)
        {
            foreach (var name in Enum.GetNames(type).Where(name => name.Contains('_', StringComparison.Ordinal)).Select(name => name[..(name.IndexOf('_', StringComparison.Ordinal) + 1)]).Distinct())
                yield return name;
        }
    }
}
