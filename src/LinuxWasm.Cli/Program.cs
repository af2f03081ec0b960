using System.CommandLine;
using LinuxWasm.Cli;
using LinuxWasm.Cli.Commands;
using LinuxWasm.Machine;
using LinuxWasm.Machine.Programs;

const int Refused = 2;
const int NotFound = 127; // what a shell answers for a program that is not there, or can't be run
const int BrokenPipe = 32; // EPIPE
const int EndedByBrokenPipe = 141; // 128 + SIGPIPE

var root = new RootCommand("Runs WebAssembly programs that make Linux system calls.")
{
    RunCommand.Create(),
    ConformCommand.Create(),
    FuzzCommand.Create(),
    ImportStraceCommand.Create(),
    WastCommand.Create(),
    ValidateCommand.Create(),
};
TerminalOutput.Prepare(root);

try
{
    var arguments = RunCommand.SeparateProgram(args);
    var parsed = root.Parse(arguments);
    if (CommandLineErrors.Of(parsed, root, arguments) is { Count: > 0 } errors)
        return Refuse(errors, parsed.CommandResult.Command);
    return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (UsageException usage)
{
    return Refuse([usage.Message], usage.Command);
}
catch (ProgramException program)
{
    Console.Error.WriteLine($"linuxwasm: {program.Message}");
    return NotFound;
}
catch (IOException gone) when (gone.HResult == BrokenPipe)
{
    // Nobody reads the output any more (linuxwasm conform | head): other programs are ended by SIGPIPE then, which .NET ignores.
    return EndedByBrokenPipe;
}
catch (Exception refused) when (refused is GuestTreeException or FormatException or IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"linuxwasm: {refused.Message}");
    return Refused;
}

int Refuse(IReadOnlyList<string> errors, Command command)
{
    foreach (var error in errors)
        Console.Error.WriteLine($"linuxwasm: {error}");
    Console.Error.WriteLine($"linuxwasm: '{(command == root ? "" : "linuxwasm ")}{command.Name} --help' tells what is expected");
    return Refused;
}
