using LinuxWasm.Engine;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Machine.Processes;

namespace LinuxWasm.Machine.Programs;

/// <summary>
/// The first calls into a program. How it gets its arguments depends on what it exports:
/// <list type="bullet">
/// <item><c>_start()</c> with an exported <c>__stack_pointer</c>: the stack pointer is at argc, as the kernel leaves it for a native program;</item>
/// <item><c>_start(i32)</c>: the parameter is the address of argc;</item>
/// <item><c>main(i32 argc, i32 argv) -> i32</c>: called as C's main, after an <c>_initialize()</c> if there is one; its result is the exit status;</item>
/// <item>WALI's <c>_start()</c>: it asks for them by calls.</item>
/// </list>
/// </summary>
internal sealed class ProgramEntry(ProgramImage image, Instance instance, GuestThread thread)
{
    /// <summary>Linux takes at most a quarter of the stack for them.</summary>
    private const uint StackShare = 4;

    /// <summary>The stack that wasm-ld gives where it is not told: taken for a program that does not export where its stack ends.</summary>
    private const uint DefaultStack = 64 << 10;

    private const uint WordSize = 4;

    /// <summary>Hands the arguments over, and says what is to be called.</summary>
    /// <exception cref="ProgramException">The arguments don't fit, or the entry has a type that no program's has.</exception>
    public ThreadEntry Prepare()
    {
        var type = instance.GetFunction(image.Entry)!.Type;
        var takesWords = true;
        foreach (var parameter in type.Parameters)
            takesWords &= parameter == ValType.I32;
        if (!takesWords || type.Results.Length > 1 || (type.Results.Length == 1 && type.Results[0] != ValType.I32) || type.Parameters.Length > 3)
            throw new ProgramException($"{image.Name}: '{image.Entry}' has type {type}; a program's entry takes up to three i32 and returns one or none");

        var arguments = new WasmValue[type.Parameters.Length];
        if (!image.IsWali || arguments.Length > 0)
            PassArguments(arguments);
        var entry = Named(image.Entry, arguments);
        var initialises = image.Entry != "_start" && instance.GetFunction("_initialize") is { Type: { Parameters.Length: 0, Results.Length: 0 } };
        return new ThreadEntry(initialises ? [Named("_initialize", []), entry] : [entry], EndsProcess: true);
    }

    private static EntryCall Named(string export, WasmValue[] arguments) => new(instance => instance.GetFunction(export)!, arguments);

    private void PassArguments(WasmValue[] parameters)
    {
        var address = WriteBlock();
        switch (parameters.Length)
        {
            case 1:
                parameters[0] = address;
                break;
            case 2 or 3:
                var count = (uint)thread.Arguments.Count;
                parameters[0] = count;
                parameters[1] = address + WordSize;
                if (parameters.Length == 3)
                    parameters[2] = address + WordSize + (count + 1) * WordSize;
                break;
        }
    }

    private uint WriteBlock()
    {
        var task = thread.Task;
        var credentials = task.Credentials;
        var block = new InitialStack(
            thread.Arguments,
            thread.Environment,
            [
                (AuxiliaryKey.AT_PAGESZ, GuestMemory.PageSize),
                (AuxiliaryKey.AT_CLKTCK, 100),
                (AuxiliaryKey.AT_UID, credentials.Uid),
                (AuxiliaryKey.AT_EUID, credentials.Euid),
                (AuxiliaryKey.AT_GID, credentials.Gid),
                (AuxiliaryKey.AT_EGID, credentials.Egid),
                (AuxiliaryKey.AT_SECURE, 0),
            ]);
        var address = WriteBlock(block);
        GuestCalls.FillRandom(task, block.RandomAddress, InitialStack.RandomLength);
        return address;
    }

    private uint StackSize(uint top) =>
        instance.GetExport("__stack_low") is Global { Type.Type: ValType.I32 } low && (uint)low.Value.I32 <= top
            ? top - (uint)low.Value.I32
            : Math.Min(top, DefaultStack);

    private uint WriteBlock(InitialStack block)
    {
        var task = thread.Task;
        if (instance.GetExport("__stack_pointer") is Global stackPointer)
        {
            var top = (uint)stackPointer.Value.I32;
            var room = StackSize(top) / StackShare;
            if (block.Size > room || block.Write(task.Memory, top) is not { } address)
                throw new ProgramException($"{image.Name}: argument list too long: arguments and environment take {block.Size} bytes, and the stack has room for {room}");
            stackPointer.Value = address;
            return address;
        }

        var length = (uint)((block.Size + GuestMemory.PageSize - 1) & ~(GuestMemory.PageSize - 1));
        if (!GuestCalls.TryMapAnonymous(task, length, out var mapping) || block.Write(task.Memory, mapping + length) is not { } mapped)
            throw new ProgramException($"{image.Name}: no room in the guest's memory for {block.Size} bytes of arguments and environment");
        return mapped;
    }
}
