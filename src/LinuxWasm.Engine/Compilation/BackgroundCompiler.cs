namespace LinuxWasm.Engine.Compilation;

/// <summary>Compiles what nobody waits for: one thread for the process, which ends when it has nothing left to do.</summary>
internal static class BackgroundCompiler
{
    private static readonly Lock Gate = new();
    private static readonly Queue<CodeForm> Work = new();
    private static bool running;

    public static void Enqueue(CodeForm form)
    {
        lock (Gate)
        {
            Work.Enqueue(form);
            if (running)
                return;
            running = true;
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
            running = false;
            return null;
        }
    }
}
