using System.Globalization;
using System.Text.RegularExpressions;

namespace LinuxWasm.Conformance.Strace.Log;

/// <summary>A log of <c>strace -f -v -s 65535 -yy</c>, read. Every line is an event or a problem.</summary>
/// <param name="Events">In the order of the log, a call where it began.</param>
/// <param name="Problems">What could not be read.</param>
public sealed partial record StraceLog(string File, IReadOnlyList<StraceEvent> Events, IReadOnlyList<StraceProblem> Problems)
{
    public static StraceLog Read(string path) => Parse(path, System.IO.File.ReadLines(path));

    /// <summary>What is wrong with a text most of whose lines are none of strace's; null for a log.</summary>
    public string? Foreign => Problems.Count > Events.Count && Problems[0] is var first
        ? string.Create(CultureInfo.InvariantCulture, $"{File}: does not look like a log of strace: line {first.Line}: {first.Problem}")
        : null;

    /// <param name="file">The name that problems are reported with.</param>
    public static StraceLog Parse(string file, IEnumerable<string> lines) => new LogReader(file).Read(lines);

    // 1234  call...   [pid 1234] call...   with -t, -tt, -ttt or -r's time behind the number
    [GeneratedRegex(@"^(?:\[pid +(?<pid>\d+)\] +|(?<pid>\d+) +(?=[^\d\s]|\d+[:.]\d))?(?:\d\d:\d\d:\d\d(?:\.\d+)? +|\d+\.\d+ +)?(?=\S)")]
    private static partial Regex Prefix();

    [GeneratedRegex(@"^<\.\.\. (?<call>[a-z_0-9]+) resumed> ?,? ?")]
    private static partial Regex Resumed();

    [GeneratedRegex(@"^restart_syscall\(<\.\.\. resuming interrupted (?<call>[a-z_0-9]+) \.\.\.>(?<rest>.*)$")]
    private static partial Regex Resuming();

    [GeneratedRegex(@"^--- (?<signal>SIG[A-Z0-9_+]+) (?<info>.*) ---$|^--- (?:stopped by) (?<stop>SIG[A-Z0-9_+]+) ---$")]
    private static partial Regex Signal();

    [GeneratedRegex(@"^\+\+\+ (?:exited with (?<status>\d+)|killed by (?<signal>SIG[A-Z0-9_+]+)(?: \(core dumped\))?|superseded by execve in pid (?<by>\d+)) \+\+\+$")]
    private static partial Regex End();

    [GeneratedRegex(@"^\[ Process PID=(?<pid>\d+) runs in (?<bits>32|64|x32) bit mode\. \]$")]
    private static partial Regex Mode();

    private sealed class LogReader(string file)
    {
        private readonly List<StraceEvent?> _events = [];
        private readonly List<StraceProblem> _problems = [];
        private readonly Dictionary<int, Unfinished> _unfinished = [];
        private int _line;

        /// <summary>A call's first part, and the place that is kept for it.</summary>
        private sealed record Unfinished(int Line, int Column, string Name, string Text, int Slot);

        public StraceLog Read(IEnumerable<string> lines)
        {
            foreach (var line in lines)
            {
                _line++;
                if (line.Length > 0)
                    ReadLine(line);
            }

            // What had not returned when the log ends: a task that was killed in it, or still waits.
            foreach (var (pid, left) in _unfinished)
                Leave(pid, left);
            return new StraceLog(file, [.. _events.OfType<StraceEvent>()], _problems);
        }

        private void ReadLine(string line)
        {
            var prefix = Prefix().Match(line);
            var pid = prefix.Groups["pid"] is { Success: true } number ? int.Parse(number.ValueSpan, CultureInfo.InvariantCulture) : 0;
            var text = line[prefix.Length..].TrimEnd();
            var column = prefix.Length + 1;
            if (text.StartsWith("strace: Process ", StringComparison.Ordinal) || line.StartsWith("strace: Process ", StringComparison.Ordinal))
                return;
            if (text.StartsWith("--- ", StringComparison.Ordinal))
                ReadSignal(pid, text, column);
            else if (text.StartsWith("+++ ", StringComparison.Ordinal))
                ReadEnd(pid, text, column);
            else if (text.StartsWith("[ Process", StringComparison.Ordinal))
                ReadMode(text, column);
            else if (text.StartsWith("<... ", StringComparison.Ordinal))
                Resume(pid, text, column);
            else if (text.EndsWith("<unfinished ...>", StringComparison.Ordinal))
                Begin(pid, text, column);
            else
                ReadCall(pid, text, column);
        }

        private void ReadCall(int pid, string text, int column)
        {
            if (Resuming().Match(text) is { Success: true } resuming)
                text = resuming.Result("restart_syscall(${call}${rest}");
            var parser = new ValueParser(text);
            try
            {
                var (name, arguments, result) = parser.Call();
                _events.Add(new StraceCall(pid, _line, _line, name, arguments, result));
            }
            catch (StraceSyntaxException error)
            {
                Add(column + error.Offset, NameOf(text), error.Message);
            }
        }

        private void Begin(int pid, string text, int column)
        {
            if (_unfinished.Remove(pid, out var left))
                Leave(pid, left);
            var begun = text[..^"<unfinished ...>".Length].TrimEnd();
            if (Resuming().Match(begun) is { Success: true } resuming)
                begun = resuming.Result("restart_syscall(${call}");
            if (NameOf(begun) is { } name)
            {
                _unfinished[pid] = new Unfinished(_line, column, name, begun, _events.Count);
                _events.Add(null);
            }
            else
                Add(column, null, "expected the beginning of a call before '<unfinished ...>'");
        }

        private void Resume(int pid, string text, int column)
        {
            var match = Resumed().Match(text);
            if (!match.Success)
            {
                Add(column, null, "expected '<... call resumed>'");
                return;
            }

            var name = match.Groups["call"].Value;
            if (!_unfinished.Remove(pid, out var first) || first.Name != name)
            {
                Add(column, name, $"{name} is resumed, but the log has no unfinished one of process {pid}");
                return;
            }

            var rest = text[match.Length..];
            var comma = match.Value.Contains(',', StringComparison.Ordinal) && !first.Text.EndsWith(',') && !first.Text.EndsWith('(');
            var head = first.Text + (comma ? ", " : first.Text.EndsWith(',') ? " " : "");
            try
            {
                var (call, arguments, result) = new ValueParser(head + rest).Call();
                _events[first.Slot] = new StraceCall(pid, first.Line, _line, call, arguments, result);
            }
            catch (StraceSyntaxException error)
            {
                var inHead = error.Offset < head.Length;
                _problems.Add(new StraceProblem(file, inHead ? first.Line : _line, inHead ? first.Column + error.Offset : column + match.Length + error.Offset - head.Length, name, error.Message));
            }
        }

        /// <summary>A call without a second part: exit_group and a call that a kill cut short never return.</summary>
        private void Leave(int pid, Unfinished left)
        {
            var text = left.Text.TrimEnd(',', ' ') + ") = ?";
            try
            {
                var (name, arguments, result) = new ValueParser(text).Call();
                _events[left.Slot] = new StraceCall(pid, left.Line, left.Line, name, arguments, result);
            }
            catch (StraceSyntaxException error)
            {
                _problems.Add(new StraceProblem(file, left.Line, left.Column + error.Offset, left.Name, $"the call is never resumed, and {error.Message}"));
            }
        }

        private void ReadSignal(int pid, string text, int column)
        {
            var match = Signal().Match(text);
            if (!match.Success)
            {
                Add(column, null, "expected '--- SIGNAL {...} ---'");
                return;
            }

            if (match.Groups["stop"].Success)
                return;
            StraceValue? info = null;
            try
            {
                info = new ValueParser(match.Groups["info"].Value).Whole();
            }
            catch (StraceSyntaxException error)
            {
                Add(column + match.Groups["info"].Index + error.Offset, null, error.Message);
            }

            _events.Add(new StraceSignal(pid, _line, match.Groups["signal"].Value, info));
        }

        private void ReadEnd(int pid, string text, int column)
        {
            var match = End().Match(text);
            if (!match.Success)
            {
                Add(column, null, "expected '+++ exited with N +++' or '+++ killed by SIGNAL +++'");
                return;
            }

            if (_unfinished.Remove(pid, out var left))
                Leave(pid, left);
            if (!match.Groups["by"].Success)
            {
                var status = match.Groups["status"] is { Success: true } number ? int.Parse(number.ValueSpan, CultureInfo.InvariantCulture) : (int?)null;
                _events.Add(new StraceEnd(pid, _line, status, status is null ? match.Groups["signal"].Value : null));
            }
        }

        private void ReadMode(string text, int column)
        {
            var match = Mode().Match(text);
            if (match.Success && match.Groups["bits"].Value != "x32")
                _events.Add(new StraceMode(int.Parse(match.Groups["pid"].ValueSpan, CultureInfo.InvariantCulture), _line, match.Groups["bits"].Value == "32"));
            else
                Add(column, null, "expected '[ Process PID=N runs in 32 bit mode. ]'");
        }

        private static string? NameOf(string text)
        {
            var length = 0;
            while (length < text.Length && (char.IsAsciiLetterOrDigit(text[length]) || text[length] == '_'))
                length++;
            return length > 0 && length < text.Length && text[length] == '(' && !char.IsAsciiDigit(text[0]) ? text[..length] : null;
        }

        private void Add(int column, string? call, string problem) => _problems.Add(new StraceProblem(file, _line, column, call, problem));
    }
}
