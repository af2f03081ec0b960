using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using LinuxWasm.Machine;

namespace LinuxWasm.PowerShell.Kernels;

/// <summary>The kernels of one session (runspace), and which of them is its current one.</summary>
internal sealed class KernelRegistry : IDisposable
{
    private static readonly ConditionalWeakTable<Runspace, KernelRegistry> Registries = [];
    private static readonly KernelRegistry WithoutRunspace = new();

    private readonly Lock _lock = new();
    private readonly List<WasmKernel> _kernels = [];
    private WasmKernel? _selected;
    private int _lastId;

    /// <summary>The registry of the session that the current thread works for.</summary>
    public static KernelRegistry Current =>
        Runspace.DefaultRunspace is { } runspace ? Registries.GetValue(runspace, Create) : WithoutRunspace;

    /// <summary>The running kernels, oldest first.</summary>
    public IReadOnlyList<WasmKernel> Kernels
    {
        get
        {
            lock (_lock)
                return [.. _kernels];
        }
    }

    /// <summary>The session's current kernel: the one chosen last, else the newest; null where none runs.</summary>
    public WasmKernel? Selected
    {
        get
        {
            lock (_lock)
                return _selected ?? _kernels.LastOrDefault();
        }
    }

    /// <summary>Starts a kernel and makes it the current one.</summary>
    /// <exception cref="InvalidOperationException">A kernel of that name runs already.</exception>
    public WasmKernel Start(string? name, MachineOptions options)
    {
        var kernel = new WasmKernel(this, Interlocked.Increment(ref _lastId), name, options);
        lock (_lock)
        {
            if (!_kernels.Exists(other => string.Equals(other.Name, kernel.Name, StringComparison.OrdinalIgnoreCase)))
            {
                _kernels.Add(kernel);
                _selected = kernel;
                return kernel;
            }
        }

        kernel.Machine.Dispose();
        throw new InvalidOperationException($"a kernel called '{kernel.Name}' runs already; another name is expected, or Stop-WasmKernel '{kernel.Name}' first");
    }

    public void Select(WasmKernel kernel)
    {
        lock (_lock)
            _selected = kernel;
    }

    public void Remove(WasmKernel kernel)
    {
        lock (_lock)
        {
            _kernels.Remove(kernel);
            if (ReferenceEquals(_selected, kernel))
                _selected = null;
        }
    }

    /// <summary>Stops all kernels.</summary>
    public void Dispose()
    {
        foreach (var kernel in Kernels)
            kernel.Stop();
    }

    private static KernelRegistry Create(Runspace runspace)
    {
        var registry = new KernelRegistry();
        runspace.StateChanged += (_, change) =>
        {
            if (change.RunspaceStateInfo.State is RunspaceState.Closed or RunspaceState.Broken)
                registry.Dispose();
        };
        return registry;
    }
}
