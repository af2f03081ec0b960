using LinuxWasm.Engine;
using LinuxWasm.Kernel;

namespace LinuxWasm.Machine;

/// <summary>How a machine is set up: its kernel, and how its programs are run.</summary>
public sealed record MachineOptions
{
    /// <summary>The bounds of <see cref="StackLimit"/>.</summary>
    public const ulong SmallestStack = 1 << 20, LargestStack = 1 << 30;

    public KernelOptions Kernel { get; init; } = new();

    /// <summary>
    /// Bytes of stack that a guest's frames may use before SIGSEGV, from <see cref="SmallestStack"/> to <see cref="LargestStack"/>. What has its address
    /// taken lies in the guest's own memory instead, where its linker put the stack.
    /// </summary>
    public ulong StackLimit { get; init; } = 64 << 20;

    /// <summary>Where compiled programs are kept for the next start; null: nowhere. Who makes it disposes of it.</summary>
    public ModuleCache? Cache { get; init; }

    /// <summary>What <see cref="ProgramStart.EmulateFunctionPointerCasts"/> is for programs whose start does not say.</summary>
    public bool EmulateFunctionPointerCasts { get; init; }

    /// <summary>Whether the tree starts with /dev, /tmp and /etc; without, it is an empty tmpfs.</summary>
    public bool DefaultTree { get; init; } = true;

    /// <summary>Makes the engine that runs the programs. All else knows it as <see cref="IWasmEngine"/>.</summary>
    public Func<EngineOptions, IWasmEngine> Engine { get; init; } = static options => new IlEngine(options);
}
