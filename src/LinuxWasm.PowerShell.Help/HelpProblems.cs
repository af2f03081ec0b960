namespace LinuxWasm.PowerShell.Help;

/// <summary>What a command's help lacks: the build fails with it.</summary>
internal static class HelpProblems
{
    public static IEnumerable<string> Find(CommandDescription command, DocComments comments)
    {
        if (comments.OfType(command.Type, "summary").Count == 0)
            yield return $"{command.Name} has no summary";
        if (comments.OfType(command.Type, "remarks").Count == 0)
            yield return $"{command.Name} has no remarks, which are its description";
        var examples = comments.ExamplesOf(command.Type);
        if (examples.Count == 0)
            yield return $"{command.Name} has no example";
        if (examples.Any(example => example.Title.Length == 0 || example.Code.Length == 0 || example.Remarks.Count == 0))
            yield return $"{command.Name} has an example without title, code or explanation";
        foreach (var parameter in command.Parameters.Where(parameter => comments.OfProperty(parameter.Declaring, parameter.Name).Count == 0))
            yield return $"{command.Name} -{parameter.Name} has no summary";
    }
}
