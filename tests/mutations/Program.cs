using System.CommandLine;
using LinuxWasm.Mutations;

var list = new Option<string>("--list") { Description = "The list of mutations. By default tests/mutations/kernel.txt.", HelpName = "FILE" };
var lines = new Option<string[]>("--line")
{
    Description = "Only these, by their line in the list: 13,40. May be given several times.",
    HelpName = "N",
    AllowMultipleArgumentsPerToken = true,
};
var check = new Option<bool>("--check") { Description = "Checks that each mutation finds its place exactly once, and builds nothing." };
var command = new RootCommand("Breaks the kernel, one thing of kernel.txt at a time, and says what no conformance case sees. The status is 0 where all is seen, 1 where something is not, 2 where nothing could be tried.") { list, lines, check };
command.SetAction(parsed => MutationRun.Run(FindRoot(), parsed.GetValue(list), parsed.GetValue(lines) ?? [], parsed.GetValue(check)));
return command.Parse(args).Invoke();

static string FindRoot()
{
    for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
    {
        if (File.Exists(Path.Combine(folder, "LinuxWasm.sln")))
            return folder;
    }

    throw new DirectoryNotFoundException("LinuxWasm.sln is not above " + AppContext.BaseDirectory);
}
