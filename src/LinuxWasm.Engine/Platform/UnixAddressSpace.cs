using System.Runtime.InteropServices;

namespace LinuxWasm.Engine.Platform;

/// <summary>mmap(2) and pthread_getattr_np(3) on Linux; pthread_get_stackaddr_np on macOS.</summary>
internal sealed unsafe partial class UnixAddressSpace : IAddressSpace
{
    private const int ProtNone = 0;
    private const int ProtReadWrite = 3;
    private const int MapPrivate = 2;
    private const int MapFixed = 0x10;

    private static readonly int MapReserve = OperatingSystem.IsMacOS() ? MapPrivate | 0x1000 | 0x40 : MapPrivate | 0x20 | 0x4000;

    public byte* Reserve(nuint bytes)
    {
        var address = Mmap(null, bytes, ProtNone, MapReserve, -1, 0);
        return address == (void*)-1 ? null : (byte*)address;
    }

    public bool Commit(byte* address, nuint bytes) => bytes == 0 || Mprotect(address, bytes, ProtReadWrite) == 0;

    public void Decommit(byte* address, nuint bytes)
    {
        // A fresh mapping over the old one frees the pages at once on every Unix; madvise differs between them.
        if (bytes != 0 && Mmap(address, bytes, ProtNone, MapReserve | MapFixed, -1, 0) == (void*)-1)
            throw new InvalidOperationException($"mmap over a reservation failed: errno {Marshal.GetLastPInvokeError()}");
    }

    public void Release(byte* address, nuint bytes)
    {
        if (Munmap(address, bytes) != 0)
            throw new InvalidOperationException($"munmap of a reservation failed: errno {Marshal.GetLastPInvokeError()}");
    }

    public nuint StackLowest()
    {
        if (OperatingSystem.IsMacOS())
        {
            nint self = PthreadSelf();
            return PthreadGetStackAddrNp(self) - PthreadGetStackSizeNp(self);
        }

        // pthread_attr_t is 56 bytes with glibc and musl on 64-bit machines; room to spare.
        byte* attributes = stackalloc byte[256];
        void* lowest;
        nuint size;
        if (PthreadGetAttrNp(PthreadSelf(), attributes) != 0)
            throw new InvalidOperationException("pthread_getattr_np failed");
        PthreadAttrGetStack(attributes, &lowest, &size);
        PthreadAttrDestroy(attributes);
        return (nuint)lowest;
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial void* Mmap(void* address, nuint length, int protection, int flags, int fd, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Mprotect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Munmap(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "pthread_self")]
    private static partial nint PthreadSelf();

    [LibraryImport("libc", EntryPoint = "pthread_getattr_np")]
    private static partial int PthreadGetAttrNp(nint thread, void* attributes);

    [LibraryImport("libc", EntryPoint = "pthread_attr_getstack")]
    private static partial int PthreadAttrGetStack(void* attributes, void** address, nuint* size);

    [LibraryImport("libc", EntryPoint = "pthread_attr_destroy")]
    private static partial int PthreadAttrDestroy(void* attributes);

    [LibraryImport("libc", EntryPoint = "pthread_get_stackaddr_np")]
    private static partial nuint PthreadGetStackAddrNp(nint thread);

    [LibraryImport("libc", EntryPoint = "pthread_get_stacksize_np")]
    private static partial nuint PthreadGetStackSizeNp(nint thread);
}
