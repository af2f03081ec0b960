using System.Text;
using LinuxWasm.Abi;

namespace LinuxWasm.Kernel.Tests.Vfs;

/// <summary>proc(5).</summary>
public sealed class ProcTests : IDisposable
{
    private readonly TreeGuest _guest = new();

    public ProcTests()
    {
        _guest.Directory("/proc");
        _guest.Ok("mount", _guest.Text("proc"), _guest.Text("/proc"), _guest.Text("proc"), 0, 0);
    }

    public void Dispose() => _guest.Dispose();

    [Fact]
    public void Self_is_whoever_looks()
    {
        Assert.Equal($"{_guest.Task.Group.Pid}", LinkText("/proc/self"));
        Assert.Contains($"Pid:\t{_guest.Task.Group.Pid}\n", _guest.Content("/proc/self/status"), StringComparison.Ordinal);
        using var other = _guest.Become(1000);
        Assert.Contains("Uid:\t1000\t1000\t1000\t1000\n", other.Content("/proc/self/status"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_descriptor_s_link_leads_to_the_file_even_when_its_name_is_gone()
    {
        _guest.File("/f", "content");
        var fd = _guest.Open("/f", OpenFlags.O_RDONLY);
        Assert.Equal("/f", LinkText($"/proc/self/fd/{fd}"));
        _guest.Ok("unlink", _guest.Text("/f"));
        Assert.Equal("/f (deleted)", LinkText($"/proc/self/fd/{fd}"));
        Assert.Equal("content", _guest.Content($"/proc/self/fd/{fd}"));
        Assert.Equal(Mode.S_IFLNK | Mode.S_IRUSR | Mode.S_IXUSR, _guest.Stat($"/proc/self/fd/{fd}").st_mode);
        Assert.Equal(Errno.ENOENT, _guest.Error("stat", _guest.Text("/proc/self/fd/99"), TestGuest.Scratch));
    }

    [Fact]
    public void A_magic_link_is_refused_where_it_is_asked_to_be()
    {
        var fd = _guest.Open("/", OpenFlags.O_RDONLY);
        var how = _guest.Bytes([.. new byte[16], .. BitConverter.GetBytes((ulong)ResolveFlags.RESOLVE_NO_MAGICLINKS)]);
        Assert.Equal(Errno.ELOOP, _guest.Error("openat2", -100, _guest.Text($"/proc/self/fd/{fd}"), how, 24));
        _guest.Ok("openat2", -100, _guest.Text("/proc/self/status"), how, 24);
    }

    [Fact]
    public void Another_user_s_descriptors_are_not_shown()
    {
        var fd = _guest.Open("/", OpenFlags.O_RDONLY);
        var pid = _guest.Task.Group.Pid;
        using var other = _guest.Become(1000);
        Assert.Equal(-(long)Errno.EACCES, other.Open($"/proc/{pid}/fd", OpenFlags.O_RDONLY));
        Assert.Equal(Errno.EACCES, other.Error("stat", other.Text($"/proc/{pid}/fd/{fd}"), TestGuest.Scratch));
        Assert.Equal(Errno.EACCES, other.Error("stat", other.Text($"/proc/{pid}/cwd"), TestGuest.Scratch));
        Assert.Contains($"Pid:\t{pid}\n", other.Content($"/proc/{pid}/status"), StringComparison.Ordinal);
    }

    [Fact]
    public void Processes_and_fixed_names_are_listed_once_each()
    {
        var names = _guest.List("/proc");
        Assert.Equal(names.Count, names.Distinct().Count());
        Assert.Contains("meminfo", names);
        Assert.Contains($"{_guest.Task.Group.Pid}", names);
        Assert.Contains("status", _guest.List("/proc/self"));
        Assert.Equal([$"{_guest.Task.Tid}"], _guest.List("/proc/self/task"));
    }

    [Fact]
    public void Mounts_are_shown_with_their_options()
    {
        _guest.Directory("/with space");
        _guest.Ok("mount", _guest.Text("src"), _guest.Text("/with space"), _guest.Text("tmpfs"), (long)(MountSyscallFlags.MS_RDONLY | MountSyscallFlags.MS_NOSUID), _guest.Text("size=1m"));
        Assert.Contains("src /with\\040space tmpfs ro,nosuid,relatime,size=1024k 0 0\n", _guest.Content("/proc/mounts"), StringComparison.Ordinal);
        Assert.Contains(" / /proc rw,relatime - proc proc rw\n", _guest.Content("/proc/self/mountinfo"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/proc/meminfo", "MemTotal:")]
    [InlineData("/proc/cpuinfo", "processor\t: 0\n")]
    [InlineData("/proc/filesystems", "nodev\ttmpfs\n")]
    [InlineData("/proc/sys/kernel/ostype", "Linux\n")]
    [InlineData("/proc/sys/kernel/pid_max", "32768\n")]
    [InlineData("/proc/self/limits", "Max open files            1024 ")]
    [InlineData("/proc/self/comm", "test\n")]
    public void A_file_says_what_it_is_there_for(string path, string expected)
    {
        Assert.Contains(expected, _guest.Content(path), StringComparison.Ordinal);
        Assert.Equal(0, _guest.Stat(path).st_size);
        Assert.Equal(-(long)Errno.EACCES, _guest.Open(path, OpenFlags.O_WRONLY));
    }

    [Theory]
    [InlineData("/proc/uptime")]
    [InlineData("/proc/loadavg")]
    [InlineData("/proc/stat")]
    [InlineData("/proc/version")]
    [InlineData("/proc/self/stat")]
    [InlineData("/proc/self/statm")]
    public void A_file_of_numbers_has_lines(string path) => Assert.EndsWith("\n", _guest.Content(path), StringComparison.Ordinal);

    [Fact]
    public void Nothing_is_made_or_removed_there()
    {
        Assert.Equal(Errno.ENOENT, _guest.Error("mkdir", _guest.Text("/proc/new"), 0));
        Assert.Equal(Errno.EPERM, _guest.Error("unlink", _guest.Text("/proc/meminfo")));
        Assert.Equal(Errno.ENOENT, _guest.Error("stat", _guest.Text("/proc/99999"), TestGuest.Scratch));
        Assert.Equal(Errno.ENOENT, _guest.Error("stat", _guest.Text("/proc/01"), TestGuest.Scratch));
    }

    private string LinkText(string path)
    {
        var length = _guest.Ok("readlink", _guest.Text(path), TestGuest.Scratch, 4096);
        return Encoding.UTF8.GetString(_guest.Read(TestGuest.Scratch, (int)length));
    }
}
