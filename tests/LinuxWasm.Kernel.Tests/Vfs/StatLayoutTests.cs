using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;

namespace LinuxWasm.Kernel.Tests.Vfs;

/// <summary>One file through every structure that tells of it.</summary>
public sealed class StatLayoutTests
{
    private const int Size = 4321;

    [Theory]
    [InlineData("stat")]
    [InlineData("lstat")]
    public void The_64_bit_tables_write_their_own_struct_stat(string call)
    {
        foreach (var abi in new[] { GuestAbi.X64, GuestAbi.Wali })
        {
            using var guest = WithFile(abi);
            guest.Ok(call, guest.Text("/f"), TestGuest.Scratch);
            var stat = guest.Read<Stat>();
            Assert.Equal((Size, 16L, 1ul, Mode.S_IFREG | (Mode)0x1a4), (stat.st_size, stat.st_blocks, stat.st_nlink, stat.st_mode));
        }
    }

    [Fact]
    public void I386_has_three_of_them()
    {
        using var guest = WithFile(GuestAbi.I386);
        guest.Ok("stat64", guest.Text("/f"), TestGuest.Scratch);
        var stat64 = guest.Read<Stat64>();
        Assert.Equal((Size, 16L, 70000u, (uint)stat64.st_ino), (stat64.st_size, stat64.st_blocks, stat64.st_uid, stat64.__st_ino));
        guest.Ok("stat", guest.Text("/f"), TestGuest.Scratch);
        var stat = guest.Read<Stat32>();
        Assert.Equal(((uint)Size, 16u, OldId.Overflow, stat64.st_ino), (stat.st_size, stat.st_blocks, stat.st_uid, stat.st_ino));
        guest.Ok("oldstat", guest.Text("/f"), TestGuest.Scratch);
        var old = guest.Read<OldKernelStat>();
        Assert.Equal(((uint)Size, OldId.Overflow, stat.st_mode), (old.st_size, old.st_uid, old.st_mode));
    }

    [Fact]
    public void A_size_beyond_32_bits_overflows_the_small_structure_only()
    {
        using var guest = WithFile(GuestAbi.I386);
        guest.Ok("truncate64", guest.Text("/f"), 0, 1);
        Assert.Equal(Errno.EOVERFLOW, guest.Error("stat", guest.Text("/f"), TestGuest.Scratch));
        guest.Ok("stat64", guest.Text("/f"), TestGuest.Scratch);
        Assert.Equal(1L << 32, guest.Read<Stat64>().st_size);
        Assert.Equal(-(long)Errno.EOVERFLOW, guest.Open("/f", OpenFlags.O_RDONLY));
        Assert.InRange(guest.Open("/f", OpenFlags.O_RDONLY | OpenFlags.O_LARGEFILE), 0, 10);
    }

    [Fact]
    public void A_bad_address_is_told_after_the_path_was_found()
    {
        using var guest = WithFile(GuestAbi.X64);
        Assert.Equal(Errno.ENOENT, guest.Error("stat", guest.Text("/none"), TestGuest.Bad));
        Assert.Equal(Errno.EFAULT, guest.Error("stat", guest.Text("/f"), TestGuest.Bad));
        Assert.Equal(Errno.EFAULT, guest.Error("stat", TestGuest.Bad, TestGuest.Scratch));
    }

    [Fact]
    public void Statx_answers_what_is_asked()
    {
        using var guest = WithFile(GuestAbi.X64);
        guest.Ok("statx", -100, guest.Text("/f"), 0, (long)(StatxMask.STATX_BASIC_STATS | StatxMask.STATX_BTIME), TestGuest.Scratch);
        var all = guest.Read<Statx>();
        Assert.Equal(StatxMask.STATX_BASIC_STATS | StatxMask.STATX_BTIME | StatxMask.STATX_MNT_ID, all.stx_mask);
        Assert.Equal((ulong)Size, all.stx_size);
        guest.Ok("statx", -100, guest.Text("/"), 0, 0, TestGuest.Scratch);
        var root = guest.Read<Statx>();
        Assert.Equal((Statx.STATX_ATTR_MOUNT_ROOT, 0L), (root.stx_attributes, root.stx_mtime.tv_sec));
        Assert.Equal(Errno.EINVAL, guest.Error("statx", -100, guest.Text("/f"), 0, (long)StatxMask.__STATX_RESERVED, TestGuest.Scratch));
        Assert.Equal(Errno.EINVAL, guest.Error("statx", -100, guest.Text("/f"), (long)AtFlags.__AT_STATX_SYNC_TYPE, 0, TestGuest.Scratch));
    }

    private static TreeGuest WithFile(GuestAbi abi)
    {
        var guest = new TreeGuest(abi);
        guest.File("/f", new string('x', Size));
        guest.Ok(abi.Is32Bit ? "chown32" : "chown", guest.Text("/f"), 70000, 0);
        return guest;
    }
}
