using System.Diagnostics;
using LinuxWasm.Conformance.Oracle;
using LinuxWasm.Conformance.Running;

namespace LinuxWasm.Conformance.Tests;

/// <summary>The oracle tells what Linux does, and whoever is in it can't get out.</summary>
public sealed class OracleTests
{
    [Fact]
    public void A_wrong_expectation_is_found_by_Linux()
    {
        using var oracle = Start();
        var results = RunnerTests.Runs("id: a/b\nabout: a wrong claim\nsteps:\n  - close(99) = ENOENT\n").Select(new CaseRunner(oracle).Run).ToList();
        Assert.Equal(2, results.Count);
        Assert.All(results, result => Assert.Contains("gave -1 EBADF, expected ENOENT", Assert.Single(result.Failures), StringComparison.Ordinal));
    }

    /// <summary>What would reach past the namespaces is refused, through both entries, to one who is root inside.</summary>
    [Theory]
    [InlineData("clock_settime(CLOCK_REALTIME, timespec{1, 0})", "EPERM")]
    [InlineData("settimeofday(timeval{1, 0}, NULL)", "EPERM")]
    [InlineData("clock_adjtime(CLOCK_REALTIME, timex{modes=ADJ_FREQUENCY})", "EPERM")]
    [InlineData("reboot(0xfee1dead, 672274793, 0x89abcdef, NULL)", "EPERM")]
    [InlineData("init_module(\"x\", 1, \"\")", "EPERM")]
    [InlineData("delete_module(\"x\", 0)", "EPERM")]
    [InlineData("kexec_load(0, 0, NULL, 0)", "EPERM")]
    [InlineData("swapon(\"/t/a\", 0)", "EPERM")]
    [InlineData("swapoff(\"/t/a\")", "EPERM")]
    [InlineData("iopl(3)", "EPERM")]
    [InlineData("ioperm(0, 1, 1)", "EPERM")]
    [InlineData("bpf(0, NULL, 0)", "EPERM")]
    [InlineData("perf_event_open(NULL, 0, 0, -1, 0)", "EPERM")]
    [InlineData("add_key(\"user\", \"x\", \"y\", 1, -3)", "EPERM")]
    [InlineData("keyctl(0, -3, 0, 0, 0)", "EPERM")]
    [InlineData("quotactl(0, \"/t\", 0, NULL)", "EPERM")]
    [InlineData("acct(\"/t/a\")", "EPERM")]
    [InlineData("syslog(2, NULL, 0)", "EPERM")]
    [InlineData("syslog(3, NULL, 0)", "EPERM")]
    [InlineData("syslog(10, NULL, 0)", "EPERM")]
    [InlineData("setns(0, 0)", "EPERM")]
    [InlineData("io_uring_setup(1, NULL)", "ENOSYS")]
    [InlineData("unshare(CLONE_NEWUSER)", "ENOSPC")]
    [InlineData("mount(\"/dev/vda\", \"/t\", \"ext4\", 0, NULL)", "[EPERM, ENOENT]")]
    [InlineData("mknod(\"/t/disk\", S_IFBLK|0600, makedev(254, 0))", "EPERM")]
    [InlineData("open(\"/proc/sys/kernel/panic\", O_WRONLY)", "[EACCES, EROFS]")]
    [InlineData("open(\"/proc/sysrq-trigger\", O_WRONLY)", "[EACCES, EROFS, ENOENT]")]
    [InlineData("open(\"/etc/passwd\", O_RDONLY)", "ENOENT")]
    [InlineData("chmod(\"/dev/null\", 0600)", "[EPERM, EROFS]")]
    public void What_reaches_outside_is_refused(string call, string expected)
    {
        using var oracle = Start();
        foreach (var run in RunnerTests.Runs($"id: a/b\nabout: x\nsteps:\n  - call: '{call}'\n    errno: {expected}\n"))
            Assert.Empty(new CaseRunner(oracle).Run(run).Failures);
    }

    [Fact]
    public void A_process_outside_is_not_there()
    {
        using var oracle = Start();
        var steps = string.Join('\n', new[] { Environment.ProcessId, Environment.ProcessId + 1_000_000 }.Select(pid => $"  - kill({pid}, 0) = ESRCH"));
        foreach (var run in RunnerTests.Runs($"id: a/b\nabout: x\nsteps:\n{steps}\n"))
            Assert.Empty(new CaseRunner(oracle).Run(run).Failures);
        Assert.False(Process.GetCurrentProcess().HasExited);
    }

    /// <summary>A real process outside, of the very user that the oracle was started by, lives through everything that is sent to its number and to all.</summary>
    [Fact]
    public void A_process_outside_is_not_killed()
    {
        using var victim = Process.Start("sleep", "infinity")!;
        try
        {
            using var oracle = Start();
            foreach (var run in RunnerTests.Runs($"id: a/b\nabout: x\nsteps:\n  - kill({victim.Id}, SIGKILL) = ESRCH\n  - tkill({victim.Id}, SIGKILL) = ESRCH\n  - kill(-1, SIGKILL) = [0, ESRCH]\n  - rt_sigqueueinfo({victim.Id}, SIGKILL, siginfo{{si_code=SI_QUEUE}}) = ESRCH\n"))
                Assert.Empty(new CaseRunner(oracle).Run(run).Failures);
            Assert.False(victim.HasExited);
        }
        finally
        {
            victim.Kill();
        }
    }

    /// <summary>A fork bomb ends at the limit, and the next case finds the oracle as it was.</summary>
    [Fact]
    public void A_fork_bomb_ends_at_the_limit()
    {
        using var oracle = Start();
        var runner = new CaseRunner(oracle);
        var bomb = string.Concat(Enumerable.Repeat("  - clone(SIGCHLD, NULL, NULL, NULL, NULL) = any\n", 100));
        foreach (var run in RunnerTests.Runs($"id: a/b\nabout: x\nsteps:\n{bomb}  - clone(SIGCHLD, NULL, NULL, NULL, NULL) = EAGAIN\n"))
        {
            var result = runner.Run(run);
            Assert.Empty(result.Failures);
            Assert.InRange(result.Steps.Count(s => s.Result is { Error: null }), 10, 64);
        }

        foreach (var run in RunnerTests.Runs("id: a/b\nabout: x\ntasks:\n  main:\n    - { call: fork() = $child, child: kid }\n  kid: { is: child, steps: [getpid() > 0] }\n"))
            Assert.Empty(runner.Run(run).Failures);
    }

    /// <summary>
    /// What a case has altogether is bounded, wherever it has it: in a tmpfs that it mounts, in files without a name, in the memory of many processes.
    /// Each of these would take 3 GiB. The case fails and says why, and the next one finds the oracle as it was.
    /// </summary>
    [Theory]
    [InlineData("tmpfs and shared memory", "steps:\n  - mkdir(\"/t/m\", 0755) = 0\n  - mount(\"none\", \"/t/m\", \"tmpfs\", 0, \"size=20g\") = 0\n  - open(\"/t/m/a\", O_RDWR|O_CREAT, 0600) = $fd\n  - fallocate($fd, 0, 0, 3 << 30) = any\n  - getpid() = any\n")]
    [InlineData("tmpfs and shared memory", "steps:\n  - memfd_create(\"a\", 0) = $fd\n  - fallocate($fd, 0, 0, 3 << 30) = any\n  - getpid() = any\n")]
    [InlineData("processes have", "tasks:\n  main:\n    - call: fork() = $a\n      child: a\n    - call: fork() = $b\n      child: b\n    - call: fork() = $c\n      child: c\n    - call: getpid() = any\n      after: c.2\n  a: { is: child, steps: [ACTION, getpid() = any] }\n  b: { is: child, steps: [ACTION, getpid() = any] }\n  c: { is: child, steps: [ACTION, getpid() = any] }\n")]
    public void Memory_is_limited_altogether(string why, string steps)
    {
        using var oracle = Start();
        var runner = new CaseRunner(oracle) { Patience = TimeSpan.FromSeconds(30) };
        steps = steps.Replace("ACTION", "'mmap(NULL, 900 << 20, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_POPULATE, -1, 0) = any'", StringComparison.Ordinal);
        foreach (var run in RunnerTests.Runs($"id: a/b\nabout: x\nrequires: {{ abi: x86-64 }}\n{steps}"))
        {
            var result = runner.Run(run);
            Assert.Equal(Outcome.Failed, result.Outcome);
            Assert.Contains("the case was ended", result.Reason, StringComparison.Ordinal);
            Assert.Contains(why, result.Reason, StringComparison.Ordinal);
        }

        foreach (var run in RunnerTests.Runs("id: a/b\nabout: x\nsteps: [getpid() > 0]\n"))
            Assert.Empty(runner.Run(run).Failures);
    }

    /// <summary>Memory, processor time, file sizes and processes have limits that the case can't raise.</summary>
    [Theory]
    [InlineData("RLIMIT_AS")]
    [InlineData("RLIMIT_CPU")]
    [InlineData("RLIMIT_FSIZE")]
    [InlineData("RLIMIT_NPROC")]
    [InlineData("RLIMIT_NOFILE")]
    [InlineData("RLIMIT_MEMLOCK")]
    public void A_limit_is_finite_and_can_not_be_raised(string limit)
    {
        using var oracle = Start();
        foreach (var run in RunnerTests.Runs($"id: a/b\nabout: x\nbuffers: {{ r: rlimit64 }}\nsteps:\n  - call: prlimit64(0, {limit}, NULL, &r) = 0\n    check: r.rlim_max < 0x7fffffffffffffff\n  - prlimit64(0, {limit}, rlimit64{{0x7ffffffffffffffe, 0x7ffffffffffffffe}}, NULL) = EPERM\n"))
            Assert.Empty(new CaseRunner(oracle).Run(run).Failures);
    }

    /// <summary>Each namespace is another than this process's own.</summary>
    [Theory]
    [InlineData("user")]
    [InlineData("pid")]
    [InlineData("mnt")]
    [InlineData("net")]
    [InlineData("ipc")]
    [InlineData("uts")]
    [InlineData("cgroup")]
    public void It_stands_in_a_namespace_of_its_own(string kind)
    {
        using var oracle = Start();
        var outside = new FileInfo($"/proc/self/ns/{kind}").LinkTarget!;
        foreach (var run in RunnerTests.Runs($"id: a/b\nabout: x\nrequires: {{ features: [proc] }}\nbuffers:\n  buf: char[64]\nsteps:\n  - readlink(\"/proc/self/ns/{kind}\", &buf, 64) = $n\n"))
        {
            var result = new CaseRunner(oracle).Run(run);
            Assert.Empty(result.Failures);
            var inside = System.Text.Encoding.ASCII.GetString(result.Steps[0].Buffers["buf"].AsSpan(0, (int)result.Steps[0].Result!.Value.Value));
            Assert.StartsWith(kind + ":[", inside, StringComparison.Ordinal);
            Assert.NotEqual(outside, inside);
        }
    }

    /// <summary>Nothing can be gained by executing, the filter is in force, and the tree is a tmpfs with the few devices that it needs.</summary>
    [Fact]
    public void It_has_no_new_privileges_a_filter_and_a_small_tree_of_its_own()
    {
        using var oracle = Start();
        var steps = string.Join('\n',
            "  - prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) = 1",
            "  - prctl(PR_GET_SECCOMP, 0, 0, 0, 0) = 2",
            "  - call: statfs(\"/\", &fs) = 0",
            "    check: fs.f_type == TMPFS_MAGIC",
            "  - open(\"/dev\", O_RDONLY|O_DIRECTORY) = $dev",
            "  - call: getdents64($dev, &buf, 1024) = $n",
            "    check: entries(buf, $n) == \". .. full null ptmx pts random shm tty urandom zero\"",
            "  - open(\"/\", O_RDONLY|O_DIRECTORY) = $root",
            "  - call: getdents64($root, &buf, 1024) = $m",
            "    check: entries(buf, $m) == \". .. dev proc t tmp\"");
        foreach (var run in RunnerTests.Runs($"id: a/b\nabout: x\nbuffers:\n  fs: statfs\n  buf: char[1024]\nsteps:\n{steps}\n"))
            Assert.Empty(new CaseRunner(oracle).Run(run).Failures);
    }

    /// <summary>The machine's settings can be read in /proc/sys, but not written by who is root inside only.</summary>
    [Theory]
    [InlineData("kernel/core_pattern")]
    [InlineData("kernel/printk")]
    [InlineData("kernel/sysrq")]
    [InlineData("vm/drop_caches")]
    [InlineData("fs/file-max")]
    public void A_setting_of_the_machine_is_not_written(string setting)
    {
        using var oracle = Start();
        foreach (var run in RunnerTests.Runs($"id: a/b\nabout: x\nrequires: {{ features: [proc] }}\nsteps:\n  - call: open(\"/proc/sys/{setting}\", O_WRONLY)\n    errno: [EACCES, EROFS, ENOENT, EPERM]\n"))
            Assert.Empty(new CaseRunner(oracle).Run(run).Failures);
    }

    /// <summary>What is tried all the same does not arrive: outside, each setting is afterwards what it was before.</summary>
    [Theory]
    [InlineData("kernel/hostname")]
    [InlineData("kernel/domainname")]
    [InlineData("vm/stat_interval")]
    [InlineData("fs/pipe-max-size")]
    [InlineData("kernel/keys/maxkeys")]
    public void A_setting_of_the_machine_is_what_it_was(string setting)
    {
        var path = "/proc/sys/" + setting;
        if (!File.Exists(path))
            Assert.Skip($"this kernel has no {setting}");
        var before = File.ReadAllText(path);
        // A value that would do no harm, and is another.
        var wanted = int.TryParse(before, out var number) ? (number * 2).ToString(System.Globalization.CultureInfo.InvariantCulture) : "escaped";
        using var oracle = Start();
        foreach (var run in RunnerTests.Runs($"id: a/b\nabout: x\nrequires: {{ features: [proc] }}\nsteps:\n  - open(\"{path}\", O_WRONLY) = any\n  - write(3, \"{wanted}\\n\", {wanted.Length + 1}) = any\n  - open(\"{path}\", O_RDWR|O_TRUNC) = any\n  - pwrite64(3, \"{wanted}\\n\", {wanted.Length + 1}, 0) = any\n  - sethostname(\"escaped\", 7) = 0\n  - setdomainname(\"escaped\", 7) = 0\n"))
            Assert.Empty(new CaseRunner(oracle).Run(run).Failures);
        Assert.Equal(before, File.ReadAllText(path));
        Assert.NotEqual(wanted, File.ReadAllText(path).Trim());
    }

    /// <summary>Dot-dot, chroot's own and a descriptor's, stay in the case's tree.</summary>
    [Fact]
    public void The_tree_has_no_way_up()
    {
        using var oracle = Start();
        foreach (var run in RunnerTests.Runs("id: a/b\nabout: x\nsetup: [{ dir: /t/d }]\nsteps:\n  - open(\"/\", O_RDONLY) = $root\n  - chroot(\"/t/d\") = 0\n  - fchdir($root) = 0\n  - chdir(\"../../../..\") = 0\n  - open(\"etc/passwd\", O_RDONLY) = ENOENT\n  - open(\"t/d\", O_RDONLY) >= 0\n"))
            Assert.Empty(new CaseRunner(oracle).Run(run).Failures);
    }

    [Fact]
    public void Processes_are_limited()
    {
        using var oracle = Start();
        var steps = "  - call: getrlimit(RLIMIT_NPROC, &r) = 0\n    check: r.rlim_max <= 64\n  - setrlimit(RLIMIT_NPROC, rlimit{1000, 1000}) = EPERM\n";
        foreach (var run in RunnerTests.Runs($"id: a/b\nabout: x\nbuffers: {{ r: rlimit }}\nsteps:\n{steps}"))
            Assert.Empty(new CaseRunner(oracle).Run(run).Failures);
    }

    [Fact]
    public void An_ended_oracle_leaves_no_process_behind()
    {
        List<int> inside;
        using (var oracle = Start())
        {
            foreach (var run in RunnerTests.Runs("id: a/b\nabout: x\nsteps: [getpid() > 0]\n"))
                Assert.Empty(new CaseRunner(oracle).Run(run).Failures);
            inside = Family(oracle.AgentPid);
            // The keeper, the one that made the namespaces, and the supervisor.
            Assert.True(inside.Count >= 3, $"{inside.Count} processes");
        }

        AssertGone(inside);
    }

    [Fact]
    public void A_killed_oracle_leaves_no_process_behind()
    {
        using var oracle = Start();
        var inside = Family(oracle.AgentPid);
        Process.GetProcessById(oracle.AgentPid).Kill();
        AssertGone(inside);
    }

    /// <summary>What one case did to the tree, the host's name or a lock is gone in the next.</summary>
    [Fact]
    public void A_case_begins_afresh()
    {
        using var oracle = Start();
        var runner = new CaseRunner(oracle);
        foreach (var run in RunnerTests.Runs("id: a/b\nabout: x\nbuffers: { uts: utsname }\nsteps:\n  - open(\"/t/left\", O_WRONLY|O_CREAT|O_EXCL, 0644) = 3\n  - call: uname(&uts) = 0\n    check: uts.nodename == \"linuxwasm\"\n  - sethostname(\"other\", 5) = 0\n  - getpid() = 2\n"))
            Assert.Empty(runner.Run(run).Failures);
    }

    private static OracleTarget Start()
    {
        try
        {
            return new OracleTarget();
        }
        catch (TargetException missing)
        {
            Assert.Skip(missing.Message);
            throw;
        }
    }

    /// <summary>A process and all that descend from it.</summary>
    private static List<int> Family(int pid)
    {
        var parents = Process.GetProcesses().Select(p => p.Id).Select(id => (Id: id, Parent: ParentOf(id))).ToList();
        var family = new List<int> { pid };
        for (var i = 0; i < family.Count; i++)
            family.AddRange(parents.Where(p => p.Parent == family[i]).Select(p => p.Id));
        return family;
    }

    private static int ParentOf(int pid)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{pid}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    /// <summary>The pid namespace goes with its first process, a moment after the harness let go.</summary>
    private static void AssertGone(List<int> pids)
    {
        // It may go between the look and the reading, too: no such file then, or ESRCH.
        bool IsAlive(int pid)
        {
            try
            {
                return !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
            }
            catch (IOException)
            {
                return false;
            }
        }

        for (var waited = 0; pids.Any(IsAlive) && waited < 6000; waited++)
            Thread.Sleep(10);
        Assert.DoesNotContain(pids, IsAlive);
    }
}
