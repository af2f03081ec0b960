using LinuxWasm.Abi;

namespace LinuxWasm.Machine;

/// <content>Names that are made, changed and taken away.</content>
public sealed partial class GuestTree
{
    private const ulong NoReplace = 1; // RENAME_NOREPLACE

    /// <summary>rename(2); renameat2(2) with RENAME_NOREPLACE where nothing may be replaced.</summary>
    public void Rename(string from, string to, bool replace = false)
    {
        using var scope = new Buffers(task);
        var renamed = task.Call("renameat2", WorkingDirectory, task.Put(from), WorkingDirectory, task.Put(to), replace ? 0 : NoReplace);
        // What is in the way is at the new name.
        Check(renamed.Errno is Errno.EEXIST or Errno.ENOTEMPTY or Errno.EISDIR ? to : from, "rename", renamed);
    }

    /// <summary>unlink(2).</summary>
    public void Unlink(string path)
    {
        using var scope = new Buffers(task);
        Check(path, "unlink", task.Call("unlink", task.Put(path)));
    }

    /// <summary>rmdir(2).</summary>
    public void RemoveDirectory(string path)
    {
        using var scope = new Buffers(task);
        Check(path, "rmdir", task.Call("rmdir", task.Put(path)));
    }

    /// <summary>link(2).</summary>
    public void Link(string existing, string path)
    {
        using var scope = new Buffers(task);
        Check(path, "link", task.Call("link", task.Put(existing), task.Put(path)));
    }

    /// <summary>mkdir(2), which a name that is there already refuses.</summary>
    public void MakeNewDirectory(string path, uint mode = 0x1ED)
    {
        using var scope = new Buffers(task);
        Check(path, "mkdir", task.Call("mkdir", task.Put(path), mode));
    }

    /// <summary>mknod(2): pipes with names, devices, sockets, empty files.</summary>
    public void MakeNode(string path, Mode mode, ulong device = 0)
    {
        using var scope = new Buffers(task);
        Check(path, "mknod", task.Call("mknod", task.Put(path), (ulong)mode, device));
        Check(path, "chmod", task.Call("chmod", task.Put(path), (ulong)(mode & ~Mode.S_IFMT)));
    }

    /// <summary>Removes a file or a directory with all that is in it. Symbolic links are removed, not followed.</summary>
    public void RemoveAll(string path)
    {
        if (!Status(path, follow: false).Mode.IsDirectory())
        {
            Unlink(path);
            return;
        }

        foreach (var entry in List(path))
            RemoveAll($"{path.TrimEnd('/')}/{entry.Name}");
        RemoveDirectory(path);
    }
}
