using LinuxWasm.Conformance.Strace.Tree;

namespace LinuxWasm.Conformance.Strace.Import;

/// <summary>What an open descriptor stands for.</summary>
internal sealed class LogFile
{
    /// <summary>The path without links; null for a pipe and the like.</summary>
    public string? Path { get; init; }

    public LogInode? Inode { get; init; }

    public long Offset { get; set; }

    /// <summary>Why calls on it can't be made again; null where they can.</summary>
    public string? Missing { get; init; }

    /// <summary>What is read from it belongs to the machine.</summary>
    public bool IsMachine => Path is not null && LogTree.IsMachine(Path);

    /// <summary>Directory entries came from it in this listing already.</summary>
    public bool IsListed { get; set; }
}

/// <summary>A descriptor.</summary>
/// <param name="Expression">How a step names it: a captured value, or its number.</param>
internal sealed record LogDescriptor(LogFile File, string Expression, bool CloseOnExec);

/// <summary>A piece of the address space that a captured value names.</summary>
internal sealed record LogMapping(ulong Start, ulong Length, string Variable);

/// <summary>What a process has, as its log shows it.</summary>
internal sealed class ProcessState
{
    private readonly List<LogMapping> _mappings = [];

    public required string Task { get; init; }

    public required int Pid { get; init; }

    public Dictionary<int, LogDescriptor> Files { get; private init; } = [];

    public required string Directory { get; set; }

    /// <summary>What the log made of signals: SIG_DFL, SIG_IGN or HANDLER.</summary>
    public Dictionary<string, string> Actions { get; private init; } = [];

    public bool Handles(string signal) => Actions.GetValueOrDefault(signal) == "HANDLER";

    /// <summary>The signals that are blocked, a bit each.</summary>
    public ulong Mask { get; private set; }

    public (ulong Address, string Variable)? Break { get; set; }

    /// <summary>It ended, or its steps can't be told apart any more.</summary>
    public bool HasEnded { get; set; }

    /// <summary>Why none of its calls can be made; null where they can.</summary>
    public string? Missing { get; init; }

    public void Map(ulong start, ulong length, string variable) => _mappings.Add(new LogMapping(start, (length + 4095) & ~4095ul, variable));

    /// <summary>An address by the captured value that it lies behind; null where nothing of the log mapped it.</summary>
    public string? AddressOf(ulong address)
    {
        for (var i = _mappings.Count - 1; i >= 0; i--)
        {
            var mapping = _mappings[i];
            if (address >= mapping.Start && address < mapping.Start + mapping.Length)
                return address == mapping.Start ? "$" + mapping.Variable : $"${mapping.Variable} + 0x{address - mapping.Start:x}";
        }

        return Break is var (start, variable) && address >= start && address - start < 1ul << 32
            ? address == start ? "$" + variable : $"${variable} + 0x{address - start:x}"
            : null;
    }

    /// <summary>sigprocmask(2).</summary>
    public void ChangeMask(string how, ulong set) => Mask = how switch
    {
        "SIG_BLOCK" => Mask | set,
        "SIG_UNBLOCK" => Mask & ~set,
        _ => set,
    };

    /// <summary>A child; threads share what Linux lets them share.</summary>
    public ProcessState Child(int pid, string task, bool sharesMemory, bool sharesFiles)
    {
        var child = new ProcessState
        {
            Task = task,
            Pid = pid,
            Directory = Directory,
            Break = Break,
            Mask = Mask,
            Files = sharesFiles ? Files : new Dictionary<int, LogDescriptor>(Files),
            Actions = sharesMemory ? Actions : new Dictionary<string, string>(Actions),
        };
        child._mappings.AddRange(_mappings);
        return child;
    }

    /// <summary>What execve leaves of it.</summary>
    public void Execute()
    {
        _mappings.Clear();
        Break = null;
        foreach (var signal in Actions.Keys.Where(s => Actions[s] != "SIG_IGN").ToList())
            Actions.Remove(signal);
    }
}
