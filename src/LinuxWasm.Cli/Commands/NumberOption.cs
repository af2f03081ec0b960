using System.CommandLine;
using System.Globalization;

namespace LinuxWasm.Cli.Commands;

/// <summary>Options whose value is a whole number: what is none, or too small or large, is told with the option's name and what was expected.</summary>
internal static class NumberOption
{
    /// <param name="otherwise">The value where the option is not given; null leaves it at 0, and lets it be told that it is not there.</param>
    public static Option<int> Create(string name, string description, int? otherwise, int least, int most = int.MaxValue) =>
        new(name)
        {
            Description = description,
            HelpName = "N",
            DefaultValueFactory = otherwise is { } value ? _ => value : null,
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
                    return number;
                result.AddError($"{name} {text}: {Expected(least, most)} is expected");
                return 0;
            },
        };

    private static string Expected(int least, int most) => (least, most) switch
    {
        (int.MinValue, int.MaxValue) => "a whole number",
        (_, int.MaxValue) => $"a whole number from {least} on",
        _ => $"a whole number from {least} to {most}",
    };
}
