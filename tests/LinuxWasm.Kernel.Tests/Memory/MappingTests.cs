using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;

namespace LinuxWasm.Kernel.Tests.Memory;

public sealed class MappingTests : IDisposable
{
    private const long ReadWrite = 3;
    private const long Private = (long)(MapFlags.MAP_PRIVATE | MapFlags.MAP_ANONYMOUS);
    private const long Fixed = Private | (long)MapFlags.MAP_FIXED;
    private const uint Page = GuestMemory.PageSize;

    private readonly TestGuest _guest = new();

    public void Dispose() => _guest.Dispose();

    [Fact]
    public void Unmapped_memory_faults_and_comes_back_zeroed()
    {
        var address = Map(0, 3 * Page);
        _guest.Write(address + Page, 0x1234);
        Assert.Equal(0, _guest.Call("munmap", address + Page, Page));
        Assert.False(_guest.Memory.TryRead<int>(new GuestPtr(address + Page), out _));
        Assert.True(_guest.Memory.TryRead<int>(new GuestPtr(address), out _));
        Assert.Equal(address + Page, _guest.Call("mmap2", address + Page, Page, ReadWrite, Fixed, -1, 0));
        Assert.Equal(0, _guest.Read<int>(address + Page));
    }

    [Fact]
    public void A_mapping_reaches_no_further_than_the_memory_may_grow()
    {
        Assert.Equal(Errno.ENOMEM, _guest.Error("mmap2", 0, 64 << 20, ReadWrite, Private, -1, 0));
        Assert.Equal(Errno.ENOMEM, _guest.Error("mmap2", 0, 0xfffff001, ReadWrite, Private, -1, 0));
        Assert.Equal(Errno.EINVAL, _guest.Error("mmap2", 0, 0, ReadWrite, Private, -1, 0));
        Assert.Equal(Errno.ENOMEM, _guest.Error("mmap2", 0xfffff000, Page, ReadWrite, Fixed, -1, 0));
    }

    [Fact]
    public void A_hint_is_taken_only_where_nothing_lies()
    {
        var first = Map(0, Page);
        Assert.NotEqual(first, Map(first, Page));
        Assert.Equal(first + 16 * Page, Map(first + 16 * Page + 5, Page));
        Assert.Equal(Errno.EEXIST, _guest.Error("mmap2", first, Page, ReadWrite, Private | (long)MapFlags.MAP_FIXED_NOREPLACE, -1, 0));
    }

    [Fact]
    public void The_break_moves_within_its_limits_and_answers_where_it_is()
    {
        var start = _guest.Call("brk", 0);
        Assert.Equal(1 << 20, start);
        Assert.Equal(start + 5000, _guest.Call("brk", start + 5000));
        _guest.Write((uint)start + 4996, 7);
        Assert.Equal(start, _guest.Call("brk", start));
        Assert.Equal(start + 5000, _guest.Call("brk", start + 5000));
        Assert.Equal(0, _guest.Read<int>((uint)start + 4996));
        Assert.Equal(start + 5000, _guest.Call("brk", start - 1));
        Assert.Equal(start + 5000, _guest.Call("brk", 0xfffff000));
    }

    [Fact]
    public void The_break_stops_at_a_mapping()
    {
        var start = (uint)_guest.Call("brk", 0);
        Assert.Equal(start + Page, Map(start + Page, Page));
        Assert.Equal(start, _guest.Call("brk", start + 2 * Page));
        Assert.Equal(start + Page, _guest.Call("brk", start + Page));
    }

    [Fact]
    public void Mprotect_changes_what_calls_may_do_and_stops_at_a_hole()
    {
        var address = Map(0, 4 * Page);
        Assert.Equal(0, _guest.Call("munmap", address + 2 * Page, Page));
        Assert.Equal(Errno.ENOMEM, _guest.Error("mprotect", address, 4 * Page, 1));
        Assert.False(_guest.Memory.TryWrite(new GuestPtr(address), 1));
        Assert.True(_guest.Memory.TryWrite(new GuestPtr(address + 3 * Page), 1));
        Assert.Equal(Errno.EINVAL, _guest.Error("mprotect", address + 1, Page, 1));
        Assert.Equal(Errno.EINVAL, _guest.Error("mprotect", address, Page, 0x40));
        Assert.Equal(0, _guest.Call("mprotect", address, 0, 1));
    }

    [Fact]
    public void Mremap_keeps_the_content_wherever_it_goes()
    {
        var address = Map(0, 2 * Page);
        var blocker = Map(address + 2 * Page, Page);
        Assert.Equal(address + 2 * Page, blocker);
        _guest.Write(address + Page, 42);
        Assert.Equal(Errno.ENOMEM, _guest.Error("mremap", address, 2 * Page, 4 * Page, 0, 0));
        var moved = (uint)_guest.Call("mremap", address, 2 * Page, 4 * Page, 1, 0);
        Assert.NotEqual(address, moved);
        Assert.Equal(42, _guest.Read<int>(moved + Page));
        Assert.Equal(0, _guest.Read<int>(moved + 3 * Page));
        Assert.False(_guest.Memory.TryRead<int>(new GuestPtr(address), out _));
        Assert.Equal(moved, _guest.Call("mremap", moved, 4 * Page, Page, 0, 0));
        Assert.Equal(Errno.EFAULT, _guest.Error("mremap", moved + 2 * Page, Page, 2 * Page, 1, 0));
    }

    [Fact]
    public void Limits_on_address_space_and_locked_memory_hold()
    {
        _guest.Write(TestGuest.Scratch, new Rlimit32 { rlim_cur = 2 << 20, rlim_max = 2 << 20 });
        Assert.Equal(0, _guest.Call("setrlimit", (int)Resource.RLIMIT_AS, TestGuest.Scratch));
        Map(0, 512 << 10);
        Assert.Equal(Errno.ENOMEM, _guest.Error("mmap2", 0, 1 << 20, ReadWrite, Private, -1, 0));
    }

    [Fact]
    public void A_private_file_mapping_is_a_copy_and_a_shared_one_is_written_back()
    {
        var path = TestGuest.Scratch;
        _guest.Memory.TryWrite(new GuestPtr(path), "/f\0"u8);
        var fd = _guest.Call("open", path, 0x42, 0x1a4);
        _guest.Memory.TryWrite(new GuestPtr(path + 16), "hello"u8);
        Assert.Equal(5, _guest.Call("write", fd, path + 16, 5));

        var copy = (uint)_guest.Call("mmap2", 0, Page, ReadWrite, (long)MapFlags.MAP_PRIVATE, fd, 0);
        var shared = (uint)_guest.Call("mmap2", 0, Page, ReadWrite, (long)MapFlags.MAP_SHARED, fd, 0);
        Assert.Equal((byte)'h', _guest.Read<byte>(copy));
        _guest.Write(copy, (byte)'x');
        _guest.Write(shared + 1, (byte)'E');
        _guest.Write(shared + 8, (byte)'!');
        Assert.Equal(0, _guest.Call("msync", shared, Page, (int)SyncFlags.MS_SYNC));
        Assert.Equal(5, _guest.Call("pread64", fd, path + 32, 100, 0, 0));
        Assert.True(_guest.Memory.TryGetReadable(new GuestPtr(path + 32), 5, out var bytes));
        Assert.Equal("hEllo"u8.ToArray(), bytes.ToArray());

        _guest.Write(shared, (byte)'H');
        Assert.Equal(0, _guest.Call("close", fd));
        Assert.Equal(0, _guest.Call("munmap", shared, Page));
        fd = _guest.Call("open", path, 0, 0);
        Assert.Equal(1, _guest.Call("read", fd, path + 32, 1));
        Assert.Equal((byte)'H', _guest.Read<byte>(path + 32));
        Assert.Equal(Errno.EACCES, _guest.Error("mmap2", 0, Page, ReadWrite, (long)MapFlags.MAP_SHARED, fd, 0));
    }

    [Fact]
    public void What_a_mapping_writes_goes_to_its_place_even_where_writes_append()
    {
        const int O_RDWR_CREAT_APPEND = 0x442;
        var path = TestGuest.Scratch;
        _guest.Memory.TryWrite(new GuestPtr(path), "/a\0"u8);
        var fd = _guest.Call("open", path, O_RDWR_CREAT_APPEND, 0x1a4);
        _guest.Memory.TryWrite(new GuestPtr(path + 16), "hello"u8);
        Assert.Equal(5, _guest.Call("write", fd, path + 16, 5));
        var shared = (uint)_guest.Call("mmap2", 0, Page, ReadWrite, (long)MapFlags.MAP_SHARED, fd, 0);
        _guest.Write(shared, (byte)'J');
        Assert.Equal(0, _guest.Call("munmap", shared, Page));
        Assert.Equal(5, _guest.Call("pread64", fd, path + 32, 100, 0, 0));
        Assert.Equal((byte)'J', _guest.Read<byte>(path + 32));
    }

    private uint Map(uint hint, uint length) => (uint)_guest.Call("mmap2", hint, length, ReadWrite, Private, -1, 0);
}
