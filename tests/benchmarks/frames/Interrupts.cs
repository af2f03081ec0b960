using System.Diagnostics;

namespace LinuxWasm.Frames.Benchmark;

/// <summary>Another thread interrupts a guest that only computes; a function of the guest is called there, and the guest goes on.</summary>
internal static class Interrupts
{
    private const int Count = 200;

    public static void Measure(Guest guest)
    {
        var instance = guest.Make(suspending: true);
        using var memory = instance.Memory!;
        var handler = instance.GetFunction("handler")!.CreateDelegate<Func<int>>();
        int stop = instance.GetFunction("stop_at")!.CreateDelegate<Func<int>>()();
        using var arrived = new SemaphoreSlim(0);
        long at = 0;
        int calls = 0;
        instance.Execution.OnSafepoint = _ =>
        {
            calls = handler();
            at = Stopwatch.GetTimestamp();
            arrived.Release();
        };
        var thread = new Thread(() => instance.GetFunction("spin")!.CreateDelegate<Func<int, int>>()(stop));
        thread.Start();
        var random = new Random(1);
        var times = new List<double>();
        for (int i = 0; i < Count; i++)
        {
            Thread.Sleep(random.Next(1, 4));
            long from = Stopwatch.GetTimestamp();
            instance.Execution.Interrupt();
            arrived.Wait();
            times.Add(Stopwatch.GetElapsedTime(from, Volatile.Read(ref at)).TotalMilliseconds);
        }

        memory.TryGetSpan((uint)stop, 4, out var word);
        word[0] = 1;
        thread.Join();
        if (calls != Count)
            throw new InvalidOperationException($"the handler ran {calls} times, not {Count}");
        Figures.Row("a compute loop interrupted, its handler called: median", Figures.Median(times), " ms", "10 ms");
        Figures.Row("the same: the slowest of 200", times.Max(), " ms", "10 ms");
    }
}
