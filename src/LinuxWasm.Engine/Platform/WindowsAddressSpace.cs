using System.Runtime.InteropServices;

namespace LinuxWasm.Engine.Platform;

/// <summary>VirtualAlloc and GetCurrentThreadStackLimits.</summary>
internal sealed unsafe partial class WindowsAddressSpace : IAddressSpace
{
    private const uint MemCommit = 0x1000;
    private const uint MemReserve = 0x2000;
    private const uint MemDecommit = 0x4000;
    private const uint MemRelease = 0x8000;
    private const uint PageNoAccess = 1;
    private const uint PageReadWrite = 4;

    public byte* Reserve(nuint bytes) => (byte*)VirtualAlloc(null, bytes, MemReserve, PageNoAccess);

    public bool Commit(byte* address, nuint bytes) => bytes == 0 || VirtualAlloc(address, bytes, MemCommit, PageReadWrite) != null;

    public void Decommit(byte* address, nuint bytes)
    {
        if (bytes != 0 && VirtualFree(address, bytes, MemDecommit) == 0)
            throw new InvalidOperationException($"VirtualFree failed: error {Marshal.GetLastPInvokeError()}");
    }

    public void Release(byte* address, nuint bytes)
    {
        if (VirtualFree(address, 0, MemRelease) == 0)
            throw new InvalidOperationException($"VirtualFree failed: error {Marshal.GetLastPInvokeError()}");
    }

    public nuint StackLowest()
    {
        nuint low, high;
        GetCurrentThreadStackLimits(&low, &high);
        return low;
    }

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial void* VirtualAlloc(void* address, nuint size, uint type, uint protection);

    [LibraryImport("kernel32", SetLastError = true)]
    private static partial int VirtualFree(void* address, nuint size, uint type);

    [LibraryImport("kernel32")]
    private static partial void GetCurrentThreadStackLimits(nuint* low, nuint* high);
}
