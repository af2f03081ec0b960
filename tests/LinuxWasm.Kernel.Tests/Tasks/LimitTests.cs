using LinuxWasm.Abi;
using LinuxWasm.Kernel.Syscalls;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Tests.Tasks;

public class LimitTests
{
    [Fact]
    public void I386_shows_infinity_as_each_of_its_two_forms_can()
    {
        using var guest = new TestGuest();
        Assert.Equal(0, guest.Call("ugetrlimit", (int)Resource.RLIMIT_CPU, TestGuest.Scratch));
        Assert.Equal(uint.MaxValue, guest.Read<Rlimit32>().rlim_cur);
        Assert.Equal(0, guest.Call("getrlimit", (int)Resource.RLIMIT_CPU, TestGuest.Scratch));
        Assert.Equal(0x7fffffffu, guest.Read<Rlimit32>().rlim_cur);
    }

    [Fact]
    public void A_user_may_lower_a_hard_limit_but_not_raise_it()
    {
        using var guest = new TestGuest(GuestAbi.X64, Credentials.ForUser(1000, 1000));
        guest.Write(TestGuest.Scratch, new Rlimit { rlim_cur = 10, rlim_max = 20 });
        Assert.Equal(0, guest.Call("setrlimit", (int)Resource.RLIMIT_CORE, TestGuest.Scratch));
        guest.Write(TestGuest.Scratch, new Rlimit { rlim_cur = 10, rlim_max = 21 });
        Assert.Equal(Errno.EPERM, guest.Error("setrlimit", (int)Resource.RLIMIT_CORE, TestGuest.Scratch));
        guest.Write(TestGuest.Scratch, new Rlimit { rlim_cur = 21, rlim_max = 20 });
        Assert.Equal(Errno.EINVAL, guest.Error("setrlimit", (int)Resource.RLIMIT_CORE, TestGuest.Scratch));
        Assert.Equal(new ResourceLimit(10, 20), guest.Task.Group.Limits.Get(Resource.RLIMIT_CORE));
    }

    [Fact]
    public void Prlimit_reads_the_new_limit_before_it_looks_for_the_process()
    {
        using var guest = new TestGuest();
        Assert.Equal(Errno.EFAULT, guest.Error("prlimit64", 9999, 99, TestGuest.Bad, 0));
        Assert.Equal(Errno.ESRCH, guest.Error("prlimit64", 9999, 99, 0, 0));
        Assert.Equal(Errno.EINVAL, guest.Error("prlimit64", 0, 99, 0, 0));
    }

    [Fact]
    public void Another_users_process_is_limited_only_with_CAP_SYS_RESOURCE()
    {
        using var guest = new TestGuest();
        var other = guest.Spawn(Credentials.ForUser(1000, 1000));
        Assert.Equal(Errno.EPERM, other.Error("prlimit64", guest.Task.Tid, 0, 0, TestGuest.Scratch));
        Assert.Equal(0, guest.Call("prlimit64", other.Task.Tid, 0, 0, TestGuest.Scratch));
    }
}
