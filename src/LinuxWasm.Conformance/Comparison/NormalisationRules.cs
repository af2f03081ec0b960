namespace LinuxWasm.Conformance.Comparison;

/// <summary>
/// Values that belong to the machine and not to Linux, by named rule. Fields of structures name their rule in structs.txt; here stand the
/// results of calls and the untyped buffers that they fill.
/// </summary>
public static class NormalisationRules
{
    private static readonly Dictionary<string, string> _results = new()
    {
        ["brk"] = "address",
        ["mmap"] = "address",
        ["mmap2"] = "address",
        ["mremap"] = "address",
        ["shmat"] = "address",
        ["signal"] = "address",
        ["time"] = "clock",
        ["times"] = "clock",
        ["getpid"] = "pid",
        ["gettid"] = "pid",
        ["getppid"] = "pid",
        ["getpgrp"] = "pid",
        ["getpgid"] = "pid",
        ["getsid"] = "pid",
        ["setsid"] = "pid",
        ["set_tid_address"] = "pid",
        ["fork"] = "pid",
        ["vfork"] = "pid",
        ["clone"] = "pid",
        ["adjtimex"] = "clock",
        ["clock_adjtime"] = "clock",
        ["clock_adjtime64"] = "clock",
        ["timer_getoverrun"] = "clock",
        ["splice"] = "chunk",
        ["membarrier"] = "system",
        ["sched_getaffinity"] = "processor",
    };

    private static readonly Dictionary<string, string> _buffers = new()
    {
        ["getrandom"] = "random",
        ["getdents"] = "directory",
        ["getdents64"] = "directory",
        ["readdir"] = "directory",
        ["getcpu"] = "processor",
        ["time"] = "clock",
        ["gettimeofday"] = "clock",
        ["clock_gettime"] = "clock",
        ["clock_gettime64"] = "clock",
        ["clock_getres"] = "clock",
        ["clock_getres_time64"] = "clock",
        ["getitimer"] = "clock",
        ["setitimer"] = "clock",
        ["timerfd_gettime"] = "clock",
        ["timerfd_settime"] = "clock",
        ["timer_gettime"] = "clock",
        ["timer_settime"] = "clock",
        ["timerfd_gettime64"] = "clock",
        ["timerfd_settime64"] = "clock",
        ["timer_gettime64"] = "clock",
        ["timer_settime64"] = "clock",
        ["clock_adjtime64"] = "clock",
        ["getrlimit"] = "limits",
        ["ugetrlimit"] = "limits",
        ["prlimit64"] = "limits",
        ["sched_rr_get_interval"] = "load",
        ["sched_rr_get_interval_time64"] = "load",
        ["mincore"] = "memory",
        ["fcntl"] = "pid",
        ["uname"] = "system",
    };

    /// <summary>What each rule means, for the documentation.</summary>
    public static IReadOnlyDictionary<string, string> Meanings { get; } = new Dictionary<string, string>
    {
        ["address"] = "where the kernel puts memory that it was not told a place for, and where a handler stands",
        ["clock"] = "the time, and what is counted in time",
        ["pid"] = "the numbers of processes and threads",
        ["inode"] = "the numbers of inodes and other objects",
        ["device"] = "the number of the device that a file system has",
        ["directory"] = "order, inode numbers and offsets of directory entries",
        ["filesystem"] = "how large and how full a file system is",
        ["memory"] = "how much memory there is, and what is in it",
        ["load"] = "how busy the machine is",
        ["system"] = "the kernel's release and the machine's name",
        ["random"] = "random numbers",
        ["processor"] = "the number of the processor",
        ["limits"] = "the limits that a process starts with",
        ["fault"] = "how much of a result is stored before the fault that makes it EFAULT",
        ["unmapped"] = "the owner of what lies outside the oracle's user namespace",
        ["chunk"] = "how much of what may be partial was done at once",
    };

    /// <summary>The rule under which a call's result is not compared, or null when it is.</summary>
    public static string? OfResult(string call) => _results.GetValueOrDefault(call);

    /// <summary>The rule under which the bytes that a call stores are not compared, or null when they are.</summary>
    public static string? OfBuffers(string call) => _buffers.GetValueOrDefault(call);
}
