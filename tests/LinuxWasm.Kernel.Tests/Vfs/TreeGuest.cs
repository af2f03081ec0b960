using System.Text;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Tests.Vfs;

/// <summary>A test's process with path names for arguments: strings are put into its memory, one after the other.</summary>
internal sealed class TreeGuest : IDisposable
{
    private const uint Strings = 0x20000;
    private const uint StringsEnd = 0x40000;

    private readonly TestGuest _guest;
    private uint _next = Strings;

    public TreeGuest(GuestAbi? abi = null, Credentials? credentials = null, KernelOptions? options = null)
        : this(new TestGuest(abi ?? GuestAbi.X64, credentials, options))
    {
    }

    private TreeGuest(TestGuest guest) => _guest = guest;

    public LinuxKernel Kernel => _guest.Kernel;

    public LinuxTask Task => _guest.Task;

    /// <summary>Another process of the same kernel, of another user.</summary>
    public TreeGuest Become(uint uid) => new(_guest.Spawn(Credentials.ForUser(uid, uid)));

    /// <summary>A string's address; it stays until many others were put.</summary>
    public long Text(string text) => Bytes([.. Encoding.UTF8.GetBytes(text), 0]);

    public long Bytes(byte[] bytes)
    {
        if (_next + bytes.Length > StringsEnd)
            _next = Strings;
        var address = _next;
        Assert.True(_guest.Memory.TryWrite(new GuestPtr(address), bytes));
        _next += (uint)((bytes.Length + 15) & ~15);
        return address;
    }

    public long Call(string name, params ReadOnlySpan<long> arguments) => _guest.Call(name, arguments);

    /// <summary>Makes a call that is to succeed.</summary>
    public long Ok(string name, params ReadOnlySpan<long> arguments)
    {
        var result = _guest.Call(name, arguments);
        Assert.True(result is >= 0 or < -4095, $"{name}: {(Errno)(-result)}");
        return result;
    }

    public Errno Error(string name, params ReadOnlySpan<long> arguments) => _guest.Error(name, arguments);

    public long Open(string path, OpenFlags flags = OpenFlags.O_RDWR, int mode = 0b110_100_100) => Call("open", Text(path), (long)flags, mode);

    /// <summary>Makes a file with a content.</summary>
    public void File(string path, string content = "", int mode = 0b110_100_100)
    {
        var fd = Open(path, OpenFlags.O_CREAT | OpenFlags.O_WRONLY | OpenFlags.O_TRUNC, mode);
        Assert.InRange(fd, 0, 1000);
        if (content.Length > 0)
            Assert.Equal(content.Length, Ok("write", fd, Text(content), content.Length));
        Ok("close", fd);
    }

    public string Content(string path)
    {
        var fd = Open(path, OpenFlags.O_RDONLY);
        Assert.InRange(fd, 0, 1000);
        var count = Ok("read", fd, TestGuest.Scratch, 4096);
        Ok("close", fd);
        return Encoding.UTF8.GetString(Read(TestGuest.Scratch, (int)count));
    }

    public void Directory(string path, int mode = 0b111_101_101) => Ok("mkdir", Text(path), mode);

    public Stat Stat(string path)
    {
        Ok("lstat", Text(path), TestGuest.Scratch);
        return _guest.Read<Stat>();
    }

    public T Read<T>(uint address = TestGuest.Scratch)
        where T : unmanaged => _guest.Read<T>(address);

    public byte[] Read(uint address, int length)
    {
        Assert.True(_guest.Memory.TryGetReadable(new GuestPtr(address), (uint)length, out var bytes));
        return bytes.ToArray();
    }

    /// <summary>A directory's names as getdents64 lists them, without "." and "..".</summary>
    public List<string> List(string path)
    {
        var fd = Open(path, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY);
        Assert.InRange(fd, 0, 1000);
        var names = new List<string>();
        while (Ok("getdents64", fd, TestGuest.Scratch, 256) is var count && count > 0)
            names.AddRange(NamesIn(Read(TestGuest.Scratch, (int)count)));
        Ok("close", fd);
        return names;
    }

    public static List<string> NamesIn(byte[] entries)
    {
        var names = new List<string>();
        for (var at = 0; at < entries.Length; at += BitConverter.ToUInt16(entries, at + 16))
        {
            var name = entries.AsSpan(at + 19);
            var text = Encoding.UTF8.GetString(name[..name.IndexOf((byte)0)]);
            if (text is not ("." or ".."))
                names.Add(text);
        }

        return names;
    }

    public void Dispose() => _guest.Dispose();
}
