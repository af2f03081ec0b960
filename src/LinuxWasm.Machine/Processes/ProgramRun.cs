using System.Text;
using LinuxWasm.Abi;
using LinuxWasm.Engine;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Machine.Programs;

namespace LinuxWasm.Machine.Processes;

/// <summary>A process's first thread, from the module's instantiation to the task's end. All of it happens on the guest's own host thread.</summary>
internal sealed class ProgramRun(WasmMachine machine, IWasmEngine engine, ProgramImage image, ProgramStart start, GuestProcess process)
{
    /// <summary>Beside the guest's frames the host's own functions need room, and so does throwing a trap.</summary>
    private const ulong HostStack = 1 << 20;

    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private LinuxTask Task => process.MainTask;

    /// <summary>The host stack, in bytes, of a thread that runs a guest.</summary>
    public static int HostStackOf(ExecutionOptions options) => checked((int)(options.MaximumStack + HostStack));

    /// <summary>Starts the thread, and waits until the module is linked.</summary>
    /// <exception cref="ProgramException">The module asks for something that is not there; the process is gone again.</exception>
    public void Start()
    {
        var options = new ExecutionOptions { MaximumStack = machine.Options.StackLimit };
        new Thread(() => Run(options), HostStackOf(options)) { IsBackground = true, Name = $"{image.Name} [{process.Pid}]" }.Start();
        _started.Task.GetAwaiter().GetResult();
    }

    private void Run(ExecutionOptions options)
    {
        try
        {
            using var environmentFile = image.IsWali
                ? EnvironmentFile.Create(machine, process.Pid, start.Credentials.Uid, start.Credentials.Gid, start.Environment)
                : null;
            var thread = new GuestThread(Task, options, process)
            {
                Arguments = Bytes(start.Arguments),
                Environment = Bytes(start.Environment),
                EnvironmentFile = environmentFile,
            };
            if (Link(thread.Execution) is { } instance)
            {
                thread.Attach(instance);
                RunGuest(thread, instance);
            }
        }
        catch (GuestTreeException refused)
        {
            Refuse(new ProgramException($"{image.Name}: its environment can't be handed over: {refused.Message}", refused));
        }
        catch (Exception bug)
        {
            // On a thread of its own an exception would end the host: a bug of ours ends the guest only, and says so.
            process.ReportBug(bug);
            Refuse(new ProgramException($"{image.Name}: {bug.Message}", bug));
        }
        finally
        {
            process.ThreadEnded(Task);
        }
    }

    /// <summary>Instantiates the module and gives the task its memory; null where that failed, which is then told to whoever waits.</summary>
    private Instance? Link(Execution execution)
    {
        try
        {
            var instance = engine.Instantiate(image.Module, new ProgramImports(Task.Abi, machine.MemoryLimitPages), execution);
            var memory = instance.Memory ?? throw new ProgramException($"{image.Name}: the module has no memory");
            // Below the lowest data lies nothing: there a null pointer and what is reached through it shall fault in system calls.
            var lowest = (uint)Math.Min(image.Module.LowestDataAddress ?? LowestAddress, LowestAddress);
            Task.SetAddressSpace(new AddressSpace(new GuestMemory(new LinearBacking(memory), lowest), HeapStart(instance)));
            process.Memory = memory;
            _started.SetResult();
            return instance;
        }
        catch (LinkException missing)
        {
            Refuse(new ProgramException($"{image.Name}: {missing.Message}", missing));
        }
        catch (OutOfMemoryException tooLarge)
        {
            Refuse(new ProgramException($"{image.Name}: {tooLarge.Message}", tooLarge));
        }
        catch (TrapException trap)
        {
            Refuse(new ProgramException($"{image.Name}: trapped while it was instantiated: {trap.Message}", trap));
        }
        catch (ProgramException refused)
        {
            Refuse(refused);
        }

        return null;
    }

    /// <summary>What wasm-ld leaves free below static data, so that null is no object's address (--global-base).</summary>
    private const uint LowestAddress = 1024;

    /// <summary>What wasm-ld exports as the end of a program's static data and stack; null where the program does not say.</summary>
    private static uint? HeapStart(Instance instance) =>
        instance.GetExport("__heap_base") is Global { Type.Type: ValType.I32 } heapBase ? (uint)heapBase.Value.I32 : null;

    private void RunGuest(GuestThread thread, Instance instance)
    {
        try
        {
            var status = new ProgramEntry(image, instance, thread).Call();
            if (!Task.MustEnd)
                GuestCalls.ExitGroup(Task, status);
        }
        catch (TrapException trap)
        {
            thread.ReportTrap(trap);
        }
        catch (ProgramException refused)
        {
            process.AddFault(refused.Message);
            Task.Group.Kill(Signal.SIGKILL);
        }
    }

    private void Refuse(ProgramException reason)
    {
        Task.Group.Kill(Signal.SIGKILL);
        _started.TrySetException(reason);
    }

    private static byte[][] Bytes(IReadOnlyList<string> texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];
}
