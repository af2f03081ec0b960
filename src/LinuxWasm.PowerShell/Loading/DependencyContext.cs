using System.Reflection;
using System.Runtime.Loader;

namespace LinuxWasm.PowerShell.Loading;

/// <summary>
/// Where the module's dependencies live: kernel, engine, conformance suite and the libraries under them. Another module's YamlDotNet
/// of another version is neither seen from here nor disturbed.
/// </summary>
internal sealed class DependencyContext(string folder) : AssemblyLoadContext("LinuxWasm")
{
    private static readonly DependencyContext Instance = new(Path.Combine(Path.GetDirectoryName(typeof(DependencyContext).Assembly.Location)!, "lib"));

    private string Folder { get; } = folder;

    /// <summary>Answers the one assembly that stands outside, this one, when it asks for what it is built on.</summary>
    public static Assembly? Resolve(AssemblyLoadContext asking, AssemblyName name) =>
        // Other modules ask here too: what is theirs is not ours to answer, though the file may have the same name.
        name.Name is { } simple && simple.StartsWith("LinuxWasm.", StringComparison.Ordinal) ? Instance.LoadFromAssemblyName(name) : null;

    /// <summary>What is not in the folder (the runtime, PowerShell) comes from the host.</summary>
    protected override Assembly? Load(AssemblyName name)
    {
        var path = Path.Combine(Folder, name.Name + ".dll");
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }
}
