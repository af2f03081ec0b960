using System.Buffers.Binary;
using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Expressions;

namespace LinuxWasm.Conformance.Running;

/// <summary>Makes a fresh process into whom the case says, by the calls that a login program makes.</summary>
internal sealed class IdentityCalls(CaseRun run, HarnessCalls calls)
{
    private const int CapabilityVersion3 = 0x20080522;

    private readonly Evaluator _evaluator = new(new ConstantScope(run.Abi));

    public void Apply(Identity identity)
    {
        if (identity.Directory is not null)
            calls.Must("chdir", (byte[])[.. _evaluator.Evaluate(identity.Directory).Bytes!, 0]);
        foreach (var limit in identity.Limits)
            calls.Must("prlimit64", 0, _evaluator.Number(limit.Resource), HarnessCalls.Bytes(Limit(limit.Soft), Limit(limit.Hard)), 0);
        if (identity.Umask is not null)
            calls.Must("umask", _evaluator.Number(identity.Umask));
        Become(identity);
    }

    /// <summary>Infinity is all ones in 32 bits or in 64; the call takes 64.</summary>
    private long Limit(Expression expression)
    {
        var value = _evaluator.Number(expression);
        return value is { } number && number == _evaluator.Number(new NameExpression("RLIM_INFINITY", 0)) ? -1 : (long)value;
    }

    private void Become(Identity identity)
    {
        var uid = identity.Uid is null ? 0 : _evaluator.Number(identity.Uid);
        var gid = identity.Gid is null ? uid : _evaluator.Number(identity.Gid);
        if (identity.Groups is not null)
            SetGroups(identity.Groups);
        if (gid != 0)
            calls.Must("setresgid", gid, gid, gid);
        if (identity.Capabilities is not null)
            calls.Must("prctl", HarnessCalls.Constant("PR_SET_KEEPCAPS"), 1, 0, 0, 0);
        if (uid != 0)
            calls.Must("setresuid", uid, uid, uid);
        if (identity.Capabilities is not null)
        {
            SetCapabilities(identity.Capabilities);
            calls.Must("prctl", HarnessCalls.Constant("PR_SET_KEEPCAPS"), 0, 0, 0, 0);
        }

        // Who changed its ids may not look at itself in /proc otherwise; a kernel without the call has no such rule.
        if (uid != 0 || gid != 0)
            calls.Call("prctl", [HarnessCalls.Constant("PR_SET_DUMPABLE"), 1, 0, 0, 0]);
    }

    private void SetGroups(IReadOnlyList<Expression> groups)
    {
        var list = new byte[Math.Max(1, groups.Count) * 4];
        for (var i = 0; i < groups.Count; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(list.AsSpan(i * 4), (uint)_evaluator.Number(groups[i]));
        calls.Must("setgroups", groups.Count, list);
    }

    private void SetCapabilities(IReadOnlyList<Expression> capabilities)
    {
        ulong set = 0;
        foreach (var capability in capabilities)
            set |= 1ul << (int)_evaluator.Number(capability);
        var header = new byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(header, CapabilityVersion3);
        var data = new byte[24];
        foreach (var (offset, half) in new[] { (0, (uint)set), (12, (uint)(set >> 32)) })
        {
            BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(offset), half);
            BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(offset + 4), half);
        }

        calls.Must("capset", header, data);
    }
}
