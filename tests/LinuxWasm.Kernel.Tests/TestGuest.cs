using LinuxWasm.Abi;
using LinuxWasm.Kernel.FileSystems.Tmp;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Tests;

/// <summary>A kernel with one process that the test drives: calls by name, memory by address.</summary>
internal sealed class TestGuest : IDisposable
{
    /// <summary>Guest memory that nothing else uses.</summary>
    public const uint Scratch = 0x10000;

    /// <summary>An address that is not mapped: the null page.</summary>
    public const uint Bad = 0x10;

    private readonly bool _ownsKernel;

    public TestGuest(GuestAbi? abi = null, Credentials? credentials = null, KernelOptions? options = null)
        : this(new LinuxKernel(options ?? new KernelOptions { VirtualClock = true, Seed = 1 }), abi, credentials, parent: null) => _ownsKernel = true;

    private TestGuest(LinuxKernel kernel, GuestAbi? abi, Credentials? credentials, ThreadGroup? parent)
    {
        Kernel = kernel;
        if (kernel.Mounts.Root is null)
            Assert.Equal(Errno.None, kernel.MountRoot(new TmpfsType()));
        Memory = new GuestMemory(new PlainMemory(16 << 20), lowest: GuestMemory.PageSize);
        Task = Kernel.CreateProcess(
            new TaskResources
            {
                Abi = abi ?? GuestAbi.I386,
                AddressSpace = new AddressSpace(Memory, imageEnd: 1 << 20),
                Files = new FdTable(),
                Fs = Kernel.CreateFsContext(),
                Credentials = credentials ?? Credentials.Root,
                Comm = "test",
            },
            parent)!;
    }

    private TestGuest(TestGuest sharing)
    {
        Kernel = sharing.Kernel;
        Memory = sharing.Memory;
        Task = Kernel.CreateProcess(
            new TaskResources
            {
                Abi = sharing.Task.Abi,
                AddressSpace = sharing.Task.AddressSpace,
                Files = sharing.Task.Files.Share(),
                Fs = sharing.Task.Fs,
                Credentials = sharing.Task.Credentials,
                Comm = "test",
            })!;
    }

    public LinuxKernel Kernel { get; }

    public LinuxTask Task { get; }

    public GuestMemory Memory { get; }

    /// <summary>Another process of the same kernel.</summary>
    public TestGuest Spawn(Credentials? credentials = null, ThreadGroup? parent = null) =>
        new(Kernel, Task.Abi, credentials ?? Task.Credentials, parent);

    /// <summary>A process that has this one's memory and descriptors, for a thread of its own.</summary>
    public TestGuest SpawnSharing() => new(this);

    /// <summary>A child of this process.</summary>
    public TestGuest Fork() => Spawn(parent: Task.Group);

    /// <summary>Makes a call by its name in the task's table; an error is a negative number.</summary>
    public long Call(string name, params ReadOnlySpan<long> arguments) => CallAs(Task, name, arguments);

    /// <summary>Makes a call as one of the process's threads.</summary>
    public long CallAs(LinuxTask task, string name, params ReadOnlySpan<long> arguments)
    {
        var number = SyscallNumbers.Find(name)?.In(Task.Abi.Table)
            ?? throw new ArgumentException($"no call of that name in the {Task.Abi} table", nameof(name));
        ulong Argument(ReadOnlySpan<long> all, int index) => index < all.Length ? (ulong)all[index] : 0;
        return SyscallDispatch.Call(
            task,
            number,
            new Registers(Argument(arguments, 0), Argument(arguments, 1), Argument(arguments, 2), Argument(arguments, 3), Argument(arguments, 4), Argument(arguments, 5)));
    }

    /// <summary>Makes a call that is to fail.</summary>
    public Errno Error(string name, params ReadOnlySpan<long> arguments)
    {
        var result = Call(name, arguments);
        Assert.InRange(result, -4095, -1);
        return (Errno)(-result);
    }

    public T Read<T>(uint address = Scratch)
        where T : unmanaged
    {
        Assert.True(Memory.TryRead<T>(new GuestPtr(address), out var value));
        return value;
    }

    public void Write<T>(uint address, T value)
        where T : unmanaged => Assert.True(Memory.TryWrite(new GuestPtr(address), value));

    /// <summary>The signals whose handlers have run, in that order.</summary>
    public List<Signal> Handled { get; } = [];

    /// <summary>Runs in every handler.</summary>
    public Action<HandlerCall>? InHandler { get; set; }

    /// <summary>Catches a signal. The handler notes it in <see cref="Handled"/>.</summary>
    public void OnSignal(Signal signal, SignalFlags flags = SignalFlags.None, SignalSet mask = default)
    {
        Task.Execution ??= new NotingExecution(this);
        Task.Group.Actions[signal] = new SignalAction(Disposition.Handler, 100, flags, 0, mask);
    }

    public void Dispose()
    {
        if (_ownsKernel)
            Kernel.Dispose();
    }

    private sealed class NotingExecution(TestGuest guest) : IGuestExecution
    {
        public uint StackPointer => 0x20000;

        public HandlerOutcome RunHandler(in HandlerCall call)
        {
            guest.Handled.Add(call.Signal);
            guest.InHandler?.Invoke(call);
            return HandlerOutcome.Returned;
        }
    }
}
