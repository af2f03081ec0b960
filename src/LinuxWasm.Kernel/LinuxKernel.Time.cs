using LinuxWasm.Abi;

namespace LinuxWasm.Kernel;

public sealed partial class LinuxKernel
{
    private readonly Lock _timezoneLock = new();
    private Timezone _timezone;

    /// <summary>What settimeofday(2) was last told; nothing in the kernel looks at it.</summary>
    internal Timezone Timezone
    {
        get
        {
            lock (_timezoneLock)
                return _timezone;
        }

        set
        {
            lock (_timezoneLock)
                _timezone = value;
        }
    }
}
