using LinuxWasm.Conformance.Strace.Log;

namespace LinuxWasm.Conformance.Strace.Import;

/// <summary>
/// In which order the calls of several tasks are made again, one after the other. In a log they overlap: a call that may sleep is made where
/// it returned, when what it waited for is there; a read of a pipe as soon as its bytes are, and before a later write adds to them; all
/// others where they began.
/// </summary>
internal sealed class CallOrder
{
    private static readonly HashSet<string> _sleeps =
    [
        "wait4", "waitpid", "waitid", "read", "readv", "pread64", "preadv", "preadv2", "poll", "ppoll", "select", "_newselect", "pselect6", "epoll_wait", "epoll_pwait", "futex",
        "nanosleep", "clock_nanosleep", "flock", "fcntl", "fcntl64", "rt_sigsuspend", "rt_sigtimedwait", "pause", "splice", "sendfile", "copy_file_range", "tee",
    ];

    private readonly Dictionary<StraceCall, int> _reads = new(ReferenceEqualityComparer.Instance);

    public CallOrder(StraceLog log)
    {
        var writes = new Dictionary<string, List<(int Line, long Total)>>();
        var reads = new Dictionary<string, long>();
        foreach (var call in log.Events.OfType<StraceCall>().Where(c => c.Name is "write" or "writev" && c.Result.Value?.Number > 0))
        {
            if (PipeOf(call) is not { } pipe)
                continue;
            if (!writes.TryGetValue(pipe, out var known))
                writes[pipe] = known = [];
            known.Add((call.Line, (known.Count > 0 ? known[^1].Total : 0) + call.Result.Value!.Number!.Value));
        }

        foreach (var call in log.Events.OfType<StraceCall>().Where(c => c.Name is "read" or "readv" && c.Result.Value?.Number > 0).OrderBy(c => c.LastLine))
        {
            if (PipeOf(call) is not { } pipe || !writes.TryGetValue(pipe, out var known))
                continue;
            var total = reads[pipe] = reads.GetValueOrDefault(pipe) + call.Result.Value!.Number!.Value;
            var source = known.FirstOrDefault(w => w.Total >= total);
            if (source.Line > 0 && source.Line < call.LastLine)
                _reads[call] = (2 * Math.Max(call.Line, source.Line)) + 1;
        }
    }

    public static bool MaySleep(string call) => _sleeps.Contains(call);

    /// <summary>Where an event is among the others. A call that a signal interrupted really sleeps until then, so that it is made where it began.</summary>
    public int PlaceOf(StraceEvent next)
    {
        if (next is not StraceCall { IsSplit: true, Result.Error: not "EINTR" } call || !MaySleep(call.Name))
            return 2 * next.Line;
        return _reads.TryGetValue(call, out var place) ? place : 2 * call.LastLine;
    }

    private static string? PipeOf(StraceCall call) =>
        call.Arguments.FirstOrDefault() is StraceWord { Decoration: { } thing } && thing.StartsWith("pipe:", StringComparison.Ordinal) ? thing : null;
}
