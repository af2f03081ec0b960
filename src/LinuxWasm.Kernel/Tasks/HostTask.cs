using System.Text;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Tasks;

/// <summary>
/// A process without a program: the host makes system calls in its name, with buffers in a small memory of its own. It is how
/// trees are provisioned and single calls are tried, so that the host sees exactly what a guest would see. For one thread at a time.
/// </summary>
public sealed class HostTask : IDisposable
{
    /// <summary>Nothing lies in the first page: null stays nobody's address.</summary>
    private const uint ArenaStart = GuestMemory.PageSize;

    private readonly PlainMemory _memory;
    private readonly uint _arenaEnd;
    private uint _next = ArenaStart;

    /// <param name="kernel">Where the process is made.</param>
    /// <param name="files">Its descriptors: given over, or shared beforehand.</param>
    /// <param name="fs">Its root and working directory: given over, or shared beforehand.</param>
    /// <param name="credentials">Who it is; root where left out.</param>
    /// <param name="abi">Whose numbers and layouts it uses; x86-64 where left out.</param>
    /// <param name="memorySize">Bytes of memory, a multiple of the page size: a quarter is for buffers, the rest for mmap(2).</param>
    /// <exception cref="InvalidOperationException">The kernel has as many tasks as it may have.</exception>
    public HostTask(LinuxKernel kernel, FdTable files, FsContext fs, Credentials? credentials = null, GuestAbi? abi = null, uint memorySize = 16 << 20)
    {
        _memory = new PlainMemory(memorySize);
        _arenaEnd = (memorySize / 4) & ~(GuestMemory.PageSize - 1);
        Task = kernel.CreateProcess(new TaskResources
        {
            Abi = abi ?? GuestAbi.X64,
            AddressSpace = new AddressSpace(new GuestMemory(_memory, ArenaStart), imageEnd: _arenaEnd),
            Files = files,
            Fs = fs,
            Credentials = credentials ?? Credentials.Root,
            Comm = "host",
            IsHost = true,
        }) ?? throw new InvalidOperationException($"the kernel has as many tasks as it may have ({kernel.Options.MaxTasks})");
        // Between calls it does nothing, and virtual time need not wait for it.
        kernel.Clock.TaskSleeps();
    }

    private HostTask(PlainMemory memory, uint arenaEnd, LinuxTask task)
    {
        _memory = memory;
        _arenaEnd = arenaEnd;
        Task = task;
        task.Kernel.Clock.TaskSleeps();
    }

    /// <summary>
    /// A thread of a process that lives already: it shares the process's descriptors and directory, starts with its identity, and has its own memory
    /// for buffers. The process does not end before it is disposed of.
    /// </summary>
    /// <param name="process">A task of the process.</param>
    /// <param name="memorySize">As for a process of the host's own.</param>
    /// <returns>The thread, or null where the process is ending.</returns>
    public static HostTask? Join(LinuxTask process, uint memorySize = 16 << 20)
    {
        var memory = new PlainMemory(memorySize);
        var arenaEnd = (memorySize / 4) & ~(GuestMemory.PageSize - 1);
        var files = process.Files.Share();
        var fs = process.Fs.Share();
        var task = process.Kernel.CreateThread(process.Group, new TaskResources
        {
            Abi = process.Abi,
            AddressSpace = new AddressSpace(new GuestMemory(memory, ArenaStart), imageEnd: arenaEnd),
            Files = files,
            Fs = fs,
            Credentials = process.Credentials,
            Comm = process.Comm,
        });
        if (task is not null)
            return new HostTask(memory, arenaEnd, task);
        files.Release();
        fs.Release();
        memory.Dispose();
        return null;
    }

    public LinuxTask Task { get; }

    /// <summary>Whose numbers and layouts the next call uses.</summary>
    public GuestAbi Abi
    {
        get => Task.Abi;
        set => Task.SetAbi(value);
    }

    /// <summary>Makes a call by name.</summary>
    /// <exception cref="ArgumentException">The task's table has no call of that name.</exception>
    public SysResult Call(string name, params ReadOnlySpan<ulong> arguments)
    {
        var number = SyscallNumbers.Find(name)?.In(Task.Abi.Table)
            ?? throw new ArgumentException($"'{name}' is no system call of the {Task.Abi} table", nameof(name));
        return Call(number, arguments);
    }

    /// <summary>Makes a call by number. Arguments that are left out are 0.</summary>
    public SysResult Call(int number, params ReadOnlySpan<ulong> arguments)
    {
        Span<ulong> registers = stackalloc ulong[6];
        arguments.CopyTo(registers);
        Task.Kernel.Clock.TaskWoke();
        try
        {
            return new SysResult(SyscallDispatch.Call(Task, number, new Registers(registers[0], registers[1], registers[2], registers[3], registers[4], registers[5])));
        }
        finally
        {
            Task.Kernel.Clock.TaskSleeps();
        }
    }

    /// <summary>Breaks off the call that sleeps now, or the next one that would: it answers EINTR. From any thread.</summary>
    public void Interrupt() => Task.Notify(TaskWork.Break);

    /// <summary>Takes back an <see cref="Interrupt"/> that met no call.</summary>
    public void ClearInterrupt() => Task.ClearWork(TaskWork.Break);

    /// <summary>Puts bytes into the task's memory and gives their address, aligned to 16. They stay until <see cref="FreeTo"/>.</summary>
    /// <exception cref="InvalidOperationException">The memory is full.</exception>
    public ulong Put(ReadOnlySpan<byte> bytes)
    {
        var address = Allocate((uint)bytes.Length);
        Task.Memory.TryWrite(new GuestPtr((uint)address), bytes);
        return address;
    }

    /// <summary>Puts a NUL-terminated string into the task's memory, in UTF-8.</summary>
    public ulong Put(string text) => Put(Encoding.UTF8.GetBytes(text + '\0'));

    /// <summary>Room for a result, zeroed.</summary>
    public ulong Allocate(uint length)
    {
        var address = _next;
        var end = (ulong)address + length;
        if (end > _arenaEnd)
            throw new InvalidOperationException($"{length} bytes don't fit into the {_arenaEnd} bytes of the host's task");
        _next = (uint)Math.Min(_arenaEnd, (end + 15) & ~15UL);
        if (Task.Memory.TryGetWritable(new GuestPtr(address), length, out var room))
            room.Clear();
        return address;
    }

    /// <summary>A copy of what stands in the task's memory.</summary>
    public byte[] Read(ulong address, int length) =>
        Task.Memory.TryGetReadable(GuestPtr.FromRegister(address), (uint)length, out var bytes)
            ? bytes.ToArray()
            : throw new ArgumentOutOfRangeException(nameof(address), address, "an address that was given out is expected");

    /// <summary>Where the next buffer will stand, for <see cref="FreeTo"/>.</summary>
    public uint Mark() => _next;

    /// <summary>Forgets the buffers that were given out since a mark was taken.</summary>
    public void FreeTo(uint mark) => _next = mark;

    /// <summary>Ends the process. Its memory goes with it.</summary>
    public void Dispose()
    {
        Task.Kernel.Clock.TaskWoke();
        Task.Finish();
        _memory.Dispose();
    }
}
