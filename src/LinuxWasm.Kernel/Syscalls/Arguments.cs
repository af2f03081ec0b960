namespace LinuxWasm.Kernel.Syscalls;

/// <summary>A file descriptor argument: any 32-bit value, not yet known to be open.</summary>
public readonly record struct Fd(int Value)
{
    /// <summary>AT_FDCWD of openat(2): the working directory.</summary>
    public static readonly Fd WorkingDirectory = new(-100);

    public bool IsWorkingDirectory => Value == -100;
}

/// <summary>C's <c>long</c> of the calling ABI, sign-extended.</summary>
public readonly record struct GuestLong(long Value);

/// <summary>C's <c>size_t</c> (and <c>unsigned long</c>) of the calling ABI, zero-extended.</summary>
public readonly record struct GuestSize(ulong Value);

/// <summary>A 64-bit offset in two registers of every table, low word first; a 64-bit ABI's low register holds all of it.</summary>
public readonly record struct SplitOffset(long Value);

/// <summary>The address of a path name. Its bytes are copied once, when the call gets to look at them, so that no other thread can change them meanwhile.</summary>
public readonly record struct GuestPath(Memory.GuestPtr Pointer);
