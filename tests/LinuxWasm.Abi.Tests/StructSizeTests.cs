using System.Runtime.CompilerServices;

namespace LinuxWasm.Abi.Tests;

/// <summary>Sizes as a C compiler gives them for the kernel's own headers, -m32 and -m64.</summary>
public class StructSizeTests
{
    [Fact]
    public void Limits()
    {
        Assert.Equal(16, Unsafe.SizeOf<Rlimit>());
        Assert.Equal(8, Unsafe.SizeOf<Rlimit32>());
    }

    [Fact]
    public void Times()
    {
        Assert.Equal(16, Unsafe.SizeOf<Timespec>());
        Assert.Equal(8, Unsafe.SizeOf<OldTimespec32>());
        Assert.Equal(16, Unsafe.SizeOf<Timeval>());
        Assert.Equal(8, Unsafe.SizeOf<OldTimeval32>());
        Assert.Equal(32, Unsafe.SizeOf<TimerSetting<Timespec>>());
        Assert.Equal(16, Unsafe.SizeOf<TimerSetting<OldTimespec32>>());
        Assert.Equal(208, Unsafe.SizeOf<Timex>());
        Assert.Equal(128, Unsafe.SizeOf<Timex32>());
        Assert.Equal(32, Unsafe.SizeOf<Tms>());
        Assert.Equal(16, Unsafe.SizeOf<Tms32>());
    }

    [Fact]
    public void Signals()
    {
        Assert.Equal(128, Unsafe.SizeOf<SigInfo64>());
        Assert.Equal(128, Unsafe.SizeOf<SigInfo32>());
        Assert.Equal(32, Unsafe.SizeOf<KernelSigAction64>());
        Assert.Equal(20, Unsafe.SizeOf<KernelSigAction32>());
        Assert.Equal(16, Unsafe.SizeOf<OldSigAction>());
        Assert.Equal(24, Unsafe.SizeOf<WaliSigAction>());
        Assert.Equal(24, Unsafe.SizeOf<SigAltStack64>());
        Assert.Equal(12, Unsafe.SizeOf<SigAltStack32>());
        Assert.Equal(64, Unsafe.SizeOf<SigEvent64>());
        Assert.Equal(64, Unsafe.SizeOf<SigEvent32>());
    }

    [Fact]
    public void System_information()
    {
        Assert.Equal(144, Unsafe.SizeOf<Rusage>());
        Assert.Equal(72, Unsafe.SizeOf<Rusage32>());
        Assert.Equal(112, Unsafe.SizeOf<Sysinfo>());
        Assert.Equal(64, Unsafe.SizeOf<Sysinfo32>());
        Assert.Equal(390, Unsafe.SizeOf<Utsname>());
        Assert.Equal(325, Unsafe.SizeOf<OldUtsname>());
        Assert.Equal(45, Unsafe.SizeOf<OldOldUtsname>());
        Assert.Equal(56, Unsafe.SizeOf<SchedAttr>());
        Assert.Equal(8, Unsafe.SizeOf<CapUserHeader>());
        Assert.Equal(12, Unsafe.SizeOf<CapUserData>());
    }
}
