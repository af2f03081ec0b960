using System.CommandLine;
using System.CommandLine.Parsing;
using LinuxWasm.Conformance;

namespace LinuxWasm.Cli;

/// <summary>What is wrong with a command line, with the names that it has and those that it may have meant.</summary>
internal static class CommandLineErrors
{
    /// <summary>One message for each mistake; none for a command line that can be carried out.</summary>
    public static IReadOnlyList<string> Of(ParseResult parsed, RootCommand root, IReadOnlyList<string> arguments)
    {
        var command = parsed.CommandResult.Command;
        if (command == root && parsed.Errors.Count > 0)
            return [NoCommand(root, arguments)];
        var strangers = UnknownOptions(parsed, arguments);
        strangers.AddRange(FlagsWithValues(command, arguments));
        return strangers.Count > 0 ? strangers : [.. parsed.Errors.Select(Message)];
    }

    /// <summary>An option that there is not, with those that it may have been.</summary>
    public static string UnknownOption(string name, Command command) =>
        $"unknown option '{name}'{NearNames.Hint(name, command.Options.Select(option => option.Name))}";

    public static string MissingValue(Option option) => $"{option.Name}: its value {option.HelpName} is missing";

    private static string NoCommand(RootCommand root, IReadOnlyList<string> arguments)
    {
        var commands = root.Subcommands.Select(command => command.Name).ToList();
        if (arguments.Count == 0)
            return $"a command is expected: {string.Join(", ", commands[..^1])} or {commands[^1]}";
        var name = arguments[0];
        if (name.StartsWith('-'))
            return UnknownOption(name, root);
        return name.EndsWith(".wasm", StringComparison.Ordinal)
            ? $"there is no command '{name}'; to run a program: linuxwasm run {name}"
            : $"there is no command '{name}'" + NearNames.Hint(name, commands);
    }

    /// <summary>What looks like an option and is none would be taken for a file's name.</summary>
    private static List<string> UnknownOptions(ParseResult parsed, IReadOnlyList<string> arguments)
    {
        var options = arguments.TakeWhile(argument => argument != "--").ToHashSet();
        var taken = parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(result => result.Tokens).Select(token => token.Value).Concat(parsed.UnmatchedTokens);
        return [.. taken.Where(word => word.Length > 1 && word[0] == '-' && options.Contains(word)).Distinct().Select(word => UnknownOption(word.Split('=')[0], parsed.CommandResult.Command))];
    }

    /// <summary>The library would set the flag and take what stands behind '=' for the next argument.</summary>
    private static IEnumerable<string> FlagsWithValues(Command command, IReadOnlyList<string> arguments) =>
        from argument in arguments.TakeWhile(argument => argument != "--")
        let parts = argument.Split('=', 2)
        where parts.Length == 2 && !bool.TryParse(parts[1], out _) && command.Options.OfType<Option<bool>>().Any(flag => flag.Name == parts[0])
        select $"{argument}: {parts[0]} takes no value";

    private static string Message(ParseError error) => error.SymbolResult switch
    {
        OptionResult { Tokens.Count: 0, Option: { Arity.MinimumNumberOfValues: > 0 } option } => MissingValue(option),
        ArgumentResult { Tokens.Count: 0, Argument: { Arity.MinimumNumberOfValues: > 0 } argument } => $"{argument.Name} is missing",
        _ => error.Message,
    };
}

/// <summary>A command line that can't be taken apart.</summary>
internal sealed class UsageException(string message, Command command) : Exception(message)
{
    public Command Command { get; } = command;
}
