using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using LinuxWasm.Engine;
using LinuxWasm.Kernel;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Machine;

namespace LinuxWasm.Cli.Commands;

/// <summary><c>linuxwasm run</c>: runs one program to its end, as a shell would.</summary>
internal static class RunCommand
{
    private static readonly Argument<string> Program = new("PROGRAM")
    {
        Description = "The WebAssembly program: a path in the guest's tree or, if it is not there, a file of the host.",
    };

    private static readonly Argument<string[]> Arguments = new("ARGS")
    {
        Description = "The program's own arguments: everything behind PROGRAM.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static readonly Option<string[]> Mounts = new("--mount")
    {
        Description = "Mounts a file system, in the order given. TYPE is tmpfs, devtmpfs (or dev), devpts, proc or host (a folder of the host, confined to it); OPTIONS are comma-separated, among them ro.",
        HelpName = "TYPE:SOURCE:TARGET[:OPTIONS]",
    };

    private static readonly Option<string[]> Variables = new("--env")
    {
        Description = "Sets an environment variable. The host's own are not passed on.",
        HelpName = "KEY=VALUE",
    };

    private static readonly Option<string[]> VariableFiles = new("--env-file")
    {
        Description = "Sets the environment variables of a file: one KEY=VALUE a line, '#' begins a comment line.",
        HelpName = "FILE",
    };

    private static readonly Option<string?> Trace = new("--trace")
    {
        Description = "Writes each system call, as strace does, to standard error or to a file (--trace=FILE).",
        HelpName = "FILE",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<int> TraceStrings = new("--trace-strings")
    {
        Description = "Bytes of a string that the trace shows: strace's -s. By default 32.",
        HelpName = "SIZE",
        DefaultValueFactory = _ => RunRequest.ShortStrings,
        Validators = { AtLeastZero },
    };

    private static readonly Option<string> Clock = Choice(new Option<string>("--clock")
    {
        Description = "real: the host's time. virtual: a clock of its own, on which sleeping costs nothing.",
        DefaultValueFactory = _ => "real",
    }, "real", "virtual");

    private static readonly Option<string?> Seed = new("--seed")
    {
        Description = "Seeds the kernel's random numbers, so that a run repeats itself.",
        HelpName = "N",
    };

    private static readonly Option<string?> Memory = new("--memory")
    {
        Description = "The most memory that the program may have, such as 64M. By default 4G.",
        HelpName = "SIZE",
    };

    private static readonly Option<string?> Stack = new("--stack")
    {
        Description = "The most stack that calls of a thread of the program may use, from 1M to 1G. By default 64M.",
        HelpName = "SIZE",
    };

    private static readonly Option<string?> Timeout = new("--timeout")
    {
        Description = "Ends the program after that time, with exit status 124.",
        HelpName = "SECONDS",
    };

    private static readonly Option<string?> Abi = Choice(new Option<string?>("--abi")
    {
        Description = "Whose system call numbers and structures wasm_host_syscall takes. By default i386's.",
    }, "i386", "x86-64", "generic");

    private static readonly Option<bool> EmulateCasts = new("--emulate-function-pointer-casts")
    {
        Description = "A call through a pointer to a function of another type drops surplus arguments and gives zero for missing ones, as native machines do in effect. Without, it is a SIGILL.",
    };

    private static readonly Option<bool> NoCache = new("--no-cache")
    {
        Description = "Compiles anew, and keeps nothing on disk for the next start.",
    };

    private static readonly string[] _help = ["--help", "-h", "-?"];

    public static Command Create()
    {
        var command = new Command("run", "Runs a program. Its exit status is the command's; a signal that ends it gives 128 and its number.")
        {
            Mounts, Variables, VariableFiles, Trace, TraceStrings, Clock, Seed, Memory, Stack, Timeout, Abi, EmulateCasts, NoCache, Program, Arguments,
        };
        command.SetAction(static parsed => ProgramRunner.Run(Read(parsed)));
        return command;
    }

    /// <summary>
    /// Everything behind PROGRAM belongs to the program, even what looks like an option of this command: puts the "--" before PROGRAM that says so.
    /// </summary>
    /// <exception cref="UsageException">An option is unknown, or there is no PROGRAM behind the options.</exception>
    public static string[] SeparateProgram(string[] arguments)
    {
        if (arguments.Length == 0 || arguments[0] != "run")
            return arguments;
        var command = Create();
        var last = "";
        for (var i = 1; i < arguments.Length; i++)
        {
            var argument = arguments[i];
            if (argument == "--" || _help.Contains(argument))
                return arguments;
            if (!argument.StartsWith('-'))
                return [.. arguments[..i], "--", .. arguments[i..]];
            var name = argument.Split('=')[0];
            var option = command.Options.FirstOrDefault(known => known.Name == name)
                ?? throw new UsageException(CommandLineErrors.UnknownOption(name, command), command);
            last = "";
            if (option.Arity.MinimumNumberOfValues > 0 && name == argument)
            {
                if (++i == arguments.Length)
                    throw new UsageException(CommandLineErrors.MissingValue(option), command);
                last = $": {name} took '{arguments[i]}' for its value {option.HelpName}";
            }
        }

        throw new UsageException($"PROGRAM is missing{last}", command);
    }

    private static RunRequest Read(ParseResult parsed)
    {
        var entries = (parsed.GetValue(VariableFiles) ?? []).SelectMany(RunRequest.ReadEnvironmentFile).Concat(parsed.GetValue(Variables) ?? []);
        return new RunRequest
        {
            Program = parsed.GetValue(Program)!,
            Arguments = parsed.GetValue(Arguments) ?? [],
            Mounts = [.. (parsed.GetValue(Mounts) ?? []).Select(MountSpec.Parse)],
            Environment = RunRequest.MergeEnvironment(entries),
            Abi = parsed.GetValue(Abi) is { } abi ? GuestAbi.All.Single(known => known.Name == abi) : null,
            TimeLimit = parsed.GetValue(Timeout) is { } seconds ? RunRequest.ParseTimeLimit(seconds) : null,
            Trace = parsed.GetResult(Trace) is null ? null : parsed.GetValue(Trace) ?? "",
            TraceStrings = parsed.GetValue(TraceStrings),
            Machine = new MachineOptions
            {
                StackLimit = parsed.GetValue(Stack) is { } stack ? RunRequest.ParseStack(stack) : new MachineOptions().StackLimit,
                EmulateFunctionPointerCasts = parsed.GetValue(EmulateCasts),
                Cache = parsed.GetValue(NoCache) || ModuleCache.DefaultFolder is not { } folder ? null : new ModuleCache(folder),
                Kernel = new KernelOptions
                {
                    VirtualClock = parsed.GetValue(Clock) == "virtual",
                    Seed = parsed.GetValue(Seed) is { } seed ? RunRequest.ParseSeed(seed) : null,
                    MemoryLimit = parsed.GetValue(Memory) is { } size ? RunRequest.ParseMemory(size) : new KernelOptions().MemoryLimit,
                },
            },
        };
    }

    private static void AtLeastZero(OptionResult result)
    {
        foreach (var token in result.Tokens.Where(token => !uint.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var size) || size > int.MaxValue))
            result.AddError($"{result.Option.Name} {token.Value}: a number of bytes is expected");
    }

    private static Option<T> Choice<T>(Option<T> option, params string[] values)
    {
        option.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => !values.Contains(token.Value)))
                result.AddError($"{option.Name} {token.Value}: one of {string.Join(", ", values)} is expected");
        });
        option.CompletionSources.Add(values);
        option.HelpName = string.Join('|', values);
        return option;
    }
}
