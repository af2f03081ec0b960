using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Expressions;

namespace LinuxWasm.Conformance.Running;

/// <summary>Compares the tree and the descriptors at the end with what the case says.</summary>
internal sealed class EndStateChecker(CaseRun run, HarnessCalls init, Evaluator evaluator)
{
    private const int MaxContent = 1 << 20;

    public List<string> CheckFiles()
    {
        var failures = new List<string>();
        foreach (var file in run.End.Files)
            CheckFile(file, failures);
        return failures;
    }

    public List<string> CheckDescriptors(string task, HarnessCalls calls)
    {
        var failures = new List<string>();
        foreach (var descriptor in run.End.Descriptors.Where(d => d.Task == task))
            CheckDescriptor(descriptor, calls, failures);
        return failures;
    }

    private void CheckFile(EndFile file, List<string> failures)
    {
        byte[] path = [.. evaluator.Evaluate(file.Path).Bytes!, 0];
        var name = Value.Quote(path.AsSpan(0, path.Length - 1));
        var status = init.Status(path);
        if (file.Absent != status is null)
        {
            failures.Add($"{file.Position}: end: {name} is {(status is null ? "absent" : "there")}, expected {(file.Absent ? "absent" : "there")}");
            return;
        }

        foreach (var (property, expected) in file.Properties)
        {
            var actual = Property(property, path, status!);
            if (!evaluator.IsExpected(actual, expected))
                failures.Add($"{file.Position}: end: {property} of {name} is {Show(property, actual)}");
        }
    }

    private Value Property(string property, byte[] path, Func<string, Int128> status) => property switch
    {
        "type" => status("st_mode") & 0xF000,
        "mode" => status("st_mode") & 0xFFF,
        "size" => status("st_size"),
        "nlink" => status("st_nlink"),
        "uid" => status("st_uid"),
        "gid" => status("st_gid"),
        "mtime" => status("st_mtime"),
        "atime" => status("st_atime"),
        "target" => new Value(0, init.ReadLink(path)),
        "content" => new Value(0, init.ReadFile(path, MaxContent)),
        _ => throw new InvalidOperationException($"unknown property '{property}'"),
    };

    private static string Show(string property, Value actual) =>
        property is "mode" or "type" ? "0" + Convert.ToString((long)actual.Number, 8) : actual.ToString();

    private void CheckDescriptor(EndDescriptor descriptor, HarnessCalls calls, List<string> failures)
    {
        var fd = evaluator.Number(descriptor.Descriptor);
        var (flags, _) = calls.Call("fcntl", [fd, HarnessCalls.Constant("F_GETFD"), 0]);
        if (descriptor.Closed != flags.Error is not null)
        {
            failures.Add($"{descriptor.Position}: end: descriptor {fd} of {descriptor.Task} is {(flags.Error is null ? "open" : "closed")}, expected {(descriptor.Closed ? "closed" : "open")}");
            return;
        }

        foreach (var (property, expected) in descriptor.Properties)
        {
            var actual = property switch
            {
                "flags" => flags,
                "status" => StatusFlags(calls, fd),
                _ => calls.Call("lseek", [fd, 0, HarnessCalls.Constant("SEEK_CUR")]).Result,
            };
            if (actual.Error is not null || !evaluator.IsExpected(actual.Value, expected))
                failures.Add($"{descriptor.Position}: end: {property} of descriptor {fd} of {descriptor.Task} is {actual}");
        }
    }

    /// <summary>Without O_LARGEFILE, which says how the file was opened and not what the descriptor does.</summary>
    private static CallResult StatusFlags(HarnessCalls calls, Int128 fd)
    {
        var (result, _) = calls.Call("fcntl", [fd, HarnessCalls.Constant("F_GETFL"), 0]);
        return result.Error is null ? result with { Value = result.Value & ~HarnessCalls.Constant("O_LARGEFILE") } : result;
    }
}
