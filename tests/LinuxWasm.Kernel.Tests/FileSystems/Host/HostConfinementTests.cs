using LinuxWasm.Abi;
using static LinuxWasm.Kernel.Tests.FileSystems.Host.HostFolderGuest;

namespace LinuxWasm.Kernel.Tests.FileSystems.Host;

/// <summary>Nothing outside the folder is reachable or observable through it.</summary>
public sealed class HostConfinementTests : IDisposable
{
    private readonly HostFolderGuest _guest;

    public HostConfinementTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), NotOnWindows);
        _guest = new HostFolderGuest();
    }

    public void Dispose() => _guest?.Dispose();

    [Fact]
    public void An_absolute_link_leads_into_the_guests_own_tree()
    {
        File.CreateSymbolicLink(_guest.OnHost("link"), Path.Combine(_guest.Outside, "secret"));
        Assert.Equal(Errno.ENOENT, _guest.OpenError("/mnt/link"));
        Assert.Equal(Path.Combine(_guest.Outside, "secret"), _guest.ReadLink("/mnt/link"));

        _guest.WriteText("/guest-file", "the guest's");
        File.CreateSymbolicLink(_guest.OnHost("to-guest"), "/guest-file");
        Assert.Equal("the guest's", _guest.ReadText("/mnt/to-guest"));
    }

    [Fact]
    public void A_link_upwards_ends_above_the_mount_in_the_guests_tree()
    {
        File.CreateSymbolicLink(_guest.OnHost("up"), "../outside/secret");
        Assert.Equal(Errno.ENOENT, _guest.OpenError("/mnt/up"));
        _guest.WriteText("/beside", "x");
        File.CreateSymbolicLink(_guest.OnHost("up1"), "../beside");
        Assert.Equal("x", _guest.ReadText("/mnt/up1"));
    }

    [Fact]
    public void A_link_that_a_guest_makes_is_not_followed_by_the_host()
    {
        Assert.Equal(Errno.None, _guest.Try("symlink", _guest.Text(_guest.Outside), _guest.Text("/mnt/out")));
        Assert.Equal(Errno.ENOENT, _guest.OpenError("/mnt/out/secret"));
        Assert.Equal(Errno.ENOENT, _guest.OpenError("/mnt/out/new", WriteOnly | Create));
        Assert.Equal(Errno.ENOENT, _guest.Try("mkdir", _guest.Text("/mnt/out/d"), 0x1ff));
        Assert.Equal(Errno.ENOENT, _guest.Try("chmod", _guest.Text("/mnt/out"), 0));
        Assert.Equal(["secret"], Directory.GetFileSystemEntries(_guest.Outside).Select(Path.GetFileName));
    }

    [Fact]
    public void Dot_dot_leads_to_the_guests_directories_only()
    {
        Directory.CreateDirectory(_guest.OnHost("a/b"));
        Assert.Equal(Errno.ENOENT, _guest.OpenError("/mnt/a/b/../../../outside/secret"));
        Assert.Equal(Errno.ENOENT, _guest.OpenError("/mnt/../outside/secret"));
        Assert.Equal(_guest.StatAt("/").st_ino, _guest.StatAt("/mnt/a/b/../../..").st_ino);
        var root = _guest.Open("/mnt", DirectoryOnly);
        Assert.Equal(Errno.ENOENT, _guest.Try("openat", root, _guest.Text("../outside/secret"), 0));
    }

    [Fact]
    public void A_directory_that_is_replaced_by_a_link_is_not_walked_into()
    {
        Directory.CreateDirectory(_guest.OnHost("d"));
        File.WriteAllText(_guest.OnHost("d/secret"), "mine");
        Assert.Equal("mine", _guest.ReadText("/mnt/d/secret"));
        Directory.Move(_guest.OnHost("d"), _guest.OnHost("old"));
        File.CreateSymbolicLink(_guest.OnHost("d"), _guest.Outside);
        Assert.Equal(Errno.ENOENT, _guest.OpenError("/mnt/d/secret"));
        Assert.Equal("mine", _guest.ReadText("/mnt/old/secret"));
    }

    [Fact]
    public void A_directory_replaced_under_an_open_descriptor_stays_what_it_was()
    {
        Directory.CreateDirectory(_guest.OnHost("d"));
        File.WriteAllText(_guest.OnHost("d/secret"), "mine");
        var directory = _guest.Open("/mnt/d", DirectoryOnly);
        Directory.Move(_guest.OnHost("d"), _guest.OnHost("old"));
        File.CreateSymbolicLink(_guest.OnHost("d"), _guest.Outside);

        var fd = (int)_guest.Call("openat", directory, _guest.Text("secret"), ReadOnly);
        Assert.True(fd >= 0);
        Assert.Equal("mine"u8, _guest.Read(fd));
    }

    [Fact]
    public void A_directory_moved_out_of_the_folder_leads_to_nothing_above_it()
    {
        Directory.CreateDirectory(_guest.OnHost("d"));
        var directory = _guest.Open("/mnt/d", DirectoryOnly);
        Directory.Move(_guest.OnHost("d"), Path.Combine(_guest.Outside, "d"));

        Assert.Equal(Errno.ENOENT, _guest.OpenError("/mnt/d"));
        Assert.Equal(Errno.ENOENT, _guest.Try("openat", directory, _guest.Text("../secret"), 0));
        Assert.Equal(_guest.StatAt("/mnt").st_ino, LastInoOf(directory, ".."));
    }

    [Fact]
    public void A_working_directory_replaced_by_a_link_is_gone()
    {
        Directory.CreateDirectory(_guest.OnHost("d"));
        Assert.Equal(Errno.None, _guest.Try("chdir", _guest.Text("/mnt/d")));
        Directory.Delete(_guest.OnHost("d"));
        File.CreateSymbolicLink(_guest.OnHost("d"), _guest.Outside);
        Assert.Equal(Errno.ENOENT, _guest.OpenError("secret"));
        Assert.Equal(Errno.ENOENT, _guest.OpenError("made", WriteOnly | Create));
        Assert.False(File.Exists(Path.Combine(_guest.Outside, "made")));
    }

    [Fact]
    public void A_file_replaced_by_a_link_is_not_opened_truncated_or_changed()
    {
        File.WriteAllText(_guest.OnHost("f"), "mine");
        Assert.Equal(4, _guest.StatAt("/mnt/f").st_size);
        File.Delete(_guest.OnHost("f"));
        File.CreateSymbolicLink(_guest.OnHost("f"), Path.Combine(_guest.Outside, "secret"));
        Assert.Equal(Errno.ENOENT, _guest.OpenError("/mnt/f", ReadWrite));
        Assert.Equal(Errno.ENOENT, _guest.Try("truncate", _guest.Text("/mnt/f"), 0));
        Assert.Equal(Errno.ENOENT, _guest.Try("chmod", _guest.Text("/mnt/f"), 0));
        Assert.Equal(Errno.None, _guest.Try("unlink", _guest.Text("/mnt/f")));
        Assert.Equal("secret", File.ReadAllText(Path.Combine(_guest.Outside, "secret")));
    }

    [Fact]
    public void Nothing_gets_out_while_the_host_swaps_a_directory_for_a_link()
    {
        const int Rounds = 2000;
        Directory.CreateDirectory(_guest.OnHost("real"));
        File.WriteAllText(_guest.OnHost("real/secret"), "mine");
        var stop = false;
        var host = new Thread(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                Directory.Move(_guest.OnHost("real"), _guest.OnHost("d"));
                Directory.Move(_guest.OnHost("d"), _guest.OnHost("real"));
                File.CreateSymbolicLink(_guest.OnHost("d"), _guest.Outside);
                File.Delete(_guest.OnHost("d"));
            }
        });
        host.Start();
        for (var round = 0; round < Rounds; round++)
        {
            var fd = (int)_guest.Call("open", _guest.Text("/mnt/d/secret"), ReadWrite);
            if (fd >= 0)
            {
                Assert.Equal("mine"u8, _guest.Read(fd));
                _guest.Close(fd);
            }

            fd = (int)_guest.Call("open", _guest.Text("/mnt/d/made"), WriteOnly | Create);
            if (fd >= 0)
                _guest.Close(fd);
            _guest.Try("chmod", _guest.Text("/mnt/d/secret"), 0x1b6);
            _guest.Try("unlink", _guest.Text("/mnt/d/made"));
        }

        Volatile.Write(ref stop, true);
        host.Join();
        Assert.Equal(["secret"], Directory.GetFileSystemEntries(_guest.Outside).Select(Path.GetFileName));
        Assert.Equal("secret", File.ReadAllText(Path.Combine(_guest.Outside, "secret")));
    }

    [Fact]
    public void Links_that_lead_in_a_circle_end()
    {
        File.CreateSymbolicLink(_guest.OnHost("a"), "b");
        File.CreateSymbolicLink(_guest.OnHost("b"), "a");
        Assert.Equal(Errno.ELOOP, _guest.OpenError("/mnt/a"));
    }

    [Fact]
    public void Devices_of_the_host_are_shown_but_do_not_open()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && OperatingSystem.IsLinux(), "only root makes device nodes");
        Assert.SkipUnless(HostShell.TryRun("mknod", _guest.OnHost("zero"), "c", "1", "5"), "this container makes no device nodes");
        var stat = _guest.StatAt("/mnt/zero");
        Assert.Equal(Mode.S_IFCHR, stat.st_mode.Type());
        Assert.Equal(0x105ul, stat.st_rdev);
        Assert.Equal(Errno.ENXIO, _guest.OpenError("/mnt/zero"));
        Assert.Equal(Errno.ENXIO, _guest.OpenError("/mnt/zero", ReadWrite));
    }

    [Fact]
    public void A_guest_makes_no_devices_on_the_host()
    {
        Assert.Equal(Errno.EPERM, _guest.Try("mknod", _guest.Text("/mnt/null"), 0x2000 | 0x1b6, 0x103));
        Assert.Equal(Errno.EPERM, _guest.Try("mknod", _guest.Text("/mnt/disk"), 0x6000 | 0x1b6, 0x800));
        Assert.Empty(_guest.Names("/mnt"));
    }

    [Fact]
    public void A_fifo_is_the_guests_own_pipe()
    {
        Assert.SkipUnless(HostShell.TryRun("mkfifo", _guest.OnHost("pipe")), "no mkfifo on this machine");
        // A reader on the host makes no reader for the guest.
        using var hostReader = new HostShell("cat", _guest.OnHost("pipe"));
        Assert.Equal(Errno.ENXIO, _guest.OpenError("/mnt/pipe", WriteOnly | NonBlocking));
        var reader = _guest.Open("/mnt/pipe", ReadOnly | NonBlocking);
        var writer = _guest.Open("/mnt/pipe", WriteOnly | NonBlocking);
        Assert.Equal(2, _guest.Write(writer, "hi"));
        Assert.Equal("hi"u8, _guest.Read(reader, 10));
        Assert.False(hostReader.HasEnded);
    }

    [Fact]
    public void A_socket_of_the_host_does_not_open()
    {
        const int LongestSocketName = 100;
        var path = _guest.OnHost("s");
        Assert.SkipWhen(path.Length > LongestSocketName, "the scratch folder's name is too long for a socket");
        using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
        socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(path));
        Assert.Equal(Mode.S_IFSOCK, _guest.StatAt("/mnt/s").st_mode.Type());
        Assert.Equal(Errno.ENXIO, _guest.OpenError("/mnt/s"));
    }

    [Fact]
    public void A_guest_can_mount_no_folder_of_the_host()
    {
        Assert.Equal(Errno.ENODEV, _guest.MountAsGuest(_guest.Outside, "/mnt", "host"));
        Assert.Equal(Errno.None, _guest.MountAsGuest("none", "/mnt", "tmpfs"));
    }

    private ulong LastInoOf(int directory, string name)
    {
        Assert.Equal(Errno.None, _guest.Try("newfstatat", directory, _guest.Text(name), 0x10000, 0));
        return BitConverter.ToUInt64(_guest.Memory(16), 8);
    }
}
