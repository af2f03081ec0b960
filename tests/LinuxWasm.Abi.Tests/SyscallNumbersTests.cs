namespace LinuxWasm.Abi.Tests;

public sealed class SyscallNumbersTests
{
    [Theory]
    [InlineData("read", 3, 0, 63)]
    [InlineData("openat", 295, 257, 56)]
    [InlineData("stat64", 195, null, null)]
    [InlineData("fork", 2, 57, null)]
    [InlineData("fchmodat2", 452, 452, 452)]
    public void A_name_has_the_number_that_the_kernels_headers_give_it(string name, int? i386, int? x64, int? generic)
    {
        var number = SyscallNumbers.Find(name);

        Assert.Equal(new SyscallNumber(name, i386, x64, generic), number);
    }

    [Fact]
    public void A_name_of_no_table_is_not_found() => Assert.Null(SyscallNumbers.Find("no_such_call"));

    [Fact]
    public void No_number_of_the_x86_tables_has_two_names()
    {
        foreach (var table in (SyscallTable[])[SyscallTable.I386, SyscallTable.X64])
        {
            var numbers = SyscallNumbers.All.Select(row => row.In(table)).Where(number => number is not null).ToList();
            Assert.Equal(numbers.Count, numbers.Distinct().Count());
        }
    }
}
