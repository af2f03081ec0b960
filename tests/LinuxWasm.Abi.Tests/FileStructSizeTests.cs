using System.Runtime.CompilerServices;

namespace LinuxWasm.Abi.Tests;

/// <summary>Sizes of what the file calls pass, as a C compiler gives them for the kernel's own headers, -m32 and -m64.</summary>
public class FileStructSizeTests
{
    [Fact]
    public void Vectors()
    {
        Assert.Equal(8, Unsafe.SizeOf<Iovec32>());
        Assert.Equal(16, Unsafe.SizeOf<Iovec64>());
    }

    [Fact]
    public void Locks()
    {
        Assert.Equal(16, Unsafe.SizeOf<Flock32>());
        Assert.Equal(24, Unsafe.SizeOf<Flock64Packed>());
        Assert.Equal(32, Unsafe.SizeOf<Flock>());
        Assert.Equal(8, Unsafe.SizeOf<FOwnerEx>());
    }

    [Fact]
    public void Readiness()
    {
        Assert.Equal(8, Unsafe.SizeOf<Pollfd>());
        Assert.Equal(12, Unsafe.SizeOf<EpollEventPacked>());
        Assert.Equal(16, Unsafe.SizeOf<EpollEvent>());
        Assert.Equal(8, Unsafe.SizeOf<Winsize>());
    }
}
