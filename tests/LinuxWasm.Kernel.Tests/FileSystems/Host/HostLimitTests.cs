using LinuxWasm.Abi;
using LinuxWasm.Kernel.FileSystems.Host;
using LinuxWasm.Kernel.FileSystems.Host.Platform;
using static LinuxWasm.Kernel.Tests.FileSystems.Host.HostFolderGuest;

namespace LinuxWasm.Kernel.Tests.FileSystems.Host;

/// <summary>What a guest can make the host hold.</summary>
public sealed class HostLimitTests : IDisposable
{
    private readonly HostFolderGuest _guest;

    public HostLimitTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), HostFolderGuest.NotOnWindows);
        _guest = new HostFolderGuest();
    }

    public void Dispose() => _guest?.Dispose();

    [Fact]
    public void A_deep_tree_does_not_keep_the_hosts_descriptors()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc/self/fd is Linux's");
        const int Depth = 1000;
        Assert.Equal(Errno.None, _guest.Try("chdir", _guest.Text("/mnt")));
        for (var i = 0; i < Depth; i++)
        {
            Assert.Equal(Errno.None, _guest.Try("mkdir", _guest.Text("d"), 0x1ff));
            Assert.Equal(Errno.None, _guest.Try("chdir", _guest.Text("d")));
        }

        Assert.InRange(OpenDirectories(), 1, DirectoryHandles.MaxOpen + 1);
        _guest.WriteText("f", "deep");
        Assert.Equal("deep", _guest.ReadText("f"));
        for (var i = 0; i < Depth; i++)
            Assert.Equal(Errno.None, _guest.Try("chdir", _guest.Text("..")));
        Assert.Equal(_guest.StatAt("/mnt").st_ino, _guest.StatAt(".").st_ino);
        Assert.Equal("deep", _guest.ReadText("/mnt/" + string.Concat(Enumerable.Repeat("d/", Depth)) + "f"));
        Assert.InRange(OpenDirectories(), 1, DirectoryHandles.MaxOpen + 1);
    }

    [Fact]
    public void Looking_at_many_names_keeps_few_of_them()
    {
        const int Max = 500;
        const int Many = 3 * Max;
        using var guest = new HostFolderGuest(type: new HostFolderType(HostPlatform.Folders, Max));
        Assert.Equal(Errno.None, guest.Try("mkdir", guest.Text("/mnt/d"), 0x1ff));
        guest.WriteText("/mnt/d/open", "x");
        var open = guest.Open("/mnt/d/open");
        for (var i = 0; i < Many; i++)
            File.WriteAllBytes(guest.OnHost($"d/{i}"), []);
        for (var i = 0; i < Many; i++)
            Assert.Equal(Errno.None, guest.TryStat($"/mnt/d/{i}"));
        Assert.InRange(Cached(guest, "/mnt/d", Many), 1, Max + 8);
        Assert.Equal("x"u8, guest.Read(open));
        Assert.Equal(Errno.None, guest.TryStat("/mnt/d/0"));
        Assert.Equal(Errno.None, guest.TryStat($"/mnt/d/{Many - 1}"));
    }

    [Fact]
    public void A_tree_deeper_than_the_names_that_are_kept_ends_with_ENOMEM_and_not_with_the_hosts_memory()
    {
        const int Max = 20;
        const int Deep = 10 * Max;
        using var guest = new HostFolderGuest(type: new HostFolderType(HostPlatform.Folders, Max));
        Assert.Equal(Errno.None, guest.Try("chdir", guest.Text("/mnt")));
        var error = Errno.None;
        var depth = 0;
        while (depth < Deep && (error = guest.Try("mkdir", guest.Text("d"), 0x1ff)) == Errno.None)
        {
            Assert.Equal(Errno.None, guest.Try("chdir", guest.Text("d")));
            depth++;
        }

        Assert.Equal(Errno.ENOMEM, error);
        Assert.InRange(depth, Max, Deep - 1);
        Assert.Equal(Errno.None, guest.Try("chdir", guest.Text("/mnt")));
        Assert.Equal(Errno.None, guest.TryStat("/mnt/d"));
    }

    [Fact]
    public void Names_that_are_not_there_are_not_kept()
    {
        for (var i = 0; i < 1000; i++)
            Assert.Equal(Errno.ENOENT, _guest.TryStat($"/mnt/missing{i}"));
        Assert.Equal(0, Cached(_guest, "/mnt", 1000, name: "missing"));
    }

    private int OpenDirectories() =>
        Directory.GetFiles("/proc/self/fd").Concat(Directory.GetDirectories("/proc/self/fd"))
            .Select(fd => new FileInfo(fd).LinkTarget).Count(target => target?.StartsWith(_guest.Folder, StringComparison.Ordinal) == true && Directory.Exists(target));

    /// <summary>How many of the numbered names of a directory are cached.</summary>
    private static int Cached(HostFolderGuest guest, string path, int count, string name = "")
    {
        var fd = guest.Open(path, DirectoryOnly);
        using var file = guest.Guest.Task.Files.Get(fd);
        var dentry = file.File!.Path.Dentry;
        var cached = 0;
        for (var i = 0; i < count; i++)
        {
            if (dentry.TryGetChild(System.Text.Encoding.ASCII.GetBytes($"{name}{i}"), out _))
                cached++;
        }

        return cached;
    }
}
