using LinuxWasm.Engine;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Machine.Processes;

namespace LinuxWasm.Machine.Programs;

/// <summary>Makes a module the code of a guest thread: instance, memory, environment.</summary>
internal static class ProgramLink
{
    /// <summary>What wasm-ld leaves free below static data, so that null is no object's address (--global-base).</summary>
    private const uint LowestAddress = 1024;

    /// <summary>Instantiates a program's module for a thread that runs nothing yet, and gives its task the memory.</summary>
    /// <exception cref="ProgramException">It asks for something that is not there, or for too much; the message says what.</exception>
    public static void Attach(GuestThread thread, ProgramImage image)
    {
        var machine = thread.Process.Machine;
        var task = thread.Task;
        if (image.Module.Memory is { Is64: true })
            throw new ProgramException($"{image.Name}: the module's memory has 64-bit addresses; both ABIs have 32-bit ones");
        try
        {
            if (image.IsWali)
                thread.EnvironmentFile = EnvironmentFile.Create(machine, task.Group.Pid, task.Credentials.Fsuid, task.Credentials.Fsgid, thread.Environment);
            var instance = machine.EngineFor(thread.Process).Instantiate(image.Module, new ProgramImports(task.Abi, machine.MemoryLimitPages), thread.Execution);
            var linear = instance.Memory ?? throw new ProgramException($"{image.Name}: the module has no memory");
            // Below the lowest data lies nothing: there a null pointer and what is reached through it shall fault in system calls.
            var lowest = (uint)Math.Min(image.Module.LowestDataAddress ?? LowestAddress, LowestAddress);
            task.EnterProgram(new AddressSpace(new GuestMemory(new LinearBacking(linear), lowest), HeapStart(instance)));
            thread.Attach(instance, new ProgramMemory(linear));
        }
        catch (GuestTreeException refused)
        {
            throw new ProgramException($"{image.Name}: its environment can't be handed over: {refused.Message}", refused);
        }
        catch (LinkException missing)
        {
            throw new ProgramException($"{image.Name}: {missing.Message}", missing);
        }
        catch (OutOfMemoryException tooLarge)
        {
            throw new ProgramException($"{image.Name}: {tooLarge.Message}", tooLarge);
        }
        catch (TrapException trap)
        {
            throw new ProgramException($"{image.Name}: trapped while it was instantiated: {trap.Message}", trap);
        }
    }

    /// <summary>What wasm-ld exports as the end of a program's static data and stack; null where the program does not say.</summary>
    private static uint? HeapStart(Instance instance) =>
        instance.GetExport("__heap_base") is Global { Type.Type: ValType.I32 } heapBase ? (uint)heapBase.Value.I32 : null;
}
