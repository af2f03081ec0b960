using LinuxWasm.Abi;
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
        const CloneFlags Thread = CloneFlags.CLONE_VM | CloneFlags.CLONE_FS | CloneFlags.CLONE_FILES | CloneFlags.CLONE_SIGHAND | CloneFlags.CLONE_THREAD;
        if (Clone(creator, new CloneRequest { Flags = Thread }, cloning: null, out var task) != Errno.None)
            return null;
        task!.ThreadWord = clearedTid;
        if (!parentTid.IsNull)
            creator.Memory.TryWrite(parentTid, task.Tid);
        if (!childTid.IsNull)
            creator.Memory.TryWrite(childTid, task.Tid);
        return task;
    }

    /// <summary>The kernel's half of clone(2), its flags checked: a task that is ready to run.</summary>
    internal Errno Clone(LinuxTask creator, in CloneRequest request, IGuestCloning? cloning, out LinuxTask? child)
    {
        child = null;
        if (IsOverProcessLimit(creator))
            return Errno.EAGAIN;
        AddressSpace space;
        if (request.Has(CloneFlags.CLONE_VM))
        {
            space = creator.AddressSpace.Share();
        }
        else
        {
            if (cloning?.CopyMemory() is not { } copy)
                return Errno.ENOMEM;
            space = creator.AddressSpace.Fork(copy);
        }

        var resources = new TaskResources
        {
            Abi = creator.Abi,
            AddressSpace = space,
            Files = request.Has(CloneFlags.CLONE_FILES) ? creator.Files.Share() : creator.Files.Clone(),
            Fs = request.Has(CloneFlags.CLONE_FS) ? creator.Fs.Share() : creator.Fs.Clone(),
            Credentials = creator.Credentials,
            Comm = creator.Comm,
        };
        var error = Make(creator, request, resources, out var made);
        if (error != Errno.None || made is null)
        {
            resources.AddressSpace.Release();
            resources.Files.Release();
            resources.Fs.Release();
            return error;
        }

        made.InheritFrom(creator);
        // The alternate stack stays with its thread, unless the child runs on a copy of it or, as with vfork, in its place (sigaltstack(2)).
        if (!request.Has(CloneFlags.CLONE_VM) || request.Has(CloneFlags.CLONE_VFORK))
            made.SignalStack = creator.SignalStack;
        if (request.Has(CloneFlags.CLONE_CHILD_CLEARTID))
            made.ThreadWord = request.ChildTid;
        // A number that can't be stored is no error: the child is there already.
        if (request.Has(CloneFlags.CLONE_PARENT_SETTID))
            creator.Memory.TryWrite(request.ParentTid, made.Tid);
        if (request.Has(CloneFlags.CLONE_CHILD_SETTID))
            made.Memory.TryWrite(request.ChildTid, made.Tid);
        Clock.TaskWoke();
        made.StartsRunning();
        child = made;
        return Errno.None;
    }

    /// <summary>Gives the child its number, and its creator the descriptor of it that was asked for (CLONE_PIDFD).</summary>
    private Errno Make(LinuxTask creator, CloneRequest request, TaskResources resources, out LinuxTask? made)
    {
        made = null;
        var wantsPidFd = request.Has(CloneFlags.CLONE_PIDFD);
        var pidFd = -1;
        if (wantsPidFd)
        {
            var error = creator.Files.Reserve(creator.Group.Limits[Resource.RLIMIT_NOFILE], closeOnExec: true, out pidFd);
            if (error != Errno.None)
                return error;
        }

        var isThread = request.Has(CloneFlags.CLONE_THREAD);
        var result = wantsPidFd && !creator.Memory.TryWrite(request.PidFd, pidFd) ? Errno.EFAULT : Errno.EAGAIN;
        if (result == Errno.EAGAIN)
            made = Pids.Add(tid => new LinuxTask(this, isThread ? creator.Group : NewGroup(creator, tid, request), tid, resources));
        if (made is not null && !made.Group.TryAdd(made))
        {
            Pids.Remove(made);
            made = null;
        }

        if (made is null)
        {
            if (wantsPidFd)
                creator.Files.Unreserve(pidFd);
            return result;
        }

        if (wantsPidFd)
            creator.Files.Install(pidFd, made.Group.PidInodeOf(made.Tid).Open(isThread ? PidFdFlags.PIDFD_THREAD : PidFdFlags.None));
        return Errno.None;
    }

    private ThreadGroup NewGroup(LinuxTask creator, int pid, in CloneRequest request)
    {
        var group = creator.Group;
        var isSibling = request.Has(CloneFlags.CLONE_PARENT);
        var made = new ThreadGroup(this, pid, isSibling ? group.Parent : group, creator: group)
        {
            ExitSignal = isSibling ? group.ExitSignal : request.ExitSignal,
            ParentTid = isSibling ? group.ParentTid : creator.Tid,
            Terminal = group.Terminal,
            CommandLine = group.CommandLine,
            Environment = group.Environment,
        };
        made.RunFrom(group.Executable);
        made.Timers.LimitCpu();
        if (request.Has(CloneFlags.CLONE_SIGHAND))
            made.Actions = group.Actions;
        else if (request.Has(CloneFlags.CLONE_CLEAR_SIGHAND))
            made.Actions.ResetForExec();
        return made;
    }

    /// <summary>RLIMIT_NPROC counts the tasks of a user; root and its like pass it.</summary>
    private bool IsOverProcessLimit(LinuxTask creator)
    {
        var credentials = creator.Credentials;
        var limit = creator.Group.Limits[Resource.RLIMIT_NPROC];
        if (limit >= (ulong)Options.MaxTasks || credentials.Uid == 0 || credentials.Has(Capability.CAP_SYS_RESOURCE) || credentials.Has(Capability.CAP_SYS_ADMIN))
            return false;
        return (ulong)Pids.Tasks.Count(task => task.Credentials.Uid == credentials.Uid) >= limit;
    }
}
