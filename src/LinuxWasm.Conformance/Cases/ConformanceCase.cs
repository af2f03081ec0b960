using LinuxWasm.Conformance.Expressions;

namespace LinuxWasm.Conformance.Cases;

/// <summary>One case as its file says it: a promise of Linux, with a matrix of variations.</summary>
public sealed record ConformanceCase
{
    /// <summary>
    /// Family and promise, such as <c>pipe/write-to-full-pipe</c>; unique in the suite. A row of a table has its name in brackets:
    /// <c>open/errors[no such directory]</c>.
    /// </summary>
    public required string Id { get; init; }

    /// <summary>What Linux promises, in one line.</summary>
    public required string About { get; init; }

    /// <summary>The manual pages that say so, such as <c>pipe(7)</c>.</summary>
    public IReadOnlyList<string> Man { get; init; } = [];

    public IReadOnlyList<string> Tags { get; init; } = [];

    public Requirements Requires { get; init; } = new();

    /// <summary>One run per row; a case without a matrix has one empty row.</summary>
    public IReadOnlyList<MatrixRow> Matrix { get; init; } = [MatrixRow.Empty];

    public IReadOnlyList<SetupItem> Setup { get; init; } = [];

    /// <summary>Who runs the tasks, where a task does not say so itself.</summary>
    public Identity Identity { get; init; } = new();

    public IReadOnlyList<BufferSpec> Buffers { get; init; } = [];

    /// <summary>In the order in which they get their turns; the first is the case's main task.</summary>
    public required IReadOnlyList<TaskSpec> Tasks { get; init; }

    public EndState End { get; init; } = new();

    /// <summary>Why the oracle can't run this case, and what documents it; null for all that it can.</summary>
    public string? Documented { get; init; }

    /// <summary>Where the case begins: its document, or its row of the document's table.</summary>
    public required SourcePosition Position { get; init; }

    /// <summary>Where the document begins. The rows of a table share one.</summary>
    public required SourcePosition Document { get; init; }

    /// <summary>The document as it stands in its file.</summary>
    public string Text { get; init; } = "";
}

/// <summary>What a case needs; where it is missing the case is skipped with that reason.</summary>
public sealed record Requirements
{
    /// <summary>The ABIs that the case is about; empty for all that have its calls.</summary>
    public IReadOnlyList<GuestAbi> Abis { get; init; } = [];

    /// <summary>The first Linux version that keeps the promise.</summary>
    public Version? Linux { get; init; }

    /// <summary>Capabilities that must work towards the file tree, as root of the first user namespace has them.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];
}

/// <summary>One row of the matrix: a value for each variable.</summary>
/// <param name="Label">Its name, or its values.</param>
/// <param name="Abi">The only ABI in which the row is run, or null.</param>
public sealed record MatrixRow(string Label, IReadOnlyDictionary<string, Expression> Values, GuestAbi? Abi = null)
{
    public static MatrixRow Empty { get; } = new("", new Dictionary<string, Expression>());

    /// <summary>What the report prints in brackets after the case's name; empty for the empty row. A name is printable, whatever the values are.</summary>
    public string Label { get; } = string.Concat(Label.Select(static c => c == 0 ? "\\0" : char.IsControl(c) ? $"\\x{(int)c:x2}" : c.ToString()));
}

/// <summary>Credentials, umask, capabilities, limits and place of a task; null means what the first process of a fresh system has.</summary>
public sealed record Identity
{
    public Expression? Uid { get; init; }

    public Expression? Gid { get; init; }

    public IReadOnlyList<Expression>? Groups { get; init; }

    public Expression? Umask { get; init; }

    /// <summary>The exact permitted and effective capabilities; null for all of root's, none of anybody else's.</summary>
    public IReadOnlyList<Expression>? Capabilities { get; init; }

    public IReadOnlyList<LimitSpec> Limits { get; init; } = [];

    /// <summary>The working directory; <c>/t</c> when null.</summary>
    public Expression? Directory { get; init; }
}

/// <summary>A resource limit by the constant that names it.</summary>
public sealed record LimitSpec(Expression Resource, Expression Soft, Expression Hard, SourcePosition Position);

/// <summary>A buffer in the memory that the tasks share at their start.</summary>
/// <param name="Fill">What its bytes are where no value says otherwise.</param>
/// <param name="AtEnd">It ends where the task's memory ends, so that one byte more is a fault.</param>
public sealed record BufferSpec(string Name, TypeReference Type, Initializer? Value, Expression? Fill, bool AtEnd, SourcePosition Position)
{
    /// <summary>Where the first character of its type stands, so that an error can name the word; null where it is spread over lines.</summary>
    public SourcePosition? TypeStart { get; init; }
}

/// <summary>How a task other than the first comes to be.</summary>
public enum TaskOrigin
{
    /// <summary>A thread of the first task: same memory, descriptors, directory and credentials.</summary>
    Thread,

    /// <summary>Forked from the first task by the harness before its first step: a copy of all that it has.</summary>
    Fork,

    /// <summary>A process of its own, made from nothing.</summary>
    Process,

    /// <summary>The child of a fork or clone that a step of the case makes and names.</summary>
    Child,
}

/// <summary>A task and its steps.</summary>
/// <param name="After">The harness starts it once this step is done; at the start when null.</param>
public sealed record TaskSpec(string Name, TaskOrigin Origin, StepReference? After, Identity? Identity, IReadOnlyList<StepSpec> Steps, SourcePosition Position);

/// <summary>A step of a task, counted from 1, as <c>reader.1</c>.</summary>
public sealed record StepReference(string Task, int Step)
{
    public override string ToString() => $"{Task}.{Step}";
}

/// <summary>One call, what it must give, and what must be so afterwards.</summary>
public sealed record StepSpec
{
    public required CallExpression Call { get; init; }

    /// <summary>How the result is compared: <c>==</c>, <c>in</c>, <c>&gt;=</c>, ...</summary>
    public required string Relation { get; init; }

    /// <summary>The expected result; null accepts every result that is no error.</summary>
    public Expression? Expected { get; init; }

    /// <summary>The call does not return: the task is gone afterwards.</summary>
    public bool NoReturn { get; init; }

    /// <summary>Any result is as good, an error too: for a call that only prepares.</summary>
    public bool AnyResult { get; init; }

    /// <summary>The step as it is written, for reports.</summary>
    public required string Text { get; init; }

    /// <summary>Where the first character of the call stands, so that an error can name the word; null where it is spread over lines.</summary>
    public SourcePosition? CallStart { get; init; }

    /// <summary>The same for <see cref="Expected"/>, which offsets in it are counted from: the call's line, or the value of ret or errno.</summary>
    public SourcePosition? ResultStart { get; init; }

    /// <summary>The same for each of <see cref="Checks"/>.</summary>
    public IReadOnlyList<SourcePosition?> CheckStarts { get; init; } = [];

    /// <summary>The step is part of a run only where this is true of the matrix row.</summary>
    public Expression? When { get; init; }

    /// <summary>Where that condition stands.</summary>
    public SourcePosition? WhenPosition { get; init; }

    public IReadOnlyList<(string Name, Expression Value)> Captures { get; init; } = [];

    public IReadOnlyList<(string Text, Expression Condition)> Checks { get; init; } = [];

    /// <summary>Buffers whose bytes the call must not change.</summary>
    public IReadOnlyList<string> Untouched { get; init; } = [];

    /// <summary>The call must sleep; <see cref="Until"/> says until when.</summary>
    public bool Blocks { get; init; }

    public StepReference? Until { get; init; }

    /// <summary>The step waits its turn until that step is done, or sleeps.</summary>
    public StepReference? After { get; init; }

    /// <summary>The signals whose handlers have run when the call returns, in order.</summary>
    public IReadOnlyList<Expression>? Signals { get; init; }

    /// <summary>The normalisation rule under which what the step stores is not compared with another kernel's.</summary>
    public string? Rule { get; init; }

    /// <summary>The task that goes on as the child that this call makes.</summary>
    public string? Child { get; init; }

    public required SourcePosition Position { get; init; }
}

/// <summary>What must be there, and not there, when all steps are done.</summary>
public sealed record EndState
{
    public IReadOnlyList<EndFile> Files { get; init; } = [];

    public IReadOnlyList<EndDescriptor> Descriptors { get; init; } = [];
}

/// <summary>A path of the tree at the end.</summary>
/// <param name="Absent">Nothing must have this name.</param>
/// <param name="Properties">type, mode, size, content, nlink, uid, gid, target, each with its expected value.</param>
public sealed record EndFile(Expression Path, bool Absent, IReadOnlyList<(string Name, Expression Expected)> Properties, SourcePosition Position);

/// <summary>A descriptor of a task at the end.</summary>
/// <param name="Properties">flags (FD_CLOEXEC), status (O_APPEND, ...) and offset.</param>
public sealed record EndDescriptor(string Task, Expression Descriptor, bool Closed, IReadOnlyList<(string Name, Expression Expected)> Properties, SourcePosition Position);
