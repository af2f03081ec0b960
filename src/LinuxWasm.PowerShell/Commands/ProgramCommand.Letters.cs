using System.Management.Automation;

namespace LinuxWasm.PowerShell.Commands;

/// <summary>
/// One-letter options behind a program, as in <c>Invoke-WasmProgram /bin/ls.wasm -l</c>. PowerShell would take <c>-l</c> for the start of -LiteralPath, and <c>-r</c> for
/// -Raw, and say nothing. An exact name comes before the start of one: so each letter is a parameter, hidden, and says what to write.
/// </summary>
public abstract partial class ProgramCommand
{
    protected override void BeginProcessing()
    {
        var letters = MyInvocation.BoundParameters.Keys.Where(name => name.Length == 1).Select(name => $"-{name.ToLowerInvariant()}").ToList();
        if (letters.Count == 0)
            return;
        ThrowTerminatingError(ErrorRecords.Of(
            "OptionOfProgram",
            ErrorCategory.InvalidArgument,
            $"{string.Join(", ", letters)}: PowerShell keeps words that begin with '-' for the command itself. Options of the program stand behind '--', in quotes, or in -ArgumentList: {MyInvocation.InvocationName} PROGRAM -- {string.Join(' ', letters)}",
            letters));
    }

    [Parameter(DontShow = true)]
    public SwitchParameter A { get; set; }

    [Parameter(DontShow = true)]
    public SwitchParameter B { get; set; }

    [Parameter(DontShow = true)]
    public SwitchParameter C { get; set; }

    [Parameter(DontShow = true)]
    public SwitchParameter D { get; set; }

    [Parameter(DontShow = true)]
    public SwitchParameter E { get; set; }

    [Parameter(DontShow = true)]
    public SwitchParameter F { get; set; }

    [Parameter(DontShow = true)]
    public SwitchParameter G { get; set; }

    [Parameter(DontShow = true)]
    public SwitchParameter H { get; set; }

    [Parameter(DontShow = true)]
    public SwitchParameter I { get; set; }

    [Parameter(DontShow = true)]
    public SwitchParameter J { get; set; }

    [Parameter(DontShow = true)]
    public SwitchParameter K { get; set; }

    [Parameter(DontShow = true)]
    public SwitchParameter L { get; set; }

    [Parameter(DontShow = true)]
    public SwitchParameter M { get; set; }

    [Parameter(DontShow = true)]
    public SwitchParameter N { get; set; }

    [Parameter(DontShow = true)]
    public SwitchParameter O { get; set; }

    [Parameter(DontShow = true)]
    public SwitchParameter P { get; set; }

    [Parameter(DontShow = true)]
    public SwitchParameter Q { get; set; }

    [Parameter(DontShow = true)]
    public SwitchParameter R { get; set; }

    [Parameter(DontShow = true)]
    public SwitchParameter S { get; set; }

    [Parameter(DontShow = true)]
    public SwitchParameter T { get; set; }

    [Parameter(DontShow = true)]
    public SwitchParameter U { get; set; }

    [Parameter(DontShow = true)]
    public SwitchParameter V { get; set; }

    [Parameter(DontShow = true)]
    public SwitchParameter W { get; set; }

    [Parameter(DontShow = true)]
    public SwitchParameter X { get; set; }

    [Parameter(DontShow = true)]
    public SwitchParameter Y { get; set; }

    [Parameter(DontShow = true)]
    public SwitchParameter Z { get; set; }
}
