using LinuxWasm.Conformance.Cases;
using LinuxWasm.Conformance.OwnKernel;
using LinuxWasm.Conformance.Strace;
using LinuxWasm.Conformance.Strace.Import;
using LinuxWasm.Conformance.Strace.Log;

namespace LinuxWasm.Conformance.Tests.Strace;

public sealed class StraceImportTests
{
    private static readonly string[] _copy =
    [
        "7 openat(AT_FDCWD</t>, \"a\", O_RDONLY) = 5</t/a>",
        "7 newfstatat(5</t/a>, \"\", {st_dev=makedev(0, 0x1), st_ino=12, st_mode=S_IFREG|0600, st_nlink=1, st_uid=0, st_gid=0, st_blksize=4096, st_blocks=8, st_size=3, st_atime=9, st_atime_nsec=0, st_mtime=1000, st_mtime_nsec=0, st_ctime=9, st_ctime_nsec=0}, AT_EMPTY_PATH) = 0",
        "7 read(5</t/a>, \"a\\0\\377\", 100) = 3",
        "7 read(5</t/a>, \"\", 100) = 0",
        "7 close(5</t/a>) = 0",
        "7 brk(NULL) = 0x55d000",
        "7 brk(0x55e000) = 0x55e000",
        "7 exit_group(0) = ?",
        "7 +++ exited with 0 +++",
    ];

    [Theory]
    [InlineData("files")]
    [InlineData("processes")]
    public void Imports_the_recorded_logs_as_the_cases_that_are_in_the_suite(string name)
    {
        var root = Path.GetDirectoryName(SuiteFolder.Path)!;
        var imported = StraceImporter.Import(StraceLog.Read(Path.Combine(root, "tests", "strace", "logs", name + ".log")), Options(name));

        var suite = File.ReadAllLines(Path.Combine(SuiteFolder.Path, "strace", name + ".yaml"));
        Assert.Equal(suite.Skip(1), imported.Yaml!.TrimEnd('\n').Split('\n'));
        Assert.Equal(["execve"], imported.Calls.Where(c => c.Fate != Fate.Replayed).Select(c => c.Name));
    }

    [Fact]
    public void Makes_the_calls_again()
    {
        var replayed = Replay(_copy);

        Assert.Equal(8, replayed.Count(Fate.Replayed));
        Assert.Equal(1, replayed.Share);
    }

    // Each change of the log is one that the replay must see.
    [Theory]
    [InlineData(0, "= 5</t/a>", "= -1 EACCES (Permission denied)", "gave 3, expected EACCES")]
    [InlineData(1, "st_uid=0", "st_uid=0, st_rdev=makedev(0x1, 0x3)", "st_rdev")]
    [InlineData(1, "st_nlink=1", "st_nlink=0", "st_nlink")]
    [InlineData(2, "= 3", "= 2", "gave 3, expected 2")]
    [InlineData(3, "= 0", "= 1", "gave 0, expected 1")]
    [InlineData(4, "= 0", "= -1 EBADF (Bad file descriptor)", "gave 0, expected EBADF")]
    [InlineData(6, "= 0x55e000", "= 0x55d000", "expected $brk1")]
    public void Sees_what_differs(int line, string was, string becomes, string reason)
    {
        var log = _copy.ToArray();
        Assert.Contains(was, log[line], StringComparison.Ordinal);
        log[line] = log[line].Replace(was, becomes, StringComparison.Ordinal);

        var replayed = Replay(log);

        Assert.Contains(replayed.Calls, c => c.Line == line + 1 && c.Fate == Fate.Differs && c.Reason!.Contains(reason, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("7 frobnicate(3) = 0", Fate.NotUnderstood, "no system call of that name")]
    [InlineData("7 write(1, \"abc\"..., 100) = 100", Fate.NotUnderstood, "-s 65535")]
    [InlineData("7 fcntl(9, F_GETFD) = 0", Fate.NotUnderstood, "open before the log begins")]
    [InlineData("7 lseek(0, 0, SEEK_SIDEWAYS) = 0", Fate.NotUnderstood, "SEEK_SIDEWAYS")]
    [InlineData("7 rseq(0x7f00, 0x20, 0, 0x53053053) = 0", Fate.NotImplemented, "the kernel does not have it")]
    [InlineData("7 munmap(0x7f0000, 4096) = 0", Fate.NotImplemented, "execve mapped")]
    [InlineData("7 fstat(0, {st_mode=S_IFCHR|0666, ...}) = 0", Fate.NotUnderstood, "-v")]
    [InlineData("7 arch_prctl(ARCH_SET_FS, 0x7f00) = 0", Fate.NotImplemented, "the kernel does not have it")]
    [InlineData("7 futex(0x7f00, FUTEX_WAIT_PRIVATE, 0, NULL) = 0", Fate.NotImplemented, "wait for each other")]
    [InlineData("7 readlink(\"/proc/self/exe\", \"/bin/ls\", 99) = 7", Fate.NotImplemented, "no programs")]
    public void Lists_what_it_does_not_replay(string line, Fate fate, string reason)
    {
        var call = Assert.Single(Replay([line]).Calls);

        Assert.Equal(fate, call.Fate);
        Assert.Contains(reason, call.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_descriptor_of_a_call_that_is_not_there_takes_its_calls_along()
    {
        var replayed = Replay(["7 perf_event_open({type=PERF_TYPE_HARDWARE}, 0, -1, -1, 0) = 3<anon_inode:[perf_event]>", "7 close(3<anon_inode:[perf_event]>) = 0"]);

        Assert.All(replayed.Calls, c => Assert.Equal(Fate.NotImplemented, c.Fate));
        Assert.Contains("perf_event_open", replayed.Calls[1].Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a futex that wakes nobody", "7 futex(0x7f00, FUTEX_WAKE_PRIVATE, 2147483647) = 0")]
    [InlineData("a socket that nobody listens at", "7 socket(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC, 0) = 3<UNIX-STREAM:[1]>", "7 connect(3<UNIX-STREAM:[1]>, {sa_family=AF_UNIX, sun_path=\"/run/none\"}, 110) = -1 ENOENT (No such file or directory)")]
    [InlineData("a call of i386's alone", "7 open(\"/t/a\", O_RDWR|O_CREAT, 0644) = 3", "7 _llseek(3, 5000000000, [5000000000], SEEK_SET) = 0")]
    [InlineData("the end by a signal of its own", "7 getpid() = 7", "7 kill(7, SIGABRT) = 0", "7 --- SIGABRT {si_signo=SIGABRT, si_code=SI_USER, si_pid=7, si_uid=0} ---", "7 +++ killed by SIGABRT +++")]
    [InlineData("what an ignored signal interrupted and the kernel went on with", "7 nanosleep({tv_sec=0, tv_nsec=1000}, NULL) = ? ERESTART_RESTARTBLOCK (Interrupted by signal)", "7 --- SIGCHLD {si_signo=SIGCHLD, si_code=SI_USER, si_pid=8, si_uid=0} ---", "7 restart_syscall(<... resuming interrupted nanosleep ...>) = 0")]
    [InlineData("a directory that was opened before something in it is named", "7 openat(AT_FDCWD</t/f>, \".\", O_RDONLY) = 3</t/f>", "7 newfstatat(3</t/f>, \"a\", 0x7ffd, 0) = -1 ENOENT (No such file or directory)", "7 mkdir(\"/t/f/b\", 0755) = 0")]
    public void Replays(string what, params string[] log)
    {
        var replayed = Replay(log);

        Assert.All(replayed.Calls, call => Assert.True(call.Fate == Fate.Replayed, $"{what}: line {call.Line}: {call.Reason}"));
        Assert.NotEmpty(replayed.Calls);
    }

    [Fact]
    public void What_a_copy_shows_was_in_the_original()
    {
        string[] log =
        [
            "7 openat(AT_FDCWD</t>, \"b\", O_RDONLY) = 3</t/b>", "7 openat(AT_FDCWD</t>, \"c\", O_RDWR|O_CREAT|O_EXCL, 0644) = 4</t/c>",
            "7 copy_file_range(3</t/b>, NULL, 4</t/c>, NULL, 100, 0) = 5", "7 pread64(4</t/c>, \"hello\", 10, 0) = 5",
        ];

        Assert.All(Replay(log).Calls, call => Assert.True(call.Fate == Fate.Replayed, call.Reason));
    }

    [Fact]
    public void A_text_that_is_no_log_is_said_to_be_none_once()
    {
        Assert.Null(StraceLog.Parse("log", [.. _copy, "7 getuid( = 0"]).Foreign);
        Assert.Equal("notes: does not look like a log of strace: line 1: expected '(', found ' you'", StraceLog.Parse("notes", ["Dear you", "", "how are things?"]).Foreign);
    }

    [Fact]
    public void A_malformed_line_is_counted()
    {
        var replayed = Replay([.. _copy, "7 getuid( = 0"]);

        Assert.Equal(1, replayed.Count(Fate.NotUnderstood));
        Assert.Equal("getuid", replayed.Calls.Single(c => c.Fate == Fate.NotUnderstood).Name);
        Assert.Equal(8, replayed.Count(Fate.Replayed));
    }

    [Fact]
    public void A_snapshot_has_what_the_log_does_not_show()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "b"), "unseen");
            string[] log = ["7 copy_file_range(3</t/b>, NULL, 4</t/c>, NULL, 100, 0) = 6"];
            log = ["7 openat(AT_FDCWD</t>, \"b\", O_RDONLY) = 3</t/b>", "7 openat(AT_FDCWD</t>, \"c\", O_WRONLY|O_CREAT, 0644) = 4</t/c>", .. log];

            Assert.Equal(1, Replay(log).Count(Fate.Differs));
            Assert.Equal(3, Replay(log, Options("copy") with { Root = folder.FullName, RootAt = "/t" }).Count(Fate.Replayed));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_log_of_a_32_bit_program_is_a_case_of_i386()
    {
        var replayed = Replay(["[ Process PID=7 runs in 32 bit mode. ]", "7 getuid32() = 0", "7 stat64(\"/t\", {st_mode=S_IFDIR|0755, st_size=40}) = 0"]);

        Assert.Equal(GuestAbi.I386, replayed.Log.Abi);
        Assert.Equal(2, replayed.Count(Fate.Replayed));
    }

    [Fact]
    public void Knows_arguments_of_calls_that_are_in_a_table_only() =>
        Assert.All(CallSignature.Names, name => Assert.True(CallTable.Exists(name), name));

    private static ImportOptions Options(string name) =>
        new() { Id = "strace/" + name, About = $"what {name} did on Linux, imported from strace" };

    private static ReplayedLog Replay(string[] log, ImportOptions? options = null)
    {
        using var target = new KernelTarget();
        return StraceReplay.Run(StraceImporter.Import(StraceLog.Parse("log", log), (options ?? Options("log")) with { CanMake = StraceReplay.KernelHas }), target);
    }
}
