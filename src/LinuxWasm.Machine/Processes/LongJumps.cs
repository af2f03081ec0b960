using System.Buffers.Binary;
using LinuxWasm.Engine;
using LinuxWasm.Kernel.Memory;

namespace LinuxWasm.Machine.Processes;

/// <summary>
/// What setjmp keeps beside the frame, which the engine does: the stack pointer, since frames that are jumped over do not put it back,
/// and for sigsetjmp the signal mask. It stands in the guest's own buffer, behind the engine's part.
/// </summary>
internal static class LongJumps
{
    private const uint StackPointerOffset = 16;
    private const uint HasMaskOffset = 20;
    private const uint MaskOffset = 24;
    private const uint End = 32;

    public static void Keep(Execution execution, uint buffer, bool keepsMask)
    {
        var thread = GuestThread.Of(execution);
        if (!thread.Task.Memory.TryGetWritable(new GuestPtr(buffer), End, out var kept))
            throw new TrapException(TrapKind.MemoryOutOfBounds);
        BinaryPrimitives.WriteInt32LittleEndian(kept[(int)StackPointerOffset..], thread.StackPointer?.Value.I32 ?? 0);
        BinaryPrimitives.WriteInt32LittleEndian(kept[(int)HasMaskOffset..], keepsMask ? 1 : 0);
        if (keepsMask)
            GuestCalls.GetSignalMask(thread.Task, buffer + MaskOffset);
    }

    public static void Restore(Execution execution, uint buffer)
    {
        var thread = GuestThread.Of(execution);
        if (!thread.Task.Memory.TryGetWritable(new GuestPtr(buffer), End, out var kept))
            throw new TrapException(TrapKind.MemoryOutOfBounds);
        if (thread.StackPointer is { } stackPointer)
            stackPointer.Value = BinaryPrimitives.ReadInt32LittleEndian(kept[(int)StackPointerOffset..]);
        if (BinaryPrimitives.ReadInt32LittleEndian(kept[(int)HasMaskOffset..]) != 0)
            GuestCalls.SetSignalMask(thread.Task, buffer + MaskOffset);
    }
}
