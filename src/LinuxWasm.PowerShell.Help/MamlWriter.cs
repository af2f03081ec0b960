using System.Globalization;
using System.Xml.Linq;

namespace LinuxWasm.PowerShell.Help;

/// <summary>Writes commands in PowerShell's help format.</summary>
internal static class MamlWriter
{
    private static readonly XNamespace Items = "http://msh";
    private static readonly XNamespace Maml = "http://schemas.microsoft.com/maml/2004/10";
    private static readonly XNamespace Command = "http://schemas.microsoft.com/maml/dev/command/2004/10";
    private static readonly XNamespace Dev = "http://schemas.microsoft.com/maml/dev/2004/10";

    public static XElement Write(IEnumerable<CommandDescription> commands, DocComments comments) =>
        new(Items + "helpItems", new XAttribute("schema", "maml"), commands.Select(command => Write(command, comments)));

    private static XElement Write(CommandDescription command, DocComments comments) =>
        new(
            Command + "command",
            new XAttribute(XNamespace.Xmlns + "maml", Maml),
            new XAttribute(XNamespace.Xmlns + "command", Command),
            new XAttribute(XNamespace.Xmlns + "dev", Dev),
            new XElement(
                Command + "details",
                new XElement(Command + "name", command.Name),
                Described(comments.OfType(command.Type, "summary")),
                new XElement(Command + "verb", command.Verb),
                new XElement(Command + "noun", command.Noun)),
            Described(comments.OfType(command.Type, "remarks")),
            new XElement(Command + "syntax", command.ParameterSets().Select(set => Syntax(command, set, comments))),
            new XElement(Command + "parameters", command.Parameters.OrderBy(parameter => parameter.Name, StringComparer.Ordinal).Select(parameter => Parameter(parameter, parameter.Uses[0], comments))),
            new XElement(Command + "returnValues", command.OutputTypes.Select(type => new XElement(Command + "returnValue", new XElement(Dev + "type", new XElement(Maml + "name", type))))),
            new XElement(Command + "examples", comments.ExamplesOf(command.Type).Select(Example)));

    private static XElement Syntax(CommandDescription command, IReadOnlyList<(ParameterDescription Parameter, ParameterUse Use)> set, DocComments comments)
    {
        var parameters = set.Select(pair => Parameter(pair.Parameter, pair.Use, comments));
        if (command.SupportsShouldProcess)
            parameters = parameters.Concat([Common("WhatIf"), Common("Confirm")]);
        return new XElement(Command + "syntaxItem", new XElement(Maml + "name", command.Name), parameters);
    }

    private static XElement Common(string name) =>
        new(Command + "parameter", new XAttribute("required", false), new XAttribute("position", "named"), new XElement(Maml + "name", name));

    private static XElement Parameter(ParameterDescription parameter, ParameterUse use, DocComments comments)
    {
        var texts = comments.OfProperty(parameter.Declaring, parameter.Name);
        if (parameter.Values.Count > 0)
            texts = [.. texts, $"One of {string.Join(", ", parameter.Values)}."];
        var element = new XElement(
            Command + "parameter",
            new XAttribute("required", use.Mandatory),
            new XAttribute("globbing", parameter.Wildcards),
            new XAttribute("pipelineInput", use.PipelineInput),
            new XAttribute("position", use.Position?.ToString(CultureInfo.InvariantCulture) ?? "named"),
            new XAttribute("aliases", parameter.Aliases.Count == 0 ? "none" : string.Join(", ", parameter.Aliases)),
            new XAttribute("variableLength", use.Remaining),
            new XElement(Maml + "name", parameter.Name),
            Described(texts));
        if (!parameter.IsSwitch)
            element.Add(new XElement(Command + "parameterValue", new XAttribute("required", true), new XAttribute("variableLength", parameter.Type.IsArray), parameter.TypeName));
        element.Add(new XElement(Dev + "type", new XElement(Maml + "name", parameter.TypeName)));
        return element;
    }

    private static XElement Example(Example example, int index) =>
        new(
            Command + "example",
            new XElement(Maml + "title", string.Create(CultureInfo.InvariantCulture, $"Example {index + 1}: {example.Title}")),
            new XElement(Dev + "code", example.Code),
            new XElement(Dev + "remarks", example.Remarks.Select(text => new XElement(Maml + "para", text))));

    private static XElement Described(IEnumerable<string> paragraphs) => new(Maml + "description", paragraphs.Select(text => new XElement(Maml + "para", text)));
}
