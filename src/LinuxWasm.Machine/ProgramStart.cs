using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Tty;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Machine;

/// <summary>What a program is started with.</summary>
public sealed record ProgramStart
{
    /// <summary>The command line; the first is the program's name.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>KEY=VALUE.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>The files that become descriptors 0, 1 and 2; null for one that is closed. The process takes them over.</summary>
    public IReadOnlyList<OpenFile?> StandardFiles { get; init; } = [];

    /// <summary>The terminal that controls the session which the process begins; null for none.</summary>
    public HostedTerminal? Terminal { get; init; }

    /// <summary>Who the program runs as.</summary>
    public Credentials Credentials { get; init; } = Credentials.Root;

    /// <summary>A guest path.</summary>
    public string WorkingDirectory { get; init; } = "/";

    /// <summary>The number table and layouts, where the module's own are not to be taken.</summary>
    public GuestAbi? Abi { get; init; }

    /// <summary>
    /// For the process and its descendants: a call through a pointer to a function of another type drops surplus arguments and gives zero for
    /// missing ones, as native machines do in effect. Else it is a SIGILL. Null: as the machine has it.
    /// </summary>
    public bool? EmulateFunctionPointerCasts { get; init; }

    /// <summary>Sees every call.</summary>
    public ISyscallTracer? Tracer { get; init; }
}
