using System.Globalization;
using System.Xml.Linq;
using LinuxWasm.Conformance.Running;

namespace LinuxWasm.Conformance.Reports;

/// <summary>Results in the form that CI systems read (NUnit 3).</summary>
public static class NUnitReport
{
    /// <summary>One suite per family, one test case per run.</summary>
    public static XDocument Create(string target, IReadOnlyList<RunResult> results)
    {
        var suites = results.GroupBy(r => Family(r)).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => new XElement(
            "test-suite",
            [new XAttribute("type", "TestFixture"), new XAttribute("name", g.Key), new XAttribute("fullname", g.Key), .. Counts([.. g]), .. g.Select(TestCase)]));
        return new XDocument(new XElement(
            "test-run",
            [
                new XAttribute("id", "0"), new XAttribute("name", "LinuxWasm conformance on " + target), .. Counts(results),
                new XElement("test-suite", [new XAttribute("type", "Assembly"), new XAttribute("name", "conformance"), .. Counts(results), .. suites]),
            ]));
    }

    private static string Family(RunResult result) => result.Run.Case.Id[..result.Run.Case.Id.LastIndexOf('/')];

    /// <summary>NUnit knows no listed difference and no call that is not there yet: both are skipped, with their reasons.</summary>
    private static string Verdict(RunResult result) => result.Outcome switch { Outcome.Passed => "Passed", Outcome.Failed => "Failed", _ => "Skipped" };

    private static IEnumerable<XAttribute> Counts(IReadOnlyCollection<RunResult> results)
    {
        int Count(string verdict) => results.Count(r => Verdict(r) == verdict);
        yield return new XAttribute("result", Count("Failed") > 0 ? "Failed" : "Passed");
        yield return new XAttribute("total", results.Count);
        yield return new XAttribute("testcasecount", results.Count);
        yield return new XAttribute("passed", Count("Passed"));
        yield return new XAttribute("failed", Count("Failed"));
        yield return new XAttribute("skipped", Count("Skipped"));
        yield return new XAttribute("inconclusive", 0);
        yield return new XAttribute("asserts", results.Sum(r => r.Steps.Count));
    }

    private static XElement TestCase(RunResult result)
    {
        var element = new XElement(
            "test-case",
            new XAttribute("name", result.Run.Id),
            new XAttribute("fullname", result.Run.Id),
            new XAttribute("result", Verdict(result)),
            new XAttribute("duration", result.Duration.TotalSeconds.ToString("F6", CultureInfo.InvariantCulture)),
            new XAttribute("asserts", result.Steps.Count),
            new XElement("properties", result.Run.Case.Tags.Select(tag => new XElement("property", new XAttribute("name", "Category"), new XAttribute("value", tag)))));
        if (result.Outcome == Outcome.Failed)
            element.Add(new XElement("failure", new XElement("message", Clean(string.Join('\n', result.Failures)))));
        else if (result.Reason is { } reason)
            element.Add(new XElement("reason", new XElement("message", Clean(reason))));
        return element;
    }

    /// <summary>XML has no place for most control characters.</summary>
    private static string Clean(string text) => new([.. text.Select(c => System.Xml.XmlConvert.IsXmlChar(c) ? c : '\ufffd')]);
}
