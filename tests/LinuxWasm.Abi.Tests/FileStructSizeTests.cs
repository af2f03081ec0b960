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
    public void Status()
    {
        Assert.Equal(144, Unsafe.SizeOf<Stat>());
        Assert.Equal(128, Unsafe.SizeOf<StatGeneric>());
        Assert.Equal(64, Unsafe.SizeOf<Stat32>());
        Assert.Equal(96, Unsafe.SizeOf<Stat64>());
        Assert.Equal(32, Unsafe.SizeOf<OldKernelStat>());
        Assert.Equal(256, Unsafe.SizeOf<Statx>());
    }

    [Fact]
    public void File_systems()
    {
        Assert.Equal(120, Unsafe.SizeOf<Statfs>());
        Assert.Equal(64, Unsafe.SizeOf<Statfs32>());
        Assert.Equal(84, Unsafe.SizeOf<Statfs64>());
        Assert.Equal(32, Unsafe.SizeOf<Ustat>());
        Assert.Equal(20, Unsafe.SizeOf<Ustat32>());
        Assert.Equal(24, Unsafe.SizeOf<OpenHowStruct>());
    }

    [Fact]
    public void Readiness()
    {
        Assert.Equal(8, Unsafe.SizeOf<Pollfd>());
        Assert.Equal(12, Unsafe.SizeOf<EpollEventPacked>());
        Assert.Equal(16, Unsafe.SizeOf<EpollEvent>());
        Assert.Equal(8, Unsafe.SizeOf<Winsize>());
        Assert.Equal(128, Unsafe.SizeOf<SignalfdSiginfo>());
        Assert.Equal(16, Unsafe.SizeOf<InotifyEventHeader>());
        Assert.Equal(24, Unsafe.SizeOf<OpenHowStruct>());
    }

    [Fact]
    public void Sockets()
    {
        Assert.Equal(12, Unsafe.SizeOf<Ucred>());
        Assert.Equal(8, Unsafe.SizeOf<Linger>());
        Assert.Equal(28, Unsafe.SizeOf<Msghdr32>());
        Assert.Equal(56, Unsafe.SizeOf<Msghdr64>());
        Assert.Equal(36, Unsafe.SizeOf<MsghdrWali>());
        Assert.Equal(12, Unsafe.SizeOf<Cmsghdr32>());
        Assert.Equal(16, Unsafe.SizeOf<Cmsghdr64>());
    }
}
