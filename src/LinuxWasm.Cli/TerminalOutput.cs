using System.CommandLine;
using System.CommandLine.Help;
using System.Text;
using LinuxWasm.Machine.Hosting;
using Spectre.Console;

namespace LinuxWasm.Cli;

/// <summary>
/// What the command itself writes. The width of the window is asked for here, since <see cref="Console"/> switches the terminal to application cursor keys when it is asked.
/// </summary>
internal sealed class TerminalOutput : IAnsiConsoleOutput
{
    /// <summary>A table of figures needs so many columns; a narrower window wraps lines, which is better than wrapped cells.</summary>
    private const int LeastTable = 100;

    private const int Unlimited = int.MaxValue;

    private static readonly Lazy<IAnsiConsole> Console = new(() => AnsiConsole.Create(new AnsiConsoleSettings { Out = new TerminalOutput() }));

    public TextWriter Writer => System.Console.Out;

    public bool IsTerminal => !System.Console.IsOutputRedirected;

    public int Width => Math.Max(HostConsole.WindowSize()?.Columns ?? 0, LeastTable);

    public int Height => HostConsole.WindowSize()?.Rows ?? 24;

    public void SetEncoding(Encoding encoding)
    {
        // The writer has UTF-8 already.
    }

    /// <summary>To be called before anything is written.</summary>
    public static void Prepare(RootCommand root)
    {
        HostConsole.LeaveTerminalAlone();
        var width = System.Console.IsOutputRedirected ? Unlimited : HostConsole.WindowSize()?.Columns ?? Unlimited;
        foreach (var help in root.Options.OfType<HelpOption>())
            ((HelpAction)help.Action!).MaxWidth = width;
    }

    /// <summary>Writes a table.</summary>
    public static void Write(Table table) => Console.Value.Write(table);
}
