using System.Management.Automation;
using System.Text;
using LinuxWasm.PowerShell.Kernels;

namespace LinuxWasm.PowerShell.Output;

/// <summary>What a system call answered.</summary>
public sealed class WasmSyscallResult
{
    public required string Name { get; init; }

    public required int Number { get; init; }

    /// <summary>Whose number it is, and whose layouts structures have.</summary>
    public required string Abi { get; init; }

    /// <summary>The value; -1 for an error, as C sees it; null where the call ended the process.</summary>
    public required long? ReturnValue { get; init; }

    /// <summary>The error's name, ENOENT; null for success.</summary>
    public required string? Errno { get; init; }

    /// <summary>The error in words, as strerror(3) has it; null for success.</summary>
    public required string? Message { get; init; }

    /// <summary>What the call wrote, by parameter: structures as objects, characters as text, everything else as bytes. Null for nothing.</summary>
    public required PSObject? Output { get; init; }

    /// <summary>The first buffer of the output as UTF-8 text; null where there is none.</summary>
    public string? Text => Output?.Properties.Select(property => property.Value).FirstOrDefault(value => value is byte[] or string) switch
    {
        byte[] bytes => Encoding.UTF8.GetString(bytes),
        string text => text,
        _ => null,
    };

    /// <summary>The error's words, or what was written in a few words.</summary>
    public string Summary => Message ?? (Output is null ? "" : OutputSummary.Of(Output));

    /// <summary>The call as strace(1) prints it.</summary>
    public required string Trace { get; init; }

    /// <summary>The process that made the call.</summary>
    public required int ProcessId { get; init; }

    public required WasmKernel Kernel { get; init; }

    public override string ToString() => Trace;
}
