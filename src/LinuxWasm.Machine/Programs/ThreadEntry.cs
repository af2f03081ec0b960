using LinuxWasm.Engine;

namespace LinuxWasm.Machine.Programs;

/// <summary>What a thread's code is: functions that are called one after the other, and what it means that the last one returns.</summary>
/// <param name="Calls">The functions, each without results that matter but the last.</param>
/// <param name="EndsProcess">The last one's return is exit(3) of the whole process, with its result as status; else of the thread alone.</param>
internal sealed record ThreadEntry(IReadOnlyList<EntryCall> Calls, bool EndsProcess);

/// <summary>A function of a program, whichever instance of it a thread has: a forked child's is another than its parent's.</summary>
/// <param name="Find">Finds it in an instance.</param>
/// <param name="Arguments">What it is called with.</param>
internal readonly record struct EntryCall(Func<Instance, GuestFunction> Find, WasmValue[] Arguments);
