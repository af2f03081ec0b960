using System.Text;
using LinuxWasm.Abi;
using LinuxWasm.Engine;
using LinuxWasm.Kernel;
using LinuxWasm.Kernel.FileSystems.Tmp;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;
using LinuxWasm.Machine.Processes;
using LinuxWasm.Machine.Programs;

namespace LinuxWasm.Machine;

/// <summary>A kernel and the engine that runs its programs: what a terminal, a PowerShell session or a test holds.</summary>
public sealed class WasmMachine : IDisposable
{
    private readonly Lock _treeLock = new();
    private readonly HostTask _host;
    private readonly Lazy<IWasmEngine> _engine;
    private readonly Lazy<IWasmEngine> _castingEngine;

    public WasmMachine(MachineOptions? options = null)
    {
        Options = options ?? new MachineOptions();
        Kernel = new LinuxKernel(Options.Kernel);
        Programs = new ProgramCache(Kernel, Options.Cache);
        _engine = new Lazy<IWasmEngine>(() => MakeEngine(emulateCasts: false));
        _castingEngine = new Lazy<IWasmEngine>(() => MakeEngine(emulateCasts: true));
        if (Kernel.MountRoot(new TmpfsType()) is not Errno.None and var refused)
            throw new InvalidOperationException($"the root file system can't be made: {refused}");
        _host = new HostTask(Kernel, new FdTable(), Kernel.CreateFsContext());
        if (Options.DefaultTree)
            Provision(tree => DefaultTree.Provision(tree, Options.Kernel.HostName));
    }

    public MachineOptions Options { get; }

    public LinuxKernel Kernel { get; }

    internal ProgramCache Programs { get; }

    internal ulong MemoryLimitPages => Options.Kernel.MemoryLimit / LinearMemory.PageSize;

    /// <summary>Works on the file tree as the kernel's root user, one caller at a time.</summary>
    /// <exception cref="GuestTreeException">The kernel refused a call.</exception>
    public void Provision(Action<GuestTree> work)
    {
        lock (_treeLock)
            work(new GuestTree(_host));
    }

    /// <summary>
    /// A directory of the guest as the root of a tree of its own, as chroot(2) has it: no name and no link leads out of it. It has a process of its own, and who asks for it disposes of it.
    /// </summary>
    /// <exception cref="GuestTreeException">It is no directory, or is not there.</exception>
    public ConfinedTree Confine(string directory) => ConfinedTree.Open(Kernel, directory);

    /// <summary>
    /// Finds a program: a path in the guest's tree, which may be a script as execve(2) takes it, or, if no file is there, a file of the host.
    /// </summary>
    /// <param name="path">Looked up from the guest's root directory.</param>
    /// <param name="readHost">Reads a file of the host; where left out, from the process's directory.</param>
    /// <exception cref="ProgramException">There is none of that name, or it is no program; the message says which.</exception>
    public ProgramFile Load(string path, Func<string, byte[]>? readHost = null) =>
        ProgramSearch.Find(this, path, readHost ?? (static name => HostPrograms.Read(name, name)));

    /// <summary>Starts a program as a process of its own.</summary>
    /// <exception cref="ProgramException">It can't be started: an import is missing, its memory is above the limit, there are too many processes.</exception>
    public GuestProcess Start(ProgramFile program, ProgramStart start)
    {
        var image = program.Image;
        var commandLine = program.CommandLine(start.Arguments);
        var task = Kernel.CreateProcess(Resources(image, start))
            ?? throw new ProgramException($"{program.Name}: the kernel has as many tasks as it may have ({Options.Kernel.MaxTasks})");
        task.Tracer = start.Tracer;
        start.Terminal?.Control(task);
        task.Group.CommandLine = commandLine;
        task.Group.Environment = start.Environment;
        if (program.GuestPath is { } path
            && FileTree.Find(new VfsCaller(task), task.Fs.Root, Encoding.UTF8.GetBytes(path), LookupFlags.Follow, out var file) == Errno.None)
            task.Group.RunFrom(file);
        start.Tracer?.ProgramStarted(task, program.Name, start.Arguments, start.Environment.Count);
        var process = new GuestProcess(this, program.Name, task, start.EmulateFunctionPointerCasts ?? Options.EmulateFunctionPointerCasts);
        var command = new ProgramCommand(image, Bytes(commandLine), Bytes(start.Environment));
        GuestRunner.StartProgram(process, command, new ExecutionOptions { MaximumStack = Options.StackLimit });
        return process;
    }

    public void Dispose()
    {
        Kernel.Dispose();
        _host.Dispose();
    }

    /// <summary>The engine for a process: code with the emulation is other code.</summary>
    internal IWasmEngine EngineFor(GuestProcess process) => (process.EmulatesFunctionPointerCasts ? _castingEngine : _engine).Value;

    private IWasmEngine MakeEngine(bool emulateCasts) => Options.Engine(new EngineOptions
    {
        Traits = ProgramImports.TraitsOf,
        MaximumMemoryPages = MemoryLimitPages,
        Cache = Options.Cache,
        EmulateFunctionPointerCasts = emulateCasts,
    });

    private static byte[][] Bytes(IReadOnlyList<string> texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];

    /// <summary>What the process starts with. Its memory comes with the module's instantiation.</summary>
    private TaskResources Resources(ProgramImage image, ProgramStart start)
    {
        var files = new FdTable();
        for (var fd = 0; fd < start.StandardFiles.Count; fd++)
        {
            if (start.StandardFiles[fd] is { } file)
                files.Add(file, FdTable.MaxDescriptors, closeOnExec: false, out _, lowest: fd);
        }

        return new TaskResources
        {
            Abi = start.Abi ?? image.Abi,
            AddressSpace = new AddressSpace(NoMemory.Guest),
            Files = files,
            Fs = FsContextIn(start),
            Credentials = start.Credentials,
            Comm = CommOf(start.Arguments.Count > 0 ? start.Arguments[0] : image.Name),
        };
    }

    private FsContext FsContextIn(ProgramStart start)
    {
        var fs = Kernel.CreateFsContext();
        var path = Encoding.UTF8.GetBytes(start.WorkingDirectory);
        var error = FileTree.Find(new VfsCaller(Kernel, start.Credentials, fs), fs.Root, path, LookupFlags.Follow | LookupFlags.Directory, out var place);
        if (error != Errno.None)
        {
            fs.Release();
            throw new ProgramException($"working directory '{start.WorkingDirectory}': {error.Message()}");
        }

        fs.SetWorkingDirectory(place);
        return fs;
    }

    /// <summary>The file's name, cut to what a task's name holds.</summary>
    private static string CommOf(string path)
    {
        const int Longest = 15;
        var name = path[(path.LastIndexOf('/') + 1)..];
        return name.Length > Longest ? name[..Longest] : name;
    }
}
