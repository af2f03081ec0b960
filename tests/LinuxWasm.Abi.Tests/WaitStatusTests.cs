namespace LinuxWasm.Abi.Tests;

public sealed class WaitStatusTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(7, 7)]
    [InlineData(256 + 3, 3)]
    [InlineData(-1, 255)]
    public void An_exit_code_keeps_its_low_eight_bits(int code, int shell)
    {
        var status = WaitStatus.Exited(code);

        Assert.Equal(shell << 8, status.Value);
        Assert.Equal(shell, status.ShellStatus);
        Assert.Equal(Signal.None, status.TerminatingSignal);
    }

    [Fact]
    public void A_signal_gives_128_and_its_number()
    {
        var status = WaitStatus.Killed(Signal.SIGSEGV);

        Assert.Equal(11, status.Value);
        Assert.Equal(139, status.ShellStatus);
    }
}
