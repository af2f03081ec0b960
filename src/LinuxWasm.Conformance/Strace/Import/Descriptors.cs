using System.Globalization;
using LinuxWasm.Conformance.Strace.Log;
using LinuxWasm.Conformance.Strace.Tree;

namespace LinuxWasm.Conformance.Strace.Import;

/// <summary>What calls do to a process's table of descriptors. Made after the call's step, which still names the old ones.</summary>
internal sealed class Descriptors(ProcessState process, NameTable names, LogTree tree)
{
    /// <param name="missing">Why the call could not become a step; what it opened is then missing for that reason.</param>
    public void Follow(StraceCall call, CallSignature signature, Dictionary<int, string> paths, string? missing)
    {
        if (call.Result.Failed || call.Result.Value is not { } result)
            return;
        switch (call.Name)
        {
            case "close":
                process.Files.Remove(Number(call, 0));
                break;
            case "close_range":
                foreach (var number in process.Files.Keys.Where(n => n >= Number(call, 0) && (uint)n <= (uint)Number(call, 1)).ToList())
                    process.Files.Remove(number);
                break;
            case "dup" or "dup2" or "dup3":
                Copy(Number(call, 0), result, Mentions(call, "O_CLOEXEC"), missing);
                break;
            case "fcntl" or "fcntl64":
                Control(call, result, missing);
                break;
            case "pipe" or "pipe2":
                foreach (var end in (call.Arguments[0] as StraceList)?.Items.OfType<StraceWord>() ?? [])
                    Open(end, new LogFile { Missing = missing }, Mentions(call, "O_CLOEXEC"));
                break;
            default:
                if (signature.Result.Kind == "fd")
                    Open(result, Opened(call, result, paths, missing), CloseOnExec(call));
                // A call that the importer does not know, but -yy shows that it gave a descriptor: a socket, for instance.
                else if (result.Decoration is not null)
                    Open(result, new LogFile { Missing = missing ?? $"it needs what {call.Name} made" }, CloseOnExec(call));
                break;
        }
    }

    private LogFile Opened(StraceCall call, StraceWord result, Dictionary<int, string> paths, string? missing)
    {
        var path = LogWorld.RealPath(result) ?? paths.Values.FirstOrDefault();
        var isTree = call.Name is "open" or "openat" or "openat2" or "creat" && path is not null && missing is null;
        return isTree ? new LogFile { Path = path, Inode = tree.Find(path!) } : new LogFile { Missing = missing };
    }

    private void Control(StraceCall call, StraceWord result, string? missing)
    {
        switch ((call.Arguments.ElementAtOrDefault(1) as StraceWord)?.Text)
        {
            case "F_DUPFD" or "F_DUPFD_CLOEXEC":
                Copy(Number(call, 0), result, Mentions(call, "F_DUPFD_CLOEXEC"), missing);
                break;
            case "F_SETFD" when process.Files.TryGetValue(Number(call, 0), out var descriptor):
                process.Files[Number(call, 0)] = descriptor with { CloseOnExec = Mentions(call, "FD_CLOEXEC") };
                break;
        }
    }

    private void Copy(int from, StraceWord to, bool closeOnExec, string? missing)
    {
        var file = missing is null && process.Files.TryGetValue(from, out var source) ? source.File : new LogFile { Missing = missing ?? "a descriptor was open before the log begins" };
        Open(to, file, closeOnExec);
    }

    private void Open(StraceWord descriptor, LogFile file, bool closeOnExec)
    {
        if (descriptor.Number is not { } number)
            return;
        var expression = names.Captured.TryGetValue((int)number, out var name) ? "$" + name : number.ToString(CultureInfo.InvariantCulture);
        process.Files[(int)number] = new LogDescriptor(file, expression, closeOnExec);
    }

    private static int Number(StraceCall call, int argument) => (int)(call.Arguments.ElementAtOrDefault(argument)?.Number ?? -1);

    private static bool CloseOnExec(StraceCall call) =>
        call.Arguments.Any(a => a is StraceWord word && word.Text.Contains("CLOEXEC", StringComparison.Ordinal))
        || call.Arguments.OfType<StraceStruct>().Any(s => (s["flags"] as StraceWord)?.Text.Contains("O_CLOEXEC", StringComparison.Ordinal) == true);

    private static bool Mentions(StraceCall call, string flag) => call.Arguments.OfType<StraceWord>().Any(w => w.Text.Split('|').Contains(flag, StringComparer.Ordinal));
}
