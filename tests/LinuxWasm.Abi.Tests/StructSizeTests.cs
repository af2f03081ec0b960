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
}
