using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Running;

namespace LinuxWasm.Conformance.Tests;

/// <summary>A kernel with one thing wrong with it: where a call gives one result it answers another, or it keeps what it should store.</summary>
internal sealed class BrokenTarget(ICaseTarget inner, int number, int right, int wrong) : ICaseTarget
{
    /// <summary>Take back what the call stored.</summary>
    public bool KeepMemory { get; init; }

    /// <summary>How many answers were changed.</summary>
    public int Changed { get; private set; }

    public string Description => inner.Description;

    public string? ReasonToSkip(CaseRun run) => inner.ReasonToSkip(run);

    public ICaseSession Begin(CaseRun run) => new Session(inner.Begin(run), this);

    public void Dispose() => inner.Dispose();

    private sealed class Session(ICaseSession inner, BrokenTarget target) : ICaseSession
    {
        public ulong MemoryBase => inner.MemoryBase;

        public ulong MemorySize => inner.MemorySize;

        public ICaseTask Init => inner.Init;

        public ICaseTask CreateProcess() => new Broken(inner.CreateProcess(), target);

        public ICaseTask CreateThread(ICaseTask process) => new Broken(inner.CreateThread(((Broken)process).Inner), target);

        public ICaseTask Fork(ICaseTask parent) => new Broken(inner.Fork(((Broken)parent).Inner), target);

        public ICaseTask ExpectChild() => inner.ExpectChild();

        public ulong? Symbol(string name, GuestAbi abi) => inner.Symbol(name, abi);

        public void Dispose() => inner.Dispose();
    }

    private sealed class Broken(ICaseTask inner, BrokenTarget target) : ICaseTask
    {
        private StepRequest? _request;
        private StepReply? _last;

        public ICaseTask Inner => inner;

        public TaskActivity Activity => inner.Activity;

        public StepReply? Execute(StepRequest request, TimeSpan patience)
        {
            _request = request;
            return Change(inner.Execute(request, patience));
        }

        public StepReply? Wait(TimeSpan patience) => Change(inner.Wait(patience));

        public int? WaitForEnd(TimeSpan patience) => inner.WaitForEnd(patience);

        private StepReply? Change(StepReply? reply)
        {
            if (reply is not null && _request?.Number == target.Number && reply.Result == target.Right && !(target.KeepMemory && _last is null))
            {
                target.Changed++;
                reply = reply with { Result = target.Wrong, Memory = target.KeepMemory ? _last!.Memory : reply.Memory };
            }

            return _last = reply;
        }
    }

    private int Number => number;

    private int Right => right;

    private int Wrong => wrong;
}
