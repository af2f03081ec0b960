using System.Globalization;
using System.Text;
using LinuxWasm.Conformance.Strace.Log;
using LinuxWasm.Conformance.Strace.Tree;

namespace LinuxWasm.Conformance.Strace.Import;

/// <summary>Descriptors 0 to 2, which the program was started with, as far as its log shows what they are.</summary>
internal sealed class StandardFiles
{
    private const string About = "the program was started with it";

    private readonly StraceLog _log;
    private readonly List<(int Number, LogFile File)> _files;

    public StandardFiles(StraceLog log, LogTree tree)
    {
        _log = log;
        _files = [.. Enumerable.Range(0, 3).Select(number => (number, FileOf(number, tree)))];
    }

    /// <summary>Those that the log does not show are /dev/null, as in every case.</summary>
    public IReadOnlyList<(int Number, LogFile File)> Files => _files;

    /// <summary>Steps that open them.</summary>
    public List<ImportedStep> Steps(string task, BufferPool buffers)
    {
        var steps = new List<ImportedStep>();
        void Add(string line) => steps.Add(new ImportedStep { Task = task, Line = line, About = About });
        foreach (var (number, file) in _files)
        {
            if (file.Missing is not null || file.Path == "/dev/null")
                continue;
            // `>out 2>&1`: one description for both.
            if (number == 2 && file.Path is not null && file.Path == _files[1].File.Path)
            {
                Add("dup2(1, 2) = 2");
                continue;
            }

            if (file.Path is null)
            {
                buffers.Pair("pipe_ends");
                var pipe = new ImportedStep { Task = task, Line = "pipe2(&pipe_ends, 0) = 0", About = About };
                pipe.Captures.Add(($"std{number}", "pipe_ends[1]"));
                steps.Add(pipe);
            }
            else
                Add($"openat(AT_FDCWD, {Literals.Quote(Encoding.UTF8.GetBytes(file.Path))}, {Mode(number)}|O_CREAT, 0644) = $std{number}");
            if (FirstPosition(number) is > 0 and var position)
                Add($"lseek($std{number}, {position}, SEEK_SET) = {position}");
            Add($"dup2($std{number}, {number}) = {number}");
            Add($"close($std{number}) = 0");
        }

        return steps;
    }

    private LogFile FileOf(int number, LogTree tree)
    {
        var shown = CallsOn(number).Select(call => call.Arguments.OfType<StraceWord>().First(word => word.Text == Text(number)).Decoration).FirstOrDefault(decoration => decoration is not null);
        if (shown is null || shown.StartsWith("/dev/null", StringComparison.Ordinal))
            return new LogFile { Path = "/dev/null" };
        if (shown.StartsWith('/') && !shown.StartsWith("/dev/", StringComparison.Ordinal) && !shown.EndsWith(" (deleted)", StringComparison.Ordinal))
            return new LogFile { Path = shown, Inode = tree.Exists(shown, LogFileKind.File) };
        if (shown.StartsWith("pipe:", StringComparison.Ordinal) && number > 0)
            return new LogFile();
        return new LogFile { Missing = $"it needs {shown.Split('[', '<')[0].TrimEnd(':')}, which was open before the log begins" };
    }

    /// <summary>How it was opened, where the program asks. A shell opens for writing what it redirects to.</summary>
    private string Mode(int number)
    {
        var asked = CallsOn(number).FirstOrDefault(call => call is { Name: "fcntl" or "fcntl64", Arguments: [_, StraceWord { Text: "F_GETFL" }, ..], Result.Failed: false });
        return (asked?.Result.Value?.Number & 3) switch { 0 => "O_RDONLY", 1 => "O_WRONLY", _ => "O_RDWR" };
    }

    /// <summary>Where it stood, if the program asked before it moved it.</summary>
    private long? FirstPosition(int number)
    {
        foreach (var call in _log.Events.OfType<StraceCall>())
        {
            if (call.Arguments is not [StraceWord descriptor, ..] || descriptor.Text != Text(number))
                continue;
            if (call.Name == "lseek" && call.Arguments is [_, StraceWord { Text: "0" }, StraceWord { Text: "SEEK_CUR" }])
                return call.Result.Value?.Number;
            if (call.Name is "read" or "write" or "readv" or "writev" or "lseek" or "close" or "dup2")
                return null;
        }

        return null;
    }

    private IEnumerable<StraceCall> CallsOn(int number) =>
        _log.Events.OfType<StraceCall>().Where(call => call.Arguments.OfType<StraceWord>().Any(word => word.Text == Text(number) && word.Decoration is not null));

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
