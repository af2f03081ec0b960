using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using LinuxWasm.Abi;
using LinuxWasm.Conformance.Layouts;
using LinuxWasm.Kernel.Syscalls;

namespace LinuxWasm.PowerShell.Completion;

/// <summary>
/// Completes an argument of a system call by the parameter that it stands for: open descriptors, paths of the guest, processes, signals, and the constants that flags
/// and modes are made of.
/// </summary>
public sealed class SyscallArgumentCompleter : IArgumentCompleter
{
    public IEnumerable<CompletionResult> CompleteArgument(string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var word = (wordToComplete ?? "").Trim('\'', '"');
        var call = fakeBoundParameters["Name"] as string;
        var entry = call is null ? null : SyscallCatalogue.Find(SyscallTable.X64, call) ?? SyscallCatalogue.Find(SyscallTable.I386, call);
        var parameter = entry?.Parameters.ElementAtOrDefault(IndexOf(commandAst, word));
        return parameter switch
        {
            null => Constants(word, []),
            { Kind: ParameterKind.Fd, Name: "fd" } => Completions.Matching(word, FdCompleter.Descriptors(fakeBoundParameters)),
            { Kind: ParameterKind.Fd } => Completions.Matching(word, FdCompleter.Descriptors(fakeBoundParameters).Append(("AT_FDCWD", "AT_FDCWD: the working directory"))),
            { Kind: ParameterKind.Path } => Completions.KernelOf(fakeBoundParameters) is { } kernel ? GuestPathCompleter.Paths(kernel, word) : [],
            { Name: "pid" or "tid" or "tgid" or "pgid" } => Completions.Matching(word, ProcessIdCompleter.Processes(fakeBoundParameters)),
            _ => Constants(word, [.. PrefixesOf(parameter)]),
        };
    }

    /// <summary>How many arguments stand before the one that is being typed, between commas or blanks.</summary>
    private static int IndexOf(CommandAst command, string word)
    {
        Parser.ParseInput(command.Extent.Text, out var tokens, out _);
        var depth = 0;
        var values = 0;
        foreach (var token in tokens)
        {
            depth += token.Kind switch
            {
                TokenKind.LParen or TokenKind.LCurly or TokenKind.LBracket or TokenKind.AtParen or TokenKind.AtCurly or TokenKind.DollarParen => 1,
                TokenKind.RParen or TokenKind.RCurly or TokenKind.RBracket => -1,
                _ => 0,
            };
            if (depth == 0 && token.Kind is not (TokenKind.Comma or TokenKind.Parameter or TokenKind.EndOfInput or TokenKind.NewLine))
                values++;
        }

        // The first two are the command and the call's name.
        return values - 2 - (word.Length > 0 ? 1 : 0);
    }

    private static IEnumerable<CompletionResult> Constants(string word, IReadOnlyList<string> prefixes)
    {
        // Of 'O_RDWR,O_CR' the last part is being typed.
        var split = word.LastIndexOfAny(['|', ',']) + 1;
        var (before, part) = (word[..split], word[split..]);
        // All three thousand constants help nobody.
        if (part.Length == 0 && prefixes.Count == 0)
            yield break;
        var names = ConstantTable.Names
            .Where(name => prefixes.Count == 0 || prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)))
            .Where(name => name.StartsWith(part, StringComparison.OrdinalIgnoreCase))
            .OrderBy(name => name, StringComparer.Ordinal);
        foreach (var name in names)
        {
            var value = ConstantTable.Find(name, Conformance.Cases.GuestAbi.X8664) ?? ConstantTable.Find(name, Conformance.Cases.GuestAbi.I386);
            yield return new CompletionResult(Completions.Quote(before + name), name, CompletionResultType.ParameterValue, $"{name} = {value}");
        }
    }

    /// <summary>How the constants of a parameter begin, by the enum that its declaration names.</summary>
    private static IEnumerable<string> PrefixesOf(SyscallParameter parameter)
    {
        if (parameter.Type == nameof(Signal))
            return ["SIG"];
        return typeof(Errno).Assembly.GetType("LinuxWasm.Abi." + parameter.Type) is { IsEnum: true } type
            ? Enum.GetNames(type).Where(name => name.Contains('_', StringComparison.Ordinal)).Select(name => name[..(name.IndexOf('_', StringComparison.Ordinal) + 1)]).Distinct()
            : [];
    }
}
