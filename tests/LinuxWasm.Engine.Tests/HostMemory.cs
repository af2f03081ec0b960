using System.Diagnostics;

namespace LinuxWasm.Engine.Tests;

/// <summary>What this process has of the host's memory, after all garbage is gone.</summary>
[CollectionDefinition(Alone, DisableParallelization = true)]
public static class HostMemory
{
    /// <summary>The collection of tests that measure the process's memory: no other test runs beside them.</summary>
    public const string Alone = "measures memory";

    public static long Resident() => Measure().Resident;

    /// <summary>Both figures when all that can be collected is.</summary>
    public static (long Resident, long Addresses) Measure()
    {
        Collect();
        using var process = Process.GetCurrentProcess();
        return (process.WorkingSet64, process.VirtualMemorySize64);
    }

    /// <summary>Address space as it is at the moment, reserved memory included.</summary>
    public static long AddressSpace()
    {
        using var process = Process.GetCurrentProcess();
        return process.VirtualMemorySize64;
    }

    /// <summary>Twice, since what finalizers let go of is collected only after they ran.</summary>
    public static void Collect()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }
    }
}
