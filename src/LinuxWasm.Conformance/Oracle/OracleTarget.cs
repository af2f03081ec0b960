using System.Buffers.Binary;
using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Running;

namespace LinuxWasm.Conformance.Oracle;

/// <summary>Real Linux: the calls are made by a confined agent, through <c>int 0x80</c> for i386 and <c>syscall</c> for x86-64.</summary>
public sealed class OracleTarget : ICaseTarget
{
    private static readonly TimeSpan _lifetime = TimeSpan.FromMinutes(30);

    private AgentProcess _agent;

    /// <summary>Compiles and starts the agent; <see cref="TargetException"/> where the machine can't.</summary>
    public OracleTarget() => _agent = new AgentProcess(_lifetime);

    public string Description => "Linux " + Release;

    /// <summary>The kernel's release, such as <c>6.18.4</c>.</summary>
    public string Release => _agent.Hello.Release;

    internal int AgentPid => _agent.Id;

    public string? ReasonToSkip(CaseRun run)
    {
        if (run.Case.Documented is { } source)
            return "the oracle may not try this; documented by " + source;
        if (run.Case.Requires.Linux is { } needed && KernelVersion() < needed)
            return $"needs Linux {needed}, this is {Release}";
        if (run.Abi == GuestAbi.I386 && !_agent.Hello.HasI386)
            return "this kernel has no 32-bit entry (int 0x80)";
        if (!_agent.Hello.RangedIds && NeedsSeveralIds(run))
            return "needs several user ids, and an ordinary user may map only one";
        if (!_agent.Hello.HasProc && run.Case.Requires.Features.Contains("proc"))
            return "needs /proc, which can't be mounted here";
        return null;
    }

    public ICaseSession Begin(CaseRun run)
    {
        try
        {
            return new OracleSession(_agent);
        }
        catch (TargetException)
        {
            // An agent that a case brought down takes no other case with it.
            _agent.Dispose();
            _agent = new AgentProcess(_lifetime);
            return new OracleSession(_agent);
        }
    }

    public void Dispose() => _agent.Dispose();

    private static bool NeedsSeveralIds(CaseRun run) =>
        run.Identity.Uid is not null || run.Identity.Gid is not null || run.Identity.Groups is not null
        || run.Tasks.Any(t => t.Identity?.Uid is not null || t.Identity?.Gid is not null)
        || run.Setup.Any(item => item.Owner is not null || item.Group is not null)
        || run.Case.Requires.Features.Contains("ids")
        || run.Calls.Any(IsAboutIds);

    /// <summary>setuid and its kin, chown and its kin, and what drops capabilities by them.</summary>
    private static bool IsAboutIds(string call) =>
        call.Contains("chown", StringComparison.Ordinal)
        || (call.StartsWith("set", StringComparison.Ordinal) && (call.Contains("uid", StringComparison.Ordinal) || (call.Contains("gid", StringComparison.Ordinal) && call != "setpgid") || call.StartsWith("setgroups", StringComparison.Ordinal)));

    private Version KernelVersion()
    {
        var digits = new string([.. Release.TakeWhile(c => char.IsAsciiDigit(c) || c == '.')]);
        return Version.TryParse(digits.Trim('.'), out var version) ? version : new Version(0, 0);
    }
}

/// <summary>One case's namespaces on the agent.</summary>
internal sealed class OracleSession : ICaseSession
{
    private const int Slots = 16;

    private readonly AgentProcess _agent;
    private int _slots = 1;

    public OracleSession(AgentProcess agent)
    {
        _agent = agent;
        var (status, payload) = agent.Ask("B"u8);
        if (status != 0)
            throw new TargetException($"the agent can't begin a case (errno {(payload.Length >= 4 ? BinaryPrimitives.ReadInt32LittleEndian(payload) : 0)})");
        Init = new OracleTask(this, 0);
    }

    public ulong MemoryBase => _agent.Hello.ArenaBase;

    public ulong MemorySize => _agent.Hello.ArenaSize;

    public ICaseTask Init { get; }

    public ICaseTask CreateProcess() => Spawn((OracleTask)Init);

    public ICaseTask Fork(ICaseTask parent) => Spawn((OracleTask)parent);

    public ICaseTask CreateThread(ICaseTask process)
    {
        // CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM, as a thread library has it.
        const ulong Flags = 0x100 | 0x200 | 0x400 | 0x800 | 0x10000 | 0x40000;
        var thread = ExpectChild();
        var reply = process.Execute(new StepRequest { Abi = GuestAbi.X8664, Number = CallTable.Find("clone", GuestAbi.X8664), Arguments = [Flags], Child = thread }, TimeSpan.FromSeconds(5));
        return reply is { Result: > 0 } ? thread : throw new TargetException($"no thread: {reply?.Result}");
    }

    public ICaseTask ExpectChild() => new OracleTask(this, NewSlot());

    public ulong? Symbol(string name, GuestAbi abi) => (name, abi) switch
    {
        ("HANDLER", GuestAbi.I386) => _agent.Hello.Handler32,
        ("HANDLER", _) => _agent.Hello.Handler64,
        ("RESTORER", GuestAbi.I386) => _agent.Hello.Restorer32,
        ("RESTORER" or "RT_RESTORER", GuestAbi.X8664) => _agent.Hello.Restorer64,
        ("RT_RESTORER", _) => _agent.Hello.RtRestorer32,
        _ => null,
    };

    public void Dispose()
    {
        try
        {
            _agent.Ask("E"u8);
        }
        catch (TargetException)
        {
            // The next case finds the agent gone and starts another.
        }
    }

    internal (byte Status, byte[] Payload) Ask(ReadOnlySpan<byte> request) => _agent.Ask(request);

    private OracleTask Spawn(OracleTask parent)
    {
        var slot = NewSlot();
        var reply = parent.Ask([(byte)'f', slot], TimeSpan.FromSeconds(5));
        var pid = reply is { Length: >= 8 } ? BinaryPrimitives.ReadInt64LittleEndian(reply) : 0;
        return pid > 0 ? new OracleTask(this, slot) : throw new TargetException($"no process: {pid}");
    }

    private byte NewSlot() => _slots < Slots ? (byte)_slots++ : throw new TargetException($"a case has at most {Slots - 1} tasks");
}
