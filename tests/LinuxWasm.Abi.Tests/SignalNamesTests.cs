namespace LinuxWasm.Abi.Tests;

public sealed class SignalNamesTests
{
    [Theory]
    [InlineData(1, "SIGHUP")]
    [InlineData(31, "SIGSYS")]
    [InlineData(32, "SIGRTMIN")]
    [InlineData(34, "SIGRT_2")]
    [InlineData(64, "SIGRT_32")]
    [InlineData(0, "0")]
    [InlineData(65, "65")]
    [InlineData(-1, "-1")]
    public void A_signal_has_its_name_and_a_number_that_is_none_its_digits(int signal, string name) => Assert.Equal(name, ((Signal)signal).Name());
}
