using LinuxWasm.Abi;
using LinuxWasm.Machine.Processes;

namespace LinuxWasm.Machine.Tests;

/// <summary>The file that a program runs from. Linux: cp /bin/sleep s; ./s 9 &amp; then : >s is "Text file busy", and readlink /proc/$!/exe is its path.</summary>
public sealed class ProgramFileTests
{
    private const string Program = "/tmp/loop";

    [Fact]
    public void Nobody_writes_the_file_of_a_program_that_runs()
    {
        using var machine = new WasmMachine();
        var process = Start(machine);

        Assert.Equal(Errno.ETXTBSY, ErrorOf(machine, tree => tree.WriteFile(Program, "x")));
        machine.Provision(tree => tree.Remove(Program));
        machine.Provision(tree => tree.WriteFile(Program, "another of that name"));

        process.Kill();
        process.Wait();
    }

    [Fact]
    public void It_can_be_written_when_the_program_has_ended()
    {
        using var machine = new WasmMachine();
        var process = Start(machine);

        process.Kill();
        process.Wait();

        Assert.Null(ErrorOf(machine, tree => tree.WriteFile(Program, "x")));
    }

    [Fact]
    public void Proc_says_what_a_process_runs_from()
    {
        using var machine = new WasmMachine();
        var process = Start(machine);

        byte[]? content = null;
        machine.Provision(tree => content = tree.TryReadFile($"/proc/{process.Pid}/exe"));
        Assert.Equal(File.ReadAllBytes(GuestFiles.PathOf("loop")), content);

        process.Kill();
        process.Wait();
    }

    private static GuestProcess Start(WasmMachine machine)
    {
        machine.Provision(tree => tree.WriteFile(Program, File.ReadAllBytes(GuestFiles.PathOf("loop")), mode: 0x1ED));
        return machine.Start(machine.Load(Program), new ProgramStart { Arguments = [Program] });
    }

    private static Errno? ErrorOf(WasmMachine machine, Action<GuestTree> work)
    {
        try
        {
            machine.Provision(work);
            return null;
        }
        catch (GuestTreeException refused)
        {
            return refused.Errno;
        }
    }
}
