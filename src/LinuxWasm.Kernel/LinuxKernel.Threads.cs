using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel;

public sealed partial class LinuxKernel
{
    /// <summary>
    /// Makes another thread of a process, as clone(2) with CLONE_VM, CLONE_FS, CLONE_FILES, CLONE_SIGHAND and CLONE_THREAD. Its code is run by
    /// whoever asked for it, on a thread of its own, until <see cref="LinuxTask.MustEnd"/>; then it is finished.
    /// </summary>
    /// <param name="creator">Which thread makes it; the caller runs it.</param>
    /// <param name="parentTid">Where the number is stored (CLONE_PARENT_SETTID), or null. As in Linux, that it can't be is no error.</param>
    /// <param name="childTid">Where the number is stored as the new thread sees it (CLONE_CHILD_SETTID), or null.</param>
    /// <param name="clearedTid">The word that is set to 0 and woken at its end (CLONE_CHILD_CLEARTID), or null.</param>
    /// <returns>The task, or null where there are as many as there may be, or the process is ending (EAGAIN).</returns>
    public LinuxTask? CreateThread(LinuxTask creator, GuestPtr<int> parentTid = default, GuestPtr<int> childTid = default, GuestPtr<int> clearedTid = default)
    {
        var resources = new TaskResources
        {
            Abi = creator.Abi,
            AddressSpace = creator.AddressSpace.Share(),
            Files = creator.Files.Share(),
            Fs = creator.Fs.Share(),
            Credentials = creator.Credentials,
            Comm = creator.Comm,
        };
        var task = Pids.Add(tid => new LinuxTask(this, creator.Group, tid, resources));
        if (task is null || !creator.Group.TryAdd(task))
        {
            if (task is not null)
                Pids.Remove(task);
            resources.AddressSpace.Release();
            resources.Files.Release();
            resources.Fs.Release();
            return null;
        }

        task.InheritFrom(creator);
        task.ThreadWord = clearedTid;
        if (!parentTid.IsNull)
            creator.Memory.TryWrite(parentTid, task.Tid);
        if (!childTid.IsNull)
            creator.Memory.TryWrite(childTid, task.Tid);
        Clock.TaskWoke();
        task.StartsRunning();
        return task;
    }
}
