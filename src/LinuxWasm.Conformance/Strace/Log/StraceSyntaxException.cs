namespace LinuxWasm.Conformance.Strace.Log;

/// <summary>A text that strace does not print.</summary>
/// <param name="offset">Characters from the start of the text.</param>
internal sealed class StraceSyntaxException(int offset, string message) : Exception(message)
{
    public int Offset => offset;
}
