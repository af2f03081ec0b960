using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.Expressions;
using LinuxWasm.Conformance.Layouts;

namespace LinuxWasm.Conformance.Tests;

public sealed class ExpressionTests
{
    [Theory]
    [InlineData("0644", 420)]
    [InlineData("0x10|1", 17)]
    [InlineData("'A' + 1", 66)]
    [InlineData("2 + 3 * 4 << 1", 28)]
    [InlineData("0755 & 0644 == 0644", 1)]
    [InlineData("O_RDWR|O_CREAT", 66)]
    [InlineData("~0 & 0xff", 255)]
    [InlineData("5 in 1..9 && !(5 in [1, 2])", 1)]
    [InlineData("-1 == -1", 1)]
    [InlineData("len(\"a\\0b\\x41\")", 4)]
    [InlineData("makedev(1, 3)", 259)]
    [InlineData("hi(0x123456789)", 1)]
    [InlineData("sizeof(timespec)", 8)]
    [InlineData("\"ab\" \"c\" == \"abc\"", 1)]
    public void An_expression_is_worth_what_C_says(string text, long expected) =>
        Assert.Equal(expected, (long)new Evaluator(new ConstantScope(GuestAbi.I386)).Number(ExpressionParser.Parse(text)));

    [Fact]
    public void An_expression_that_is_nested_too_deeply_is_an_error_and_no_stack_overflow() =>
        Assert.Throws<ExpressionException>(() => ExpressionParser.Parse(new string('(', 100_000) + "1"));

    /// <summary>Sizes of the kernel's structures, i386 and x86-64 (uapi headers).</summary>
    [Theory]
    [InlineData("timespec", 8, 16)]
    [InlineData("timespec64", 16, 16)]
    [InlineData("timeval", 8, 16)]
    [InlineData("stat", 64, 144)]
    [InlineData("stat64", 96, 144)]
    [InlineData("statx", 256, 256)]
    [InlineData("statfs", 64, 120)]
    [InlineData("statfs64", 84, 120)]
    [InlineData("rusage", 72, 144)]
    [InlineData("sysinfo", 64, 112)]
    [InlineData("utsname", 390, 390)]
    [InlineData("old_utsname", 325, 325)]
    [InlineData("oldold_utsname", 45, 45)]
    [InlineData("rlimit", 8, 16)]
    [InlineData("flock", 16, 32)]
    [InlineData("flock64", 24, 32)]
    [InlineData("tms", 16, 32)]
    [InlineData("timex", 128, 208)]
    [InlineData("iovec", 8, 16)]
    [InlineData("itimerval", 16, 32)]
    [InlineData("siginfo", 128, 128)]
    [InlineData("sigaction", 20, 32)]
    [InlineData("epoll_event", 12, 12)]
    [InlineData("msghdr", 28, 56)]
    [InlineData("clone_args", 88, 88)]
    [InlineData("termios", 36, 36)]
    [InlineData("ustat", 20, 32)]
    [InlineData("signalfd_siginfo", 128, 128)]
    [InlineData("sched_attr", 56, 56)]
    public void A_structure_is_as_large_as_the_kernels(string name, int i386, int x8664)
    {
        Assert.Equal(i386, LayoutTable.For(GuestAbi.I386).Find(name)!.Size);
        Assert.Equal(x8664, LayoutTable.For(GuestAbi.X8664).Find(name)!.Size);
    }

    [Fact]
    public void Fields_of_64_bits_are_aligned_to_4_on_i386()
    {
        var flock = (StructLayout)LayoutTable.For(GuestAbi.I386).Find("flock64")!;
        Assert.Equal(4, flock.Find("l_start")!.Offset);
        var stat = (StructLayout)LayoutTable.For(GuestAbi.I386).Find("stat64")!;
        Assert.Equal(44, stat.Find("st_size")!.Offset);
        Assert.Equal(88, stat.Find("st_ino")!.Offset);
    }
}
