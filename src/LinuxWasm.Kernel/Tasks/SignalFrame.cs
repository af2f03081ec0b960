using System.Runtime.CompilerServices;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Syscalls;

namespace LinuxWasm.Kernel.Tasks;

/// <summary>What a handler finds on its stack: siginfo and ucontext, of which only the mask and the stack are meant; there are no registers to show.</summary>
internal readonly struct SignalFrame
{
    private const uint Alignment = 16;

    private readonly GuestPtr _mask;

    private SignalFrame(HandlerCall call, GuestPtr mask, bool isOnSignalStack)
    {
        Call = call;
        _mask = mask;
        IsOnSignalStack = isOnSignalStack;
    }

    public HandlerCall Call { get; }

    public uint StackPointer => Call.StackPointer;

    public bool IsOnSignalStack { get; }

    /// <summary>Chooses the stack and lays the frame on it. False where it does not fit there: SIGSEGV.</summary>
    public static bool TryBuild(
        LinuxTask task, SignalInfo info, SignalAction action, SignalSet mask, uint stackPointer, out SignalFrame frame)
    {
        var takesInfo = action.Has(SignalFlags.SA_SIGINFO);
        var bare = new HandlerCall(action.Handler, info.Signal, default, default, 0, takesInfo);
        if (stackPointer == 0)
        {
            frame = new SignalFrame(bare, default, isOnSignalStack: false);
            return true;
        }

        frame = default;
        var stack = task.SignalStack;
        var onStack = stack.Contains(stackPointer);
        var enters = action.Has(SignalFlags.SA_ONSTACK) && stack.IsSet && !onStack;
        var top = enters ? stack.Top : stackPointer;
        var layout = ContextLayout.Of(task.Abi);
        var size = layout.Size + SignalInfoLayoutExtensions.Size;
        // A frame that does not fit on the alternate stack overflows it, which is a fault, not a reason to write below.
        if (top < size + Alignment || ((enters || onStack) && top - size - Alignment < stack.Base))
            return false;
        var infoAddress = (uint)((top - SignalInfoLayoutExtensions.Size) & ~(ulong)(Alignment - 1));
        var context = (infoAddress - layout.Size) & ~(Alignment - 1);
        if (!info.TryWrite(task, new GuestPtr(infoAddress)) || !layout.TryWrite(task, context, mask, stack))
            return false;
        frame = new SignalFrame(
            bare with { Info = new GuestPtr(infoAddress), Context = new GuestPtr(context), StackPointer = context },
            new GuestPtr(context + layout.MaskOffset),
            enters || onStack);
        return true;
    }

    /// <summary>The mask after the handler: what stands in its ucontext now.</summary>
    public SignalSet MaskToRestore(LinuxTask task, SignalSet before) =>
        !_mask.IsNull && task.Memory.TryRead<ulong>(_mask, out var bits) ? new SignalSet(bits) : before;

    /// <summary>Where ucontext_t has what the kernel fills in.</summary>
    private sealed record ContextLayout(uint Size, uint StackOffset, uint MaskOffset, bool WidePointers)
    {
        private static readonly ContextLayout I386 = new(248, 8, 108, WidePointers: false);
        private static readonly ContextLayout X64 = new(936, 16, 296, WidePointers: true);

        // uc_link and the stack have 32-bit pointers; mcontext is 32 words of 8 bytes.
        private static readonly ContextLayout Wali = new(920, 12, 280, WidePointers: false);

        public static ContextLayout Of(GuestAbi abi) => abi.Is32Bit ? I386 : abi.PointerSize == 8 ? X64 : Wali;

        public bool TryWrite(LinuxTask task, uint context, SignalSet mask, SignalStack stack)
        {
            if (!task.Memory.TryGetWritable(new GuestPtr(context), Size, out var bytes))
                return false;
            bytes.Clear();
            var flags = stack.IsSet ? (stack.AutoDisarm ? AltStackFlags.SS_AUTODISARM : 0) : AltStackFlags.SS_DISABLE;
            if (WidePointers)
            {
                Put(bytes, StackOffset, new SigAltStack64 { ss_sp = stack.Base, ss_flags = (uint)flags, ss_size = stack.Size });
            }
            else
            {
                Put(bytes, StackOffset, new SigAltStack32 { ss_sp = stack.Base, ss_flags = (uint)flags, ss_size = stack.Size });
            }

            Put(bytes, MaskOffset, mask.Bits);
            return true;
        }

        private static void Put<T>(Span<byte> bytes, uint offset, T value)
            where T : unmanaged => Unsafe.WriteUnaligned(ref bytes[(int)offset], value);
    }
}

/// <summary>sigaltstack(2)'s ss_flags.</summary>
[Flags]
public enum AltStackFlags : uint
{
    None = 0,
    SS_ONSTACK = 1,
    SS_DISABLE = 2,
    SS_AUTODISARM = 0x80000000,
}
