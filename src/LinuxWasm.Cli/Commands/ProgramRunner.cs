using System.Runtime.InteropServices;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tracing;
using LinuxWasm.Machine;
using LinuxWasm.Machine.Hosting;
using LinuxWasm.Machine.Processes;

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
        using var trace = OpenTrace(request.Trace);
        var process = machine.Start(machine.Load(request.Program), new ProgramStart
        {
            Arguments = [request.Program, .. request.Arguments],
            Environment = request.Environment,
            StandardFiles = HostConsole.OpenStandardFiles(machine.Kernel),
            Abi = request.Abi,
            Tracer = trace is null ? null : new StraceTracer(trace),
        });
        using var interrupt = KillOn(PosixSignal.SIGINT, process);
        using var terminate = KillOn(PosixSignal.SIGTERM, process);
        if (process.Wait(request.TimeLimit) is not { } status)
        {
            process.Kill();
            process.Wait();
            Console.Error.WriteLine($"linuxwasm: {process.Name}: ended after {request.TimeLimit!.Value.TotalSeconds} s (--timeout)");
            return TimedOut;
        }

        foreach (var fault in process.Faults)
            Console.Error.WriteLine($"linuxwasm: {process.Name}: {fault}");
        return status.ShellStatus;
    }

    /// <summary>Ctrl-C ends the guest as it would end a native program that does not handle it, and the command hands the status on.</summary>
    private static PosixSignalRegistration KillOn(PosixSignal signal, GuestProcess process) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            process.Send(signal == PosixSignal.SIGINT ? Signal.SIGINT : Signal.SIGTERM);
        });

    private static TextWriter? OpenTrace(string? path) => path switch
    {
        null => null,
        "" => Console.Error,
        _ => new StreamWriter(path),
    };
}
