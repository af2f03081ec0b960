namespace LinuxWasm.Conformance.OwnKernel;

/// <summary>Threads that run tasks, kept from one case to the next: a case is over sooner than a thread has started.</summary>
internal sealed class WorkerPool : IDisposable
{
    private readonly Stack<Worker> _idle = new();
    private readonly Lock _lock = new();
    private bool _disposed;

    public Worker Take()
    {
        lock (_lock)
        {
            if (_idle.TryPop(out var worker))
                return worker;
        }

        return new Worker();
    }

    /// <summary>Takes back a worker that has nothing to do; one that is busy ends by itself.</summary>
    public void Return(Worker worker)
    {
        lock (_lock)
        {
            if (worker.IsIdle && !_disposed)
            {
                _idle.Push(worker);
                return;
            }
        }

        worker.Dispose();
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            foreach (var worker in _idle)
                worker.Dispose();
            _idle.Clear();
        }
    }
}

/// <summary>A thread that does one thing at a time.</summary>
internal sealed class Worker : IDisposable
{
    private readonly object _monitor = new();
    private Action? _job;
    private bool _ended;

    public Worker()
    {
        var thread = new Thread(Work) { IsBackground = true, Name = "conformance task" };
        thread.Start();
    }

    public bool IsIdle
    {
        get
        {
            lock (_monitor)
                return _job is null;
        }
    }

    public void Begin(Action job)
    {
        if (!TryBegin(job))
            throw new InvalidOperationException("the worker is busy");
    }

    /// <summary>False when the worker is busy.</summary>
    public bool TryBegin(Action job)
    {
        lock (_monitor)
        {
            if (_job is not null)
                return false;
            _job = job;
            Monitor.PulseAll(_monitor);
            return true;
        }
    }

    /// <summary>True once the job is done.</summary>
    public bool Wait(TimeSpan patience)
    {
        var end = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        lock (_monitor)
        {
            while (_job is not null)
            {
                var left = end - Environment.TickCount64;
                if (left <= 0 || !Monitor.Wait(_monitor, (int)left))
                    return _job is null;
            }

            return true;
        }
    }

    public void Dispose()
    {
        lock (_monitor)
        {
            _ended = true;
            Monitor.PulseAll(_monitor);
        }
    }

    private void Work()
    {
        while (true)
        {
            Action job;
            lock (_monitor)
            {
                while (_job is null)
                {
                    if (_ended)
                        return;
                    Monitor.Wait(_monitor);
                }

                job = _job;
            }

            job();
            lock (_monitor)
            {
                _job = null;
                Monitor.PulseAll(_monitor);
            }
        }
    }
}
