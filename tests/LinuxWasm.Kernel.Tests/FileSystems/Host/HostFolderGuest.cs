using System.Text;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.FileSystems.Host;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Tests.FileSystems.Host;

/// <summary>A guest with a scratch folder of the host mounted at /mnt, and beside that folder one that it must never see.</summary>
internal sealed class HostFolderGuest : IDisposable
{
    /// <summary>Why most of these tests are for other hosts.</summary>
    public const string NotOnWindows = "files by handle and name are Unix's; what Windows has instead is tried by ManagedFolderTests";

    public const int ReadOnly = 0;
    public const int WriteOnly = 1;
    public const int ReadWrite = 2;
    public const int Create = 0x40;
    public const int Exclusive = 0x80;
    public const int Truncate = 0x200;
    public const int Append = 0x400;
    public const int NonBlocking = 0x800;
    public const int DirectoryOnly = 0x10000;

    private const uint Strings = 0x1000;
    private const uint Buffer = 0x10000;
    private const uint BufferSize = 0xe0000;
    private const uint Here = Buffer;

    private readonly string _scratch = Directory.CreateTempSubdirectory("linuxwasm-host-").FullName;
    private readonly HostTask _host;
    private uint _next = Strings;

    public HostFolderGuest(string options = "", bool readOnly = false, Credentials? credentials = null, HostFolderType? type = null)
    {
        Folder = Directory.CreateDirectory(Path.Combine(_scratch, "shared")).FullName;
        Outside = Directory.CreateDirectory(Path.Combine(_scratch, "outside")).FullName;
        File.WriteAllText(Path.Combine(Outside, "secret"), "secret");
        Guest = new TestGuest(GuestAbi.X64, credentials);
        if (type is not null)
            Guest.Kernel.FileSystems.Add(type);
        _host = new HostTask(Guest.Kernel, new FdTable(), Guest.Kernel.CreateFsContext());
        Assert.Equal(0, _host.Call("mkdir", _host.Put("/mnt"), 0x1ff).Value);
        Assert.Equal(Errno.None, Mount(Folder, "/mnt", options, readOnly ? 1UL : 0));
    }

    public TestGuest Guest { get; }

    /// <summary>The folder that is mounted, as the host names it.</summary>
    public string Folder { get; }

    /// <summary>A folder beside it, with a file "secret" that says "secret".</summary>
    public string Outside { get; }

    /// <summary>The host's name of something in the folder.</summary>
    public string OnHost(string name) => Path.Combine(Folder, name);

    /// <summary>Permissions as the host has them.</summary>
    public int HostMode(string name) =>
        OperatingSystem.IsWindows() ? throw new PlatformNotSupportedException("Windows has no modes") : (int)File.GetUnixFileMode(OnHost(name));

    public void SetHostMode(string name, int mode)
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException("Windows has no modes");
        File.SetUnixFileMode(OnHost(name), (UnixFileMode)mode);
    }

    /// <summary>Mounts in the host's name.</summary>
    public Errno Mount(string source, string target, string options = "", ulong flags = 0)
    {
        using var mark = new HostMark(_host);
        return _host.Call("mount", _host.Put(source), _host.Put(target), _host.Put("host"), flags, _host.Put(options)).Errno;
    }

    public Errno MakeDirectoryAsHost(string path)
    {
        using var mark = new HostMark(_host);
        return _host.Call("mkdir", _host.Put(path), 0x1ff).Errno;
    }

    /// <summary>Mounts in the guest's name.</summary>
    public Errno MountAsGuest(string source, string target, string type, long flags = 0) =>
        Try("mount", Text(source), Text(target), Text(type), flags, Text(""));

    public Errno Try(string name, params ReadOnlySpan<long> arguments) => new SysResult(Call(name, arguments)).Errno;

    public long Call(string name, params ReadOnlySpan<long> arguments)
    {
        var result = Guest.Call(name, arguments);
        _next = Strings;
        return result;
    }

    /// <summary>Puts a path where the next call finds it.</summary>
    public long Text(string text) => Bytes(Encoding.UTF8.GetBytes(text));

    public long Bytes(ReadOnlySpan<byte> text)
    {
        var address = _next;
        Assert.True(Guest.Memory.TryWrite(new GuestPtr(address), [.. text, 0]));
        _next += (uint)text.Length + 1;
        return address;
    }

    public int Open(string path, int flags = ReadOnly, int mode = 0x1b6)
    {
        var fd = Call("open", Text(path), flags, mode);
        Assert.True(fd >= 0, $"open {path}: {(Errno)(-fd)}");
        return (int)fd;
    }

    public Errno OpenError(string path, int flags = ReadOnly, int mode = 0x1b6)
    {
        var fd = Call("open", Text(path), flags, mode);
        if (fd >= 0)
            Call("close", fd);
        return new SysResult(fd).Errno;
    }

    public Errno Close(int fd) => Try("close", fd);

    public byte[] Read(int fd, int count = (int)BufferSize)
    {
        var read = Call("read", fd, Here, count);
        Assert.True(read >= 0, $"read: {(Errno)(-read)}");
        return Memory((int)read);
    }

    public string ReadText(string path)
    {
        var fd = Open(path);
        var text = Encoding.UTF8.GetString(Read(fd));
        Close(fd);
        return text;
    }

    public long Write(int fd, string text) => Write(fd, Encoding.UTF8.GetBytes(text));

    public long Write(int fd, ReadOnlySpan<byte> bytes)
    {
        Assert.True(Guest.Memory.TryWrite(new GuestPtr(Here), bytes));
        return Call("write", fd, Here, bytes.Length);
    }

    public void WriteText(string path, string text)
    {
        var fd = Open(path, WriteOnly | Create | Truncate);
        Assert.Equal(text.Length, Write(fd, text));
        Assert.Equal(Errno.None, Close(fd));
    }

    public Stat StatAt(string path)
    {
        Assert.Equal(Errno.None, TryStat(path));
        return LastStat();
    }

    /// <summary>lstat(2).</summary>
    public Errno TryStat(string path) => Try("lstat", Text(path), Here);

    public Stat StatOf(int fd)
    {
        Assert.Equal(Errno.None, Try("fstat", fd, Here));
        return LastStat();
    }

    public string ReadLink(string path)
    {
        var length = Call("readlink", Text(path), Here, 4096);
        Assert.True(length >= 0, $"readlink {path}: {(Errno)(-length)}");
        return Encoding.UTF8.GetString(Memory((int)length));
    }

    /// <summary>One getdents64(2): names in order, with the positions behind them.</summary>
    public List<(string Name, ulong Ino, long Next, byte Type)> Entries(int fd, int room = (int)BufferSize)
    {
        var length = Call("getdents64", fd, Here, room);
        Assert.True(length >= 0, $"getdents64: {(Errno)(-length)}");
        var bytes = Memory((int)length);
        var entries = new List<(string, ulong, long, byte)>();
        for (var at = 0; at < bytes.Length; at += BitConverter.ToUInt16(bytes, at + 16))
        {
            var end = Array.IndexOf(bytes, (byte)0, at + 19);
            entries.Add((Encoding.UTF8.GetString(bytes, at + 19, end - at - 19), BitConverter.ToUInt64(bytes, at), BitConverter.ToInt64(bytes, at + 8), bytes[at + 18]));
        }

        return entries;
    }

    /// <summary>The names of a directory but "." and "..", sorted.</summary>
    public string[] Names(string path)
    {
        var fd = Open(path, DirectoryOnly);
        var names = new List<string>();
        while (Entries(fd) is { Count: > 0 } some)
            names.AddRange(some.Select(entry => entry.Name));
        Close(fd);
        return [.. names.Where(name => name is not ("." or "..")).Order(StringComparer.Ordinal)];
    }

    public void Dispose()
    {
        _host.Dispose();
        Guest.Dispose();
        Directory.Delete(_scratch, recursive: true);
    }

    public byte[] Memory(int length, uint address = Here)
    {
        Assert.True(Guest.Memory.TryGetReadable(new GuestPtr(address), (uint)length, out var bytes));
        return bytes.ToArray();
    }

    private Stat LastStat() => Guest.Read<Stat>(Here);

    private readonly struct HostMark(HostTask host) : IDisposable
    {
        private readonly uint _mark = host.Mark();

        public void Dispose() => host.FreeTo(_mark);
    }
}
