using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Tasks;

/// <summary>What may stand in a <see cref="WaitQueue"/>: a task that sleeps, or an epoll instance that takes note.</summary>
public abstract class Wakeable
{
    /// <summary>What was waited for may have come. Called under the queue's lock, from any thread: short, and without any lock that is held while a queue is joined.</summary>
    internal abstract void Wake();

    /// <summary>As <see cref="Wake()"/>, where it is known what may have come. Who watches for something else may sleep on.</summary>
    internal virtual void Wake(PollEvents what) => Wake();
}
