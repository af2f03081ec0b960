using System.Globalization;
using System.Text;
using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Expressions;

namespace LinuxWasm.Conformance.Explaining;

/// <summary>Cases in words: what is set up, who calls what, and what is expected.</summary>
public static class CaseExplainer
{
    /// <summary>The calls of each run.</summary>
    public static string Calls(IReadOnlyList<CaseRun> runs)
    {
        var text = new StringBuilder();
        var first = runs[0].Case;
        text.AppendLine(CultureInfo.InvariantCulture, $"{first.Id}: {first.About}");
        if (first.Man.Count > 0)
            text.AppendLine(CultureInfo.InvariantCulture, $"see {string.Join(", ", first.Man)}");
        foreach (var run in runs)
            Explain(run, text.AppendLine());
        text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"As a C program: linuxwasm conform --explain '{runs[^1].Id}' --c > case.c");
        return text.ToString();
    }

    private static void Explain(CaseRun run, StringBuilder text)
    {
        text.AppendLine(run.Id);
        foreach (var item in run.Setup)
            text.AppendLine("  has  " + Describe(item));
        if (run.Identity.Uid is not null)
            text.AppendLine("  as   uid " + ExpressionText.Of(run.Identity.Uid));
        foreach (var task in run.Tasks)
        {
            if (run.Tasks.Count > 1)
                text.AppendLine(CultureInfo.InvariantCulture, $"  task {task.Name} ({task.Origin.ToString().ToLowerInvariant()}{(task.After is null ? "" : ", after " + task.After)})");
            for (var i = 0; i < task.Steps.Count; i++)
                Explain(task.Name, i + 1, task.Steps[i], text);
        }

        foreach (var file in run.End.Files)
            text.AppendLine(CultureInfo.InvariantCulture, $"  end  {ExpressionText.Of(file.Path)} {(file.Absent ? "absent" : string.Join(", ", file.Properties.Select(p => $"{p.Name} {ExpressionText.Of(p.Expected)}")))}");
    }

    private static void Explain(string task, int number, StepSpec step, StringBuilder text)
    {
        text.AppendLine(CultureInfo.InvariantCulture, $"  {task}.{number}  {ExpressionText.Of(step.Call)} {Expected(step)}");
        if (step.Blocks)
            text.AppendLine(step.Until is null ? "         sleeps" : $"         sleeps until {step.Until} is done");
        foreach (var (name, value) in step.Captures)
            text.AppendLine(CultureInfo.InvariantCulture, $"         ${name} = {ExpressionText.Of(value)}");
        foreach (var (_, condition) in step.Checks)
            text.AppendLine("         then " + ExpressionText.Of(condition));
        foreach (var buffer in step.Untouched)
            text.AppendLine(CultureInfo.InvariantCulture, $"         {buffer} is as it was");
    }

    private static string Expected(StepSpec step)
    {
        if (step.NoReturn)
            return "= ?";
        if (step.Expected is null)
            return step.AnyResult ? "= any" : "";
        return $"{(step.Relation == "==" ? "=" : step.Relation)} {ExpressionText.Of(step.Expected)}";
    }

    private static string Describe(SetupItem item)
    {
        var what = item switch
        {
            SetupFile { Content: { } content } => "file with " + ExpressionText.Of(content),
            SetupFile => "file",
            SetupDirectory => "directory",
            SetupSymlink link => "symlink to " + ExpressionText.Of(link.Target),
            SetupLink link => "link to " + ExpressionText.Of(link.Target),
            SetupNode node => ExpressionText.Of(node.Type),
            SetupMount mount => "mount of " + ExpressionText.Of(mount.FileSystem),
            _ => "",
        };
        return $"{ExpressionText.Of(item.Path)} {what}{(item.Mode is null ? "" : ", mode " + ExpressionText.Of(item.Mode))}{(item.Owner is null ? "" : ", owner " + ExpressionText.Of(item.Owner))}";
    }
}
