using LinuxWasm.Abi;
using LinuxWasm.Kernel.FileSystems.Pts;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Tty;

/// <summary>The pseudoterminals of a kernel by number.</summary>
internal sealed class TerminalTable(LinuxKernel kernel)
{
    /// <summary>kernel.pty.max.</summary>
    private const int Most = 4096;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<int, Terminal> _terminals = [];
    private PtsSuperBlock? _unmounted;

    /// <summary>All of them, lowest number first.</summary>
    public IReadOnlyList<Terminal> All
    {
        get
        {
            lock (_lock)
                return [.. _terminals.Values];
        }
    }

    /// <summary>The one with a number, or null.</summary>
    public Terminal? Find(int number)
    {
        lock (_lock)
            return _terminals.GetValueOrDefault(number);
    }

    /// <summary>Makes one under the lowest number that is free; null where there are as many as there may be (ENOSPC).</summary>
    public Terminal? Make(Tasks.Credentials owner)
    {
        lock (_lock)
        {
            var number = 0;
            while (_terminals.ContainsKey(number))
                number++;
            if (number >= Most)
                return null;
            return _terminals[number] = new Terminal(kernel, number, owner);
        }
    }

    public void Remove(Terminal terminal)
    {
        lock (_lock)
            _terminals.Remove(terminal.Number);
    }

    /// <summary>A place to open a terminal at that is in nobody's tree (TIOCGPTPEER).</summary>
    public VfsPath PlaceOf(Terminal terminal)
    {
        PtsSuperBlock superBlock;
        lock (_lock)
            superBlock = _unmounted ??= new PtsSuperBlock(kernel, new DevptsType(), "devpts", PtsOptions.Default);
        return superBlock.PlaceOf(terminal);
    }
}

/// <summary>/dev/ptmx: each open makes a new pair and is its master.</summary>
internal sealed class MultiplexerDevice : Device
{
    public override Errno Open(in OpenRequest request, out OpenFile? file)
    {
        file = null;
        var kernel = request.Path.Inode.Kernel;
        if (kernel.Terminals.Make(request.Task?.Credentials ?? Tasks.Credentials.Root) is not { } terminal)
            return Errno.ENOSPC;
        file = new MasterFile(request, terminal);
        return Errno.None;
    }
}

/// <summary>/dev/tty: the controlling terminal of whoever opens it (tty(4)).</summary>
internal sealed class OwnTerminalDevice : Device
{
    public override Errno Open(in OpenRequest request, out OpenFile? file)
    {
        file = null;
        return request.Task?.Group.Terminal is { } terminal ? SlaveFile.Open(request with { Flags = request.Flags | OpenFlags.O_NOCTTY }, terminal, out file) : Errno.ENXIO;
    }
}
