using System.Globalization;
using System.Xml;
using System.Xml.Linq;

namespace LinuxWasm.Conformance.Reports.Html;

/// <summary>Elements of a page that is HTML for browsers and well-formed XML for other programs.</summary>
internal static class Markup
{
    private static readonly XNamespace _html = "http://www.w3.org/1999/xhtml";

    /// <summary>What HTML closes by itself; everything else needs its end.</summary>
    private static readonly HashSet<string> _void = ["meta", "input", "rect"];

    public static XElement Element(string name, params object?[] content) => new(_html + name, [.. content.Select(Content)]);

    /// <summary>An element with a class, by which the page's style knows it.</summary>
    public static XElement Element(string name, Class style, params object?[] content) => Element(name, [Attribute("class", style.Names), .. content]);

    public static XElement Div(Class style, params object?[] content) => Element("div", style, content);

    public static XElement Span(Class style, params object?[] content) => Element("span", style, content);

    public static XElement Link(string address, params object?[] content) => Element("a", [Attribute("href", address), .. content]);

    public static XAttribute Attribute(string name, object value) => new(name, Text(value));

    /// <summary>Style and script stand as they are in HTML; a comment of their own hides the mark that XML needs.</summary>
    public static XElement Verbatim(string name, string text) => new(_html + name, "/*", new XCData($"*/\n{text}/*"), "*/");

    /// <summary>The page's text.</summary>
    public static string Write(XElement page)
    {
        foreach (var element in page.DescendantsAndSelf().Where(e => e.IsEmpty && !_void.Contains(e.Name.LocalName)))
            element.Value = "";
        return "<!DOCTYPE html>\n" + page.ToString(SaveOptions.DisableFormatting) + "\n";
    }

    private static object? Content(object? content) => content switch
    {
        null or XObject => content,
        IEnumerable<object> several => several.Select(Content),
        _ => new XText(Text(content)),
    };

    /// <summary>As everybody writes numbers; XML has no place for most control characters.</summary>
    private static string Text(object value) =>
        string.Concat((Convert.ToString(value, CultureInfo.InvariantCulture) ?? "").Select(c => XmlConvert.IsXmlChar(c) ? c : '\ufffd'));
}

/// <summary>Names of classes in report.css.</summary>
internal readonly record struct Class(string Names);
