using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Syscalls;

/// <summary>personality(2): kept and given back; only PER_LINUX32 shows, in uname(2).</summary>
public static class Personalities
{
    public const uint PER_LINUX32 = 8;

    private const uint OnlyAsk = 0xffffffff;

    [Syscall("personality")]
    public static SysResult Personality(LinuxTask task, [Show("hex")] uint persona)
    {
        var old = task.Personality;
        if (persona != OnlyAsk)
            task.Personality = persona;
        return old;
    }
}
