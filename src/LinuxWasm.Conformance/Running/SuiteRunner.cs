using LinuxWasm.Conformance.Cases;

namespace LinuxWasm.Conformance.Running;

/// <summary>Runs many cases, on several targets of the same kind at once.</summary>
public static class SuiteRunner
{
    /// <summary>The results in the order of the runs. <paramref name="report"/> is told of each as it is there, one at a time.</summary>
    public static IReadOnlyList<RunResult> Run(IReadOnlyList<CaseRun> runs, Func<ICaseTarget> makeTarget, int workers, Action<RunResult>? report = null, CancellationToken cancel = default)
    {
        var results = new RunResult[runs.Count];
        var next = -1;
        var gate = new Lock();
        Exception? broken = null;

        void Work()
        {
            try
            {
                using var target = makeTarget();
                var runner = new CaseRunner(target);
                for (var i = Interlocked.Increment(ref next); i < runs.Count && !cancel.IsCancellationRequested && broken is null; i = Interlocked.Increment(ref next))
                {
                    var result = runner.Run(runs[i]);
                    lock (gate)
                    {
                        results[i] = result;
                        report?.Invoke(result);
                    }
                }
            }
            catch (TargetException error)
            {
                broken = error;
            }
        }

        var threads = Enumerable.Range(0, Math.Max(1, Math.Min(workers, runs.Count))).Select(_ => new Thread(Work)).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        if (broken is not null)
            throw new TargetException(broken.Message, broken);
        cancel.ThrowIfCancellationRequested();
        return results;
    }
}
