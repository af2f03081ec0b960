namespace LinuxWasm.Engine.Compilation;

/// <summary>Compiles what nobody waits for yet, on threads for the whole process, which end when they have nothing left to do.</summary>
internal static class BackgroundCompiler
{
    /// <summary>
    /// As many as there are processors, though the guest wants one too: at its start it waits, time and again, for the very
    /// function that is being compiled.
    /// </summary>
    private static readonly int MostThreads = Math.Clamp(Environment.ProcessorCount, 1, 4);

    private static readonly Lock Gate = new();
    private static readonly Queue<CodeForm> Work = new();
    private static int threads;

    public static void Enqueue(CodeForm form)
    {
        lock (Gate)
        {
            Work.Enqueue(form);
            if (threads == MostThreads)
                return;
            threads++;
        }

        new Thread(Run) { IsBackground = true, Name = "wasm compiler" }.Start();
    }

    private static void Run()
    {
        while (Next() is { } form)
        {
            try
            {
                _ = form.Address;
            }
            catch (OutOfMemoryException)
            {
                // The guest goes on in the form that it has; when it needs this one, it tries anew.
            }
        }
    }

    private static CodeForm? Next()
    {
        lock (Gate)
        {
            if (Work.TryDequeue(out var form))
                return form;
            threads--;
            return null;
        }
    }
}
