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
    var parsed = root.Parse(RunCommand.SeparateProgram(args));
    if (parsed.Errors.Count > 0)
    {
        foreach (var error in parsed.Errors)
            Console.Error.WriteLine($"linuxwasm: {error.Message}");
        var command = parsed.CommandResult.Command;
        Console.Error.WriteLine($"linuxwasm: '{(command == root ? "" : "linuxwasm ")}{command.Name} --help' tells what is expected");
        return Refused;
    }

    return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
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
