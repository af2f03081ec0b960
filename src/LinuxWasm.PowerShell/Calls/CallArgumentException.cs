namespace LinuxWasm.PowerShell.Calls;

/// <summary>An argument that can't be handed to the call: the message names the call, the parameter and what was expected.</summary>
internal sealed class CallArgumentException(string message, object? argument = null) : Exception(message)
{
    public object? Argument { get; } = argument;
}
