using System.Diagnostics;
using LinuxWasm.Engine.Compilation;

namespace LinuxWasm.Engine;

/// <summary>The guest's functions in an exception's stack trace.</summary>
internal static class GuestTrace
{
    private const int MaximumFrames = 64;

    public static Func<IReadOnlyList<string>> Of(TrapException trap, WasmModule module)
    {
        var trace = new StackTrace(trap, fNeedFileInfo: false);
        return () => Read(trace, module);
    }

    private static List<string> Read(StackTrace trace, WasmModule module)
    {
        string prefix = FunctionCompiler.MethodName(0)[..^1];
        var frames = new List<string>();
        foreach (var frame in trace.GetFrames())
        {
            string? name = DiagnosticMethodInfo.Create(frame)?.Name;
            if (name is null || !name.StartsWith(prefix, StringComparison.Ordinal) || !int.TryParse(name.AsSpan(prefix.Length), out int index))
                continue;
            frames.Add(module.FunctionName(index));
            if (frames.Count == MaximumFrames)
                break;
        }

        return frames;
    }
}
