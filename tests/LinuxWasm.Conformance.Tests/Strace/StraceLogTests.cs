using LinuxWasm.Conformance.Strace.Log;

namespace LinuxWasm.Conformance.Tests.Strace;

public sealed class StraceLogTests
{
    [Theory]
    [InlineData("read(3, \"a\\0\\1772\\n\", 8) = 5")]
    [InlineData("7 read(3</t/a>, \"\", 8) = 0")]
    [InlineData("[pid    7] read(3</dev/null<char 1:3>>, \"\", 8) = 0")]
    [InlineData("7 12:30:01.000123 read(3<UNIX-STREAM:[5->6]>, \"\", 8) = 0 <0.000012>")]
    [InlineData("7 1700000000.5 getpid() = 7")]
    [InlineData("7 openat(AT_FDCWD</t>, \"a\", O_WRONLY|O_CREAT, 0644) = 3</t/a>")]
    [InlineData("7 statfs(\"/a\", 0x7ffc0) = -1 ENOENT (No such file or directory)")]
    [InlineData("7 fstat(3, {st_dev=makedev(0xfe, 0), st_mode=S_IFCHR|0620, st_rdev=makedev(0x1, 0x3), st_atime=5 /* 1970 */}) = 0")]
    [InlineData("7 ioctl(3, BTRFS_IOC_CLONE or FICLONE, 4) = -1 EOPNOTSUPP (Operation not supported)")]
    [InlineData("7 fcntl(3, F_GETFL) = 0x8002 (flags O_RDWR|O_LARGEFILE)")]
    [InlineData("7 poll([{fd=3, events=POLLIN}], 1, -1) = 1 ([{fd=3, revents=POLLIN}])")]
    [InlineData("7 select(4, [3], NULL, NULL, {tv_sec=1, tv_usec=0}) = 1 (in [3], left {tv_sec=0, tv_usec=5})")]
    [InlineData("7 rt_sigprocmask(SIG_SETMASK, ~[RTMIN RT_1], [INT CHLD], 8) = 0")]
    [InlineData("7 wait4(-1, [{WIFEXITED(s) && WEXITSTATUS(s) == 3}], 0, NULL) = 8")]
    [InlineData("7 execve(\"/bin/x\", [\"x\", \"-a\"], 0x7ffc /* 22 vars */) = 0")]
    [InlineData("7 clone3({flags=CLONE_VM|CLONE_THREAD, child_tid=0x5, stack_size=0x8000} => {parent_tid=[9]}, 88) = 9")]
    [InlineData("7 getsockname(3, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr(\"127.0.0.1\")}, [128 => 16]) = 0")]
    [InlineData("7 getdents64(3</t>, [{d_ino=1, d_off=2, d_reclen=24, d_type=DT_DIR, d_name=\".\"}] /* 1 entries */, 32768) = 24")]
    [InlineData("7 prlimit64(0, RLIMIT_STACK, NULL, {rlim_cur=8192*1024, rlim_max=RLIM64_INFINITY}) = 0")]
    [InlineData("7 mmap(NULL, 8192, PROT_READ, MAP_PRIVATE, 3</t/a>, 0x1000) = 0x7f0000000000")]
    [InlineData("7 fallocate(3, ~0x3, -1, 1<<20) = -1 EINVAL (Invalid argument)")]
    [InlineData("7 exit_group(0) = ?")]
    [InlineData("7 wait4(-1, 0x7ffc, 0, NULL) = ? ERESTARTSYS (To be restarted if SA_RESTART is set)")]
    [InlineData("7 write(1, \"abc\"..., 100) = 100")]
    public void Reads_what_strace_prints(string line)
    {
        var log = StraceLog.Parse("log", [line]);

        Assert.Empty(log.Problems);
        Assert.IsType<StraceCall>(Assert.Single(log.Events));
    }

    [Theory]
    [InlineData("7 read(3, \"abc, 8) = 0", 11, "never closed")]
    [InlineData("7 read(3, {a=1, 8) = 0", 18, "expected ','")]
    [InlineData("7 read(3 8) = 0", 10, "expected ','")]
    [InlineData("7 read(3, 8)", 13, "expected '= result'")]
    [InlineData("7 read(3</t/a, 8) = 0", 10, "never closed")]
    [InlineData("7 nonsense", 11, "expected '('")]
    [InlineData("7 --- SIGFOO", 3, "SIGNAL")]
    [InlineData("7 +++ vanished +++", 3, "exited with")]
    [InlineData("7 <... read resumed>\"\", 8) = 0", 3, "no unfinished one")]
    [InlineData("7 read(3, \"\\q\", 8) = 1", 12, "unknown escape")]
    public void Says_where_a_line_is_malformed(string line, int column, string problem)
    {
        var log = StraceLog.Parse("a.log", ["7 getpid() = 7", line]);

        var found = Assert.Single(log.Problems);
        Assert.StartsWith($"a.log:2:{column}: ", found.ToString(), StringComparison.Ordinal);
        Assert.Contains(problem, found.Problem, StringComparison.Ordinal);
        Assert.Single(log.Events);
    }

    [Fact]
    public void Joins_the_two_parts_of_a_call()
    {
        var log = StraceLog.Parse("log",
        [
            "7 wait4(-1,  <unfinished ...>",
            "8 exit_group(0)                     = ?",
            "8 +++ exited with 0 +++",
            "7 <... wait4 resumed>[{WIFEXITED(s) && WEXITSTATUS(s) == 0}], 0, NULL) = 8",
        ]);

        Assert.Empty(log.Problems);
        var wait = Assert.IsType<StraceCall>(log.Events[0]);
        Assert.Equal((1, 4, true), (wait.Line, wait.LastLine, wait.IsSplit));
        Assert.Equal(4, wait.Arguments.Count);
        Assert.Equal(8, wait.Result.Value!.Number);
        Assert.IsType<StraceEnd>(log.Events[2]);
    }

    [Fact]
    public void Reads_signals_and_their_senders()
    {
        var log = StraceLog.Parse("log", ["7 --- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=8, si_uid=0, si_status=0} ---"]);

        var signal = Assert.IsType<StraceSignal>(Assert.Single(log.Events));
        Assert.Equal("SIGCHLD", signal.Signal);
        Assert.Equal(8, Assert.IsType<StraceStruct>(signal.Info)["si_pid"]!.Number);
    }

    [Fact]
    public void Tells_bytes_apart_from_the_digits_behind_them()
    {
        var log = StraceLog.Parse("log", [@"write(1, ""\0\0012\x41\""\\"", 6) = 6"]);

        var text = Assert.IsType<StraceText>(((StraceCall)log.Events[0]).Arguments[1]);
        Assert.Equal("\0\u00012A\"\\"u8.ToArray(), text.Bytes);
    }
}
