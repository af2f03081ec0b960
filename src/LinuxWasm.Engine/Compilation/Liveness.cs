using LinuxWasm.Engine.Binary;

namespace LinuxWasm.Engine.Compilation;

/// <summary>
/// Which locals are still to be read, at the heads of loops and where else it is asked. Nothing is taken to be live at a loop's head at
/// first, and each pass backwards adds what the one before has found there, until a pass finds nothing new: as many passes as
/// loops stand one in the other, and one or two more. To begin from all that could be live instead would never come down: in an
/// interpreter's loop, each case's own locals would keep each other alive through all other cases.
/// </summary>
internal sealed class Liveness
{
    /// <summary>For code with more loops one in the other than anybody writes; what it does not find out counts as live.</summary>
    private const int MostPasses = 16;

    private readonly FunctionCode code;
    private readonly int words;
    private readonly Dictionary<int, ulong[]> heads = [];
    private readonly Dictionary<int, ulong[]> points = [];
    private readonly List<Scope> scopes = [];

    private Liveness(FunctionCode code)
    {
        this.code = code;
        words = (code.Locals.Length + 63) / 64;
    }

    /// <summary>What is live where the function begins.</summary>
    public ulong[] AtEntry { get; private set; } = [];

    /// <param name="code">The function.</param>
    /// <param name="wanted">Instructions behind which liveness is asked for, besides loops.</param>
    public static Liveness Compute(FunctionCode code, Func<Instr, bool>? wanted)
    {
        var liveness = new Liveness(code);
        if (code.HasHandlers)
        {
            // An exception may leave from any call to any handler: all locals count as live everywhere.
            liveness.AllLive(wanted);
            return liveness;
        }

        for (int pass = 1; code.HasLoops && liveness.Pass(null); pass++)
        {
            if (pass == MostPasses)
            {
                foreach (var head in liveness.heads.Values)
                    Array.Fill(head, ulong.MaxValue);
                break;
            }
        }

        liveness.Pass(wanted);
        return liveness;
    }

    /// <summary>Locals that are live at a loop's head or behind a wanted instruction.</summary>
    public ulong[] At(int instruction) => points[instruction];

    public static bool Has(ulong[] set, int local) => (set[local >> 6] >> local & 1) != 0;

    private void AllLive(Func<Instr, bool>? wanted)
    {
        var all = new ulong[words];
        Array.Fill(all, ulong.MaxValue);
        AtEntry = all;
        var instructions = code.Code;
        for (int i = 0; i < instructions.Length; i++)
        {
            if (instructions[i].Op == Op.Loop || wanted?.Invoke(instructions[i]) == true)
                points[i] = all;
        }
    }

    /// <summary>Once backwards; true if more is live at a loop's head than was known.</summary>
    private bool Pass(Func<Instr, bool>? wanted)
    {
        bool more = false;
        var instructions = code.Code;
        var live = new ulong[words];
        scopes.Clear();
        for (int i = instructions.Length - 1; i >= 0; i--)
        {
            var instr = instructions[i];
            if (wanted is not null && wanted(instr))
                points[i] = (ulong[])live.Clone();
            switch (instr.Op)
            {
                case Op.End:
                    OpenScope(instr.A, instructions, live);
                    break;
                case Op.Else:
                    scopes[^1].ElseLive = live;
                    live = (ulong[])scopes[^1].LabelLive.Clone();
                    break;
                case Op.If:
                    Or(live, scopes[^1].ElseLive ?? scopes[^1].LabelLive);
                    scopes.RemoveAt(scopes.Count - 1);
                    break;
                case Op.Loop:
                    more |= Add(live, heads[instr.A]);
                    Or(live, heads[instr.A]);
                    points[i] = heads[instr.A];
                    scopes.RemoveAt(scopes.Count - 1);
                    break;
                case Op.Block:
                    scopes.RemoveAt(scopes.Count - 1);
                    break;
                case Op.Br:
                    live = (ulong[])Label(instr.A).Clone();
                    break;
                case Op.BrIf or Op.BrOnNull or Op.BrOnNonNull:
                    Or(live, Label(instr.A));
                    break;
                case Op.BrTable:
                    Array.Clear(live);
                    foreach (int depth in code.LabelLists[instr.A])
                        Or(live, Label(depth));
                    break;
                case Op.Return or Op.Unreachable or Op.ReturnCall or Op.ReturnCallIndirect or Op.ReturnCallRef:
                    Array.Clear(live);
                    break;
                case Op.LocalGet:
                    live[instr.A >> 6] |= 1UL << instr.A;
                    break;
                case Op.LocalSet or Op.LocalTee:
                    live[instr.A >> 6] &= ~(1UL << instr.A);
                    break;
            }
        }

        AtEntry = live;
        return more;
    }

    private void OpenScope(int block, ReadOnlySpan<Instr> instructions, ulong[] live)
    {
        ulong[]? label = null;
        if (block >= 0 && instructions[code.Blocks[block].Start].Op == Op.Loop && !heads.TryGetValue(block, out label))
            heads[block] = label = new ulong[words];
        scopes.Add(new Scope { LabelLive = label ?? (ulong[])live.Clone() });
    }

    private ulong[] Label(int depth) => scopes[scopes.Count - 1 - depth].LabelLive;

    private static bool Add(ulong[] from, ulong[] into)
    {
        bool more = false;
        for (int i = 0; i < from.Length; i++)
        {
            more |= (from[i] & ~into[i]) != 0;
            into[i] |= from[i];
        }

        return more;
    }

    private static void Or(ulong[] into, ulong[] from)
    {
        for (int i = 0; i < from.Length; i++)
            into[i] |= from[i];
    }

    private sealed class Scope
    {
        public required ulong[] LabelLive { get; init; }

        public ulong[]? ElseLive { get; set; }
    }
}
