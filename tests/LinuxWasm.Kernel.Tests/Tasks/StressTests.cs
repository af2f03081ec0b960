using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Kernel.Tests.Tasks;

/// <summary>Nothing is lost between two threads that wake each other all the time.</summary>
public sealed class StressTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Two_threads_hand_a_word_to_each_other(bool virtualClock)
    {
        const int Rounds = 2000;
        const uint Word = TestGuest.Scratch;
        const int WAIT = 128, WAKE = 129;
        using var guest = new TestGuest(options: new KernelOptions { VirtualClock = virtualClock });
        var other = guest.Kernel.CreateThread(guest.Task)!;
        void Play(LinuxTask task, int mine)
        {
            for (var round = 0; round < Rounds; round++)
            {
                while (guest.Read<int>(Word) != mine)
                    guest.CallAs(task, "futex", Word, WAIT, 1 - mine, 0, 0, 0);
                guest.Write(Word, 1 - mine);
                guest.CallAs(task, "futex", Word, WAKE, 1, 0, 0, 0);
            }
        }

        var thread = new Thread(() =>
        {
            Play(other, 1);
            other.Finish();
        });
        thread.Start();
        Play(guest.Task, 0);
        Assert.True(thread.Join(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public void Signals_and_stops_from_another_process_end_no_sleep_early_and_lose_no_wake()
    {
        const int Rounds = 300;
        using var guest = new TestGuest();
        var other = guest.Fork();
        guest.OnSignal(Signal.SIGUSR1, SignalFlags.SA_RESTART);
        var thread = new Thread(() =>
        {
            for (var round = 0; round < Rounds; round++)
            {
                other.Call("kill", guest.Task.Group.Pid, (int)Signal.SIGSTOP);
                other.Call("kill", guest.Task.Group.Pid, (int)Signal.SIGUSR1);
                other.Call("kill", guest.Task.Group.Pid, (int)Signal.SIGCONT);
            }

            other.Call("exit_group", 0);
            other.Task.Finish();
        });
        thread.Start();
        // wait4 is made again after each handler and each stop, and ends with the child only.
        Assert.Equal(other.Task.Group.Pid, guest.Call("wait4", -1, TestGuest.Scratch, 0, 0));
        Assert.True(thread.Join(TimeSpan.FromSeconds(60)));
        Assert.InRange(guest.Handled.Count, 1, Rounds);
        Assert.False(guest.Task.Group.IsStopped);
    }
}
