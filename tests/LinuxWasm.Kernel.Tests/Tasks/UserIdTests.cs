using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Tests.Tasks;

public class UserIdTests
{
    private const long Keep = -1;

    [Fact]
    public void Leaving_root_for_good_drops_all_capabilities()
    {
        using var guest = new TestGuest();
        Assert.Equal(0, guest.Call("setuid32", 1000));
        Assert.Equal(default, guest.Task.Credentials.Effective);
        Assert.Equal(default, guest.Task.Credentials.Permitted);
        Assert.Equal(Errno.EPERM, guest.Error("setuid32", 0));
    }

    [Fact]
    public void An_effective_id_may_come_back_from_the_saved_one_with_its_capabilities()
    {
        using var guest = new TestGuest();
        Assert.Equal(0, guest.Call("setresuid32", Keep, 1000, Keep));
        Assert.Equal(default, guest.Task.Credentials.Effective);
        Assert.Equal(CapabilitySet.Full, guest.Task.Credentials.Permitted);
        Assert.Equal(0, guest.Call("setresuid32", Keep, 0, Keep));
        Assert.Equal(CapabilitySet.Full, guest.Task.Credentials.Effective);
    }

    [Fact]
    public void Setreuid_sets_the_saved_id_when_the_real_one_is_set()
    {
        using var guest = new TestGuest();
        Assert.Equal(0, guest.Call("setreuid32", 1000, 2000));
        Assert.Equal((1000u, 2000u, 2000u), (guest.Task.Credentials.Uid, guest.Task.Credentials.Euid, guest.Task.Credentials.Suid));
    }

    [Fact]
    public void Setreuid_leaves_the_saved_id_when_only_the_effective_one_becomes_the_real_one()
    {
        using var guest = new TestGuest(credentials: Credentials.ForUser(1000, 1000) with { Euid = 2000, Suid = 2000 });
        Assert.Equal(0, guest.Call("setreuid32", Keep, 1000));
        Assert.Equal(2000u, guest.Task.Credentials.Suid);
    }

    [Fact]
    public void Setfsuid_away_from_root_drops_only_the_file_system_capabilities()
    {
        using var guest = new TestGuest();
        Assert.Equal(0, guest.Call("setfsuid32", 1000));
        Assert.False(guest.Task.Credentials.Has(Capability.CAP_DAC_OVERRIDE));
        Assert.True(guest.Task.Credentials.Has(Capability.CAP_SETUID));
        Assert.Equal(1000, guest.Call("setfsuid32", Keep));
        Assert.Equal(1000, guest.Call("setfsuid32", 0));
        Assert.Equal(CapabilitySet.Full, guest.Task.Credentials.Effective);
    }

    [Fact]
    public void Sixteen_bit_calls_show_65534_for_what_does_not_fit_and_take_ffff_as_keep()
    {
        using var guest = new TestGuest();
        Assert.Equal(0, guest.Call("setresuid32", 70000, 70001, 0));
        Assert.Equal(65534, guest.Call("getuid"));
        Assert.Equal(70000, guest.Call("getuid32"));
        Assert.Equal(0, guest.Call("setreuid", 0xffff, 0));
        Assert.Equal((70000u, 0u), (guest.Task.Credentials.Uid, guest.Task.Credentials.Euid));
        Assert.Equal(Errno.EINVAL, guest.Error("setuid", 0xffff));
    }

    [Fact]
    public void Getresuid_leaves_what_it_wrote_before_a_fault()
    {
        using var guest = new TestGuest(credentials: Credentials.ForUser(5, 6));
        Assert.Equal(Errno.EFAULT, guest.Error("getresuid32", TestGuest.Scratch, TestGuest.Bad, TestGuest.Scratch + 8));
        Assert.Equal(5u, guest.Read<uint>());
        Assert.Equal(0u, guest.Read<uint>(TestGuest.Scratch + 8));
    }

    [Fact]
    public void Groups_are_kept_sorted_and_bounded()
    {
        using var guest = new TestGuest();
        guest.Write(TestGuest.Scratch, 30u);
        guest.Write(TestGuest.Scratch + 4, 10u);
        Assert.Equal(0, guest.Call("setgroups32", 2, TestGuest.Scratch));
        Assert.Equal(2, guest.Call("getgroups32", 0, 0));
        Assert.Equal(2, guest.Call("getgroups32", 8, TestGuest.Scratch));
        Assert.Equal((10u, 30u), (guest.Read<uint>(), guest.Read<uint>(TestGuest.Scratch + 4)));
        Assert.Equal(Errno.EINVAL, guest.Error("getgroups32", 1, TestGuest.Scratch));
        Assert.Equal(Errno.EINVAL, guest.Error("setgroups32", SupplementaryGroups.Max + 1, TestGuest.Scratch));
        Assert.Equal(Errno.EFAULT, guest.Error("setgroups32", 1, TestGuest.Bad));
    }
}
