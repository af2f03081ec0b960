using System.Text;

namespace LinuxWasm.Machine.Programs;

/// <summary>
/// How WALI hands over the environment: a file of newline-separated KEY=VALUE in the guest's tree, which the C library reads at its start. Only its
/// process may read it, and it goes as soon as the library has gone on to the arguments, or at the process's end.
/// </summary>
internal sealed class EnvironmentFile : IDisposable
{
    private readonly WasmMachine _machine;
    private readonly string _path;
    private int _removed;

    private EnvironmentFile(WasmMachine machine, string path)
    {
        _machine = machine;
        _path = path;
    }

    /// <summary>The guest path, without its NUL.</summary>
    public byte[] Path => Encoding.UTF8.GetBytes(_path);

    /// <summary>Writes it; null where there is nothing to hand over.</summary>
    /// <exception cref="GuestTreeException">The root file system is full, or can't be written to.</exception>
    public static EnvironmentFile? Create(WasmMachine machine, int pid, uint uid, uint gid, IReadOnlyList<byte[]> environment)
    {
        if (environment.Count == 0)
            return null;
        var file = new EnvironmentFile(machine, $"/.environ.{pid}");
        machine.Provision(tree =>
        {
            // The library splits at newlines: what follows one in a value can't be told from another variable.
            var content = new MemoryStream();
            foreach (var entry in environment.Where(entry => !entry.Contains((byte)'\n')))
            {
                content.Write(entry);
                content.WriteByte((byte)'\n');
            }

            tree.WriteFile(file._path, content.ToArray(), OwnerRead);
            tree.ChangeOwner(file._path, uid, gid);
        });
        return file;
    }

    private const uint OwnerRead = 0x100;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _removed, 1) == 0)
            _machine.Provision(tree => tree.Remove(_path));
    }
}
