using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Machine.Programs;

namespace LinuxWasm.Machine.Processes;

/// <summary>A guest thread as the kernel sees it: handlers that can be called, frames and memory that can be copied.</summary>
internal sealed class GuestCode(GuestThread thread, SignalHandlers handlers) : IGuestExecution, IGuestCloning, IGuestExecuting
{
    private ProgramMemory? _copy;

    public uint StackPointer => handlers.StackPointer;

    public HandlerOutcome RunHandler(in HandlerCall call) => handlers.Run(call);

    public bool CanClone => thread.Frames is not null && !handlers.AreRunning;

    public MemoryBacking? CopyMemory()
    {
        try
        {
            _copy = thread.Memory.Fork();
            return new LinearBacking(_copy.Linear);
        }
        catch (OutOfMemoryException)
        {
            // The kernel answers ENOMEM.
            return null;
        }
    }

    public void Start(LinuxTask child, in CloneStart start)
    {
        var memory = start.SharesMemory ? thread.Memory.Share() : _copy!;
        _copy = null;
        GuestRunner.StartClone(thread, child, memory, start);
    }

    public IGuestProgram? Load(string path, ReadOnlyMemory<byte> content) => thread.Process.Machine.Programs.TryLoad(path, content);

    public void Replace(IGuestProgram program, IReadOnlyList<byte[]> arguments, IReadOnlyList<byte[]> environment) =>
        thread.Follow(new ProgramCommand((ProgramImage)program, arguments, environment));

    /// <summary>The call that may have made a child is over: a copy that no child took is given back.</summary>
    public void EndCall()
    {
        _copy?.Release();
        _copy = null;
    }
}
