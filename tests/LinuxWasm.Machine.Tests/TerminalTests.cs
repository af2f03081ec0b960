using System.Text;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tty;
using LinuxWasm.Machine.Processes;

namespace LinuxWasm.Machine.Tests;

/// <summary>A program on a terminal whose keyboard and screen are the host's.</summary>
public sealed class TerminalTests
{
    private const string EndOfFile = "\u0004";
    private const string Interrupt = "\u0003";

    [Fact]
    public void What_is_typed_is_echoed_and_reaches_the_program_line_by_line()
    {
        using var machine = new WasmMachine();
        using var terminal = new HostedTerminal(machine.Kernel);
        var process = Start(machine, terminal, "cat");

        Type(terminal, "on\u007fe\n");

        Assert.Equal("on\b \be\r\noe\r\n", Read(terminal, until: "oe\r\n"));
        Type(terminal, EndOfFile);
        Assert.Equal(0, process.Wait()!.Value.ShellStatus);
        Assert.Equal(0, terminal.Read(new byte[8]));
    }

    [Fact]
    public void The_interrupt_character_ends_a_program_that_does_not_handle_it()
    {
        using var machine = new WasmMachine();
        using var terminal = new HostedTerminal(machine.Kernel);
        var process = Start(machine, terminal, "cat");

        Type(terminal, Interrupt);

        Assert.Equal(Signal.SIGINT, process.Wait()!.Value.TerminatingSignal);
    }

    [Fact]
    public void A_program_that_computes_without_end_is_interrupted_too()
    {
        using var machine = new WasmMachine();
        using var terminal = new HostedTerminal(machine.Kernel);
        var process = Start(machine, terminal, "loop");
        Read(terminal, until: "looping");

        Type(terminal, Interrupt);

        Assert.Equal(Signal.SIGINT, process.Wait()!.Value.TerminatingSignal);
    }

    [Fact]
    public void Hanging_up_ends_the_session()
    {
        using var machine = new WasmMachine();
        using var terminal = new HostedTerminal(machine.Kernel);
        var process = Start(machine, terminal, "cat");

        terminal.Dispose();

        Assert.Equal(Signal.SIGHUP, process.Wait()!.Value.TerminatingSignal);
    }

    private static GuestProcess Start(WasmMachine machine, HostedTerminal terminal, string program)
    {
        var process = machine.Start(machine.Load(GuestFiles.PathOf(program)), new ProgramStart
        {
            Arguments = [program],
            StandardFiles = terminal.OpenStandardFiles(),
            Terminal = terminal,
        });
        return process;
    }

    private static void Type(HostedTerminal terminal, string text) => Assert.True(terminal.Type(Encoding.UTF8.GetBytes(text)));

    private static string Read(HostedTerminal terminal, string until)
    {
        var seen = new StringBuilder();
        var chunk = new byte[256];
        while (!seen.ToString().Contains(until, StringComparison.Ordinal))
        {
            var count = terminal.Read(chunk);
            Assert.True(count > 0, $"the terminal ended after '{seen}'");
            seen.Append(Encoding.UTF8.GetString(chunk, 0, count));
        }

        return seen.ToString();
    }
}
