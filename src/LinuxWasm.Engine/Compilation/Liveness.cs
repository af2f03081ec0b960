using LinuxWasm.Engine.Binary;

namespace LinuxWasm.Engine.Compilation;

/// <summary>
/// Which locals are still to be read, at the heads of loops and where else it is asked. Structured control flow lets one pass backwards do,
/// if what is live at a loop's head is first taken for all it could be; each further pass narrows that down.
/// </summary>
internal sealed class Liveness
{
    private const int Passes = 3;

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

        int passes = code.HasLoops ? Passes : 1;
        for (int pass = 1; pass <= passes; pass++)
            liveness.Pass(pass == passes ? wanted : null);
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

    private void Pass(Func<Instr, bool>? wanted)
    {
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
                    var head = (ulong[])live.Clone();
                    heads[instr.A] = head;
                    points[i] = head;
                    scopes.RemoveAt(scopes.Count - 1);
                    break;
                case Op.Block:
                    scopes.RemoveAt(scopes.Count - 1);
                    break;
                case Op.Br:
                    live = (ulong[])Label(instr.A).Clone();
                    break;
                case Op.BrIf:
                    Or(live, Label(instr.A));
                    break;
                case Op.BrTable:
                    Array.Clear(live);
                    foreach (int depth in code.LabelLists[instr.A])
                        Or(live, Label(depth));
                    break;
                case Op.Return or Op.Unreachable or Op.ReturnCall or Op.ReturnCallIndirect:
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
    }

    private void OpenScope(int block, ReadOnlySpan<Instr> instructions, ulong[] live)
    {
        var label = (ulong[])live.Clone();
        if (block >= 0 && instructions[code.Blocks[block].Start].Op == Op.Loop)
            label = heads.TryGetValue(block, out var known) ? known : FirstGuess(block, label);
        scopes.Add(new Scope { LabelLive = label });
    }

    /// <summary>All that could be live at a loop's head: what is read inside, and what is live anywhere it can leave to.</summary>
    private ulong[] FirstGuess(int block, ulong[] behind)
    {
        var guess = (ulong[])behind.Clone();
        Or(guess, code.Blocks[block].Reads ?? []);
        foreach (var scope in scopes)
            Or(guess, scope.LabelLive);
        return guess;
    }

    private ulong[] Label(int depth) => scopes[scopes.Count - 1 - depth].LabelLive;

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
