namespace LinuxWasm.Machine.Programs;

/// <summary>What a path stands for when it is run: a module, or a script and the module that interprets it.</summary>
/// <param name="Name">The path, for messages.</param>
/// <param name="Image">The module that runs.</param>
/// <param name="Interpretation">What stands in the place of the command line's first word: of a script its interpreter, the interpreter's argument and the script; else nothing.</param>
public sealed record ProgramFile(string Name, ProgramImage Image, IReadOnlyList<string> Interpretation)
{
    /// <summary>The module's path in the guest's tree; null for a file of the host.</summary>
    public string? GuestPath { get; init; }

    /// <summary>The command line as the module gets it.</summary>
    /// <param name="arguments">As it was called: the program's name first.</param>
    internal IReadOnlyList<string> CommandLine(IReadOnlyList<string> arguments) =>
        Interpretation.Count == 0 ? arguments : [.. Interpretation, .. arguments.Skip(1)];
}
