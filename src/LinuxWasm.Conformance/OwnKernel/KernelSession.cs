using LinuxWasm.Abi;
using LinuxWasm.Conformance.Running;
using LinuxWasm.Kernel;
using LinuxWasm.Kernel.FileSystems.Tmp;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;
using GuestAbi = LinuxWasm.Conformance.Cases.GuestAbi;
using KernelAbi = LinuxWasm.Kernel.Syscalls.GuestAbi;

namespace LinuxWasm.Conformance.OwnKernel;

/// <summary>A kernel of its own for one run.</summary>
internal sealed class KernelSession : ICaseSession
{
    private const uint Start = 0x10000;
    private const uint Size = 0x400000;

    // Behind the harness's part there is room for brk and mmap.
    private const uint WholeMemory = 64 << 20;

    private readonly LinuxKernel _kernel = new(new KernelOptions { TmpfsLimit = 64 << 20 });
    private readonly List<KernelTask> _tasks = [];
    private readonly List<HarnessMemory> _memories = [];
    private readonly GuestAbi _abi;
    private readonly WorkerPool _workers;
    private readonly KernelTask _init;

    public KernelSession(GuestAbi abi, WorkerPool workers)
    {
        _abi = abi;
        _workers = workers;
        if (_kernel.MountRoot(new TmpfsType()) is not Errno.None and var refused)
            throw new TargetException($"no root file system: {refused}");
        _init = Add(GuestAbi.X8664, NewMemory(), new FdTable(), _kernel.CreateFsContext(), Credentials.Root, parent: null);
        Provision();
    }

    public ulong MemoryBase => Start;

    public ulong MemorySize => Size;

    public ICaseTask Init => _init;

    public ICaseTask CreateProcess() =>
        Add(_abi, NewMemory(), _init.Task.Files.Clone(), _init.Task.Fs.Clone(), Credentials.Root, _init.Task.Group);

    public ICaseTask CreateThread(ICaseTask process) =>
        Add(_kernel.CreateThread(((KernelTask)process).Task) ?? throw new TargetException("the kernel makes no more tasks"));

    /// <summary>A copy of a process as the harness needs it: descriptors, directory, identity and the harness's part of memory.</summary>
    public ICaseTask Fork(ICaseTask parent)
    {
        var task = ((KernelTask)parent).Task;
        var space = NewMemory();
        if (!task.Memory.TryGetReadable(new GuestPtr(Start), Size, out var bytes) || !space.Memory.TryWrite(new GuestPtr(Start), bytes))
            throw new TargetException("the parent's memory can't be copied");
        return Add(_abi, space, task.Files.Clone(), task.Fs.Clone(), task.Credentials, task.Group);
    }

    public ICaseTask ExpectChild()
    {
        var child = new KernelTask(this, _workers);
        lock (_tasks)
            _tasks.Add(child);
        return child;
    }

    /// <summary>A copy of a process's memory for its child, which lives as long as the run.</summary>
    public MemoryBacking Copy(MemoryBacking memory)
    {
        var copy = ((HarnessMemory)memory).Copy();
        lock (_memories)
            _memories.Add(copy);
        return copy;
    }

    /// <summary>A handler is an index into the guest's function table; any but 0 and 1 is the harness's. There is nothing to restore.</summary>
    public ulong? Symbol(string name, GuestAbi abi) => name switch
    {
        "HANDLER" => 2,
        "RESTORER" or "RT_RESTORER" => 0,
        _ => null,
    };

    public void Dispose()
    {
        _kernel.Dispose();
        var ended = true;
        foreach (var task in _tasks)
            ended &= task.End();
        // Memory under a thread that would not end stays, rather than be pulled away from it.
        if (ended)
            _memories.ForEach(memory => memory.Dispose());
    }

    private void Provision()
    {
        var calls = new HarnessCalls(_init, GuestAbi.X8664, Start + 0x100000);
        calls.Must("umask", 0);
        foreach (var (directory, mode) in new[] { ("/dev", 0x1ED), ("/proc", 0x1ED), ("/tmp", 0x3FF), ("/t", 0x1ED) })
            calls.Must("mkdir", TreeBuilder.Text(directory), mode);
        calls.Must("mount", TreeBuilder.Text("dev"), TreeBuilder.Text("/dev"), TreeBuilder.Text("devtmpfs"), 0, 0);
        calls.Must("mount", TreeBuilder.Text("devpts"), TreeBuilder.Text("/dev/pts"), TreeBuilder.Text("devpts"), 0, TreeBuilder.Text("mode=620,ptmxmode=666"));
        calls.Must("umask", 0x12);
        for (var fd = 0; fd < 3; fd++)
            calls.Must("openat", HarnessCalls.Constant("AT_FDCWD"), TreeBuilder.Text("/dev/null"), HarnessCalls.Constant("O_RDWR"), 0);
        calls.Must("chdir", TreeBuilder.Text("/t"));
    }

    private AddressSpace NewMemory()
    {
        var memory = new HarnessMemory(Start + Size, WholeMemory);
        lock (_memories)
            _memories.Add(memory);
        return new AddressSpace(new GuestMemory(memory, Start));
    }

    private KernelTask Add(GuestAbi abi, AddressSpace space, FdTable files, FsContext fs, Credentials credentials, ThreadGroup? parent)
    {
        var task = _kernel.CreateProcess(
            new TaskResources
            {
                Abi = abi == GuestAbi.I386 ? KernelAbi.I386 : KernelAbi.X64,
                AddressSpace = space,
                Files = files,
                Fs = fs,
                Credentials = credentials,
                Comm = "case",
            },
            parent) ?? throw new TargetException("the kernel makes no more tasks");
        return Add(task);
    }

    private KernelTask Add(LinuxTask task)
    {
        var added = new KernelTask(this, _workers) { Task = task };
        lock (_tasks)
            _tasks.Add(added);
        return added;
    }
}
