using System.Reflection;
using System.Runtime.Loader;
using System.Xml.Linq;
using LinuxWasm.PowerShell.Help;

// Writes the help that Get-Help shows (MAML) from the doc comments of a module's cmdlets, so that each has its help where its code is.
if (args is not [var assemblyPath, var outputPath, .. var referenced])
{
    Console.Error.WriteLine("usage: LinuxWasm.PowerShell.Help ASSEMBLY OUTPUT [FOLDER-OR-ASSEMBLY...]");
    return 2;
}

// Looked at only, never run: PowerShell's own types come from the reference assembly that the module was compiled against.
AssemblyLoadContext.Default.Resolving += (context, name) =>
{
    var files = referenced.SelectMany(path => Directory.Exists(path) ? Directory.GetFiles(path, "*.dll") : [path]);
    return files.FirstOrDefault(file => Path.GetFileNameWithoutExtension(file) == name.Name) is { } found ? context.LoadFromAssemblyPath(Path.GetFullPath(found)) : null;
};

var assembly = Assembly.LoadFrom(Path.GetFullPath(assemblyPath));
var comments = DocComments.Load(Path.ChangeExtension(assemblyPath, ".xml"));
var commands = assembly.GetTypes().Select(CommandDescription.TryRead).OfType<CommandDescription>().OrderBy(command => command.Name, StringComparer.Ordinal).ToList();
var problems = commands.SelectMany(command => HelpProblems.Find(command, comments)).ToList();
foreach (var problem in problems)
    Console.Error.WriteLine($"error HELP001: {problem}");
if (problems.Count > 0)
    return 1;

Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(outputPath))!);
new XDocument(MamlWriter.Write(commands, comments)).Save(outputPath);
return 0;
