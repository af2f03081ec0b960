using System.Collections.Concurrent;

namespace LinuxWasm.Engine.Compilation;

/// <summary>IL signatures of calls.</summary>
internal static class Signatures
{
    private static readonly ConcurrentDictionary<FuncType, byte[]> Calls = new();

    /// <summary>The signature of a compiled function.</summary>
    public static byte[] ForCall(FuncType type) =>
        Calls.GetOrAdd(type, t => IlWriter.Signature(IlTypes.ResultOf(t), FunctionCompiler.ParameterTypes(t)));
}
