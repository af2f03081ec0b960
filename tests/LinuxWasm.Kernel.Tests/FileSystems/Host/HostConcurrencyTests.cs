using System.Collections.Concurrent;
using System.Text;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;

namespace LinuxWasm.Kernel.Tests.FileSystems.Host;

/// <summary>Several guests and the host at work in one folder.</summary>
public sealed class HostConcurrencyTests : IDisposable
{
    private const uint Name = 0x1000;
    private const uint NewName = 0x2000;
    private const uint Buffer = 0x10000;

    /// <summary>What can truly happen to who is late.</summary>
    private static readonly Errno[] Expected =
    [
        Errno.None, Errno.ENOENT, Errno.EEXIST, Errno.ENOTEMPTY, Errno.EISDIR, Errno.ENOTDIR, Errno.EINVAL, Errno.ESTALE, Errno.ELOOP, Errno.EBUSY,
    ];

    private readonly HostFolderGuest _guest;

    public HostConcurrencyTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), HostFolderGuest.NotOnWindows);
        _guest = new HostFolderGuest();
    }

    public void Dispose() => _guest?.Dispose();

    [Fact]
    public void Whatever_several_do_at_once_is_answered_and_leaves_nothing_open()
    {
        const int Guests = 4;
        const int Rounds = 1500;
        var surprises = new ConcurrentBag<string>();
        var threads = Enumerable.Range(0, Guests).Select(seed => new Thread(() =>
        {
            try
            {
                var guest = _guest.Guest.Spawn();
                var random = new Random(seed);
                for (var round = 0; round < Rounds; round++)
                    Act(guest, random, surprises);
            }
            catch (Exception bug)
            {
                surprises.Add(bug.ToString());
            }
        })).ToList();
        threads.Add(new Thread(() =>
        {
            var random = new Random(Guests);
            for (var round = 0; round < Rounds; round++)
                ActAsHost(random);
        }));
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        Assert.Empty(surprises);

        // Everything still works, and shows what the host has.
        _guest.WriteText("/mnt/after", "x");
        Assert.Equal(Directory.GetFileSystemEntries(_guest.Folder).Select(Path.GetFileName).Order(StringComparer.Ordinal), _guest.Names("/mnt"));
    }

    private static void Act(TestGuest guest, Random random, ConcurrentBag<string> surprises)
    {
        Put(guest, Name, random);
        Put(guest, NewName, random);
        switch (random.Next(9))
        {
            case 0:
                Use(guest, guest.Call("open", Name, 0x42, 0x1b6), surprises);
                break;
            case 1:
                Use(guest, guest.Call("open", Name, 0x10000), surprises);
                break;
            case 2:
                Check("rename", guest.Call("rename", Name, NewName), surprises);
                break;
            case 3:
                Check("unlink", guest.Call("unlink", Name), surprises);
                break;
            case 4:
                Check("mkdir", guest.Call("mkdir", Name, 0x1ff), surprises);
                break;
            case 5:
                Check("rmdir", guest.Call("rmdir", Name), surprises);
                break;
            case 6:
                Check("link", guest.Call("link", Name, NewName), surprises, Errno.EPERM);
                break;
            case 7:
                Check("truncate", guest.Call("truncate", Name, 100), surprises);
                break;
            default:
                Check("lstat", guest.Call("lstat", Name, Buffer), surprises);
                break;
        }
    }

    private static void Use(TestGuest guest, long fd, ConcurrentBag<string> surprises)
    {
        Check("open", fd, surprises);
        if (fd < 0)
            return;
        Check("write", guest.Call("write", fd, Buffer, 100), surprises, Errno.EBADF);
        Check("getdents64", guest.Call("getdents64", fd, Buffer, 1000), surprises);
        Check("fstat", guest.Call("fstat", fd, Buffer), surprises);
        Check("close", guest.Call("close", fd), surprises);
    }

    private static void Check(string call, long result, ConcurrentBag<string> surprises, Errno also = Errno.None)
    {
        var error = result < 0 ? (Errno)(-result) : Errno.None;
        if (!Expected.Contains(error) && error != also)
            surprises.Add($"{call}: {error}");
    }

    /// <summary>One of a few names, so that the guests meet.</summary>
    private static void Put(TestGuest guest, uint address, Random random)
    {
        var path = "/mnt" + string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => $"/{(char)('a' + random.Next(3))}"));
        guest.Memory.TryWrite(new GuestPtr(address), Encoding.ASCII.GetBytes(path + '\0'));
    }

    private void ActAsHost(Random random)
    {
        var path = _guest.OnHost($"{(char)('a' + random.Next(3))}");
        try
        {
            switch (random.Next(3))
            {
                case 0: Directory.CreateDirectory(path); break;
                case 1: Directory.Delete(path, recursive: true); break;
                default: Directory.Move(path, _guest.OnHost($"{(char)('a' + random.Next(3))}")); break;
            }
        }
        catch (Exception late) when (late is IOException or UnauthorizedAccessException)
        {
            // The guests are at the same names: what matters is what they are told.
        }
    }
}
