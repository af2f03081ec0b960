using System.Runtime.InteropServices;

namespace LinuxWasm.Abi;

/// <summary>clone(2)'s flags; the lowest byte of clone's is the exit signal.</summary>
[Flags]
public enum CloneFlags : ulong
{
    None = 0,
    CSIGNAL = 0xff,
    CLONE_VM = 0x100,
    CLONE_FS = 0x200,
    CLONE_FILES = 0x400,
    CLONE_SIGHAND = 0x800,
    CLONE_PIDFD = 0x1000,
    CLONE_PTRACE = 0x2000,
    CLONE_VFORK = 0x4000,
    CLONE_PARENT = 0x8000,
    CLONE_THREAD = 0x10000,
    CLONE_NEWNS = 0x20000,
    CLONE_SYSVSEM = 0x40000,
    CLONE_SETTLS = 0x80000,
    CLONE_PARENT_SETTID = 0x100000,
    CLONE_CHILD_CLEARTID = 0x200000,
    CLONE_DETACHED = 0x400000,
    CLONE_UNTRACED = 0x800000,
    CLONE_CHILD_SETTID = 0x1000000,
    CLONE_NEWCGROUP = 0x2000000,
    CLONE_NEWUTS = 0x4000000,
    CLONE_NEWIPC = 0x8000000,
    CLONE_NEWUSER = 0x10000000,
    CLONE_NEWPID = 0x20000000,
    CLONE_NEWNET = 0x40000000,
    CLONE_IO = 0x80000000,
    CLONE_CLEAR_SIGHAND = 0x100000000,
    CLONE_INTO_CGROUP = 0x200000000,
}

/// <summary>struct clone_args of clone3: the same in every ABI.</summary>
[StructLayout(LayoutKind.Explicit, Size = 88)]
public struct CloneArguments
{
    [FieldOffset(0)]
    public CloneFlags flags;

    [FieldOffset(8)]
    public ulong pidfd;

    [FieldOffset(16)]
    public ulong child_tid;

    [FieldOffset(24)]
    public ulong parent_tid;

    [FieldOffset(32)]
    public ulong exit_signal;

    [FieldOffset(40)]
    public ulong stack;

    [FieldOffset(48)]
    public ulong stack_size;

    [FieldOffset(56)]
    public ulong tls;

    [FieldOffset(64)]
    public ulong set_tid;

    [FieldOffset(72)]
    public ulong set_tid_size;

    [FieldOffset(80)]
    public ulong cgroup;
}
