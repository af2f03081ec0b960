using System.Runtime.InteropServices;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tracing;
using LinuxWasm.Machine;
using LinuxWasm.Machine.Hosting;
using LinuxWasm.Machine.Processes;
using LinuxWasm.Machine.Programs;

namespace LinuxWasm.Cli.Commands;

/// <summary>Runs a program in a machine of its own, with the terminal's standard files.</summary>
internal static class ProgramRunner
{
    /// <summary>What timeout(1) answers when it had to end the program.</summary>
    private const int TimedOut = 124;

    public static int Run(RunRequest request)
    {
        using var cache = request.Machine.Cache;
        using var machine = new WasmMachine(request.Machine);
        machine.Provision(tree =>
        {
            foreach (var mount in request.Mounts)
                mount.Apply(tree);
        });
        var program = Load(machine, request);
        GuestProcess process;
        WaitStatus? status;
        // Messages come once the host has its terminal back.
        using (var terminal = ConsoleTerminal.TryTake(machine))
        using (var traceFile = OpenTraceFile(request.Trace))
        {
            var trace = request.Trace is "" ? TraceToStandardError(isRaw: terminal is not null) : traceFile;
            process = machine.Start(program, new ProgramStart
            {
                Arguments = [request.Program, .. request.Arguments],
                Environment = terminal is null ? request.Environment : WithTerminalType(request.Environment),
                StandardFiles = terminal?.OpenStandardFiles() ?? HostConsole.OpenStandardFiles(machine.Kernel),
                Terminal = terminal?.Guest,
                Abi = request.Abi,
                Tracer = trace is null ? null : new StraceTracer(trace, toFile: request.Trace is { Length: > 0 }, request.TraceStrings),
            });
            terminal?.Start();
            using var interrupt = KillOn(PosixSignal.SIGINT, process);
            using var terminate = KillOn(PosixSignal.SIGTERM, process);
            status = process.Wait(request.TimeLimit);
            if (status is null)
            {
                process.Kill();
                process.Wait();
            }
        }

        if (status is null)
        {
            Console.Error.WriteLine($"linuxwasm: {process.Name}: ended after {request.TimeLimit!.Value.TotalSeconds} s (--timeout)");
            return TimedOut;
        }

        foreach (var fault in process.Faults)
            Console.Error.WriteLine($"linuxwasm: {process.Name}: {fault}");
        return status.Value.ShellStatus;
    }

    /// <summary>`--trace FILE PROGRAM` takes FILE for the program, since --trace alone means standard error.</summary>
    private static ProgramFile Load(WasmMachine machine, RunRequest request)
    {
        try
        {
            return machine.Load(request.Program);
        }
        catch (ProgramException refused) when (request is { Trace: "", Arguments: [var next, ..] } && next.EndsWith(".wasm", StringComparison.Ordinal))
        {
            throw new ProgramException($"{refused.Message}; to write the trace to a file, join them: --trace={request.Program} {next}", refused);
        }
    }

    /// <summary>Which sequences the terminal understands is the one thing of the host's environment that a program on it must know.</summary>
    private static IReadOnlyList<string> WithTerminalType(IReadOnlyList<string> environment)
    {
        const string Name = "TERM=";
        var type = Environment.GetEnvironmentVariable("TERM");
        return string.IsNullOrEmpty(type) || environment.Any(entry => entry.StartsWith(Name, StringComparison.Ordinal)) ? environment : [.. environment, Name + type];
    }

    /// <summary>Ctrl-C ends the guest as it would end a native program that does not handle it, and the command hands the status on.</summary>
    private static PosixSignalRegistration KillOn(PosixSignal signal, GuestProcess process) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            process.Send(signal == PosixSignal.SIGINT ? Signal.SIGINT : Signal.SIGTERM);
        });

    private static StreamWriter? OpenTraceFile(string? path) =>
        path is { Length: > 0 } ? HostFiles.Use("--trace", path, "a file that can be written", static file => new StreamWriter(file)) : null;

    /// <summary>Not to be disposed of: messages come behind the trace.</summary>
    private static TextWriter TraceToStandardError(bool isRaw)
    {
        if (isRaw)
            Console.Error.NewLine = "\r\n";
        return Console.Error;
    }
}
