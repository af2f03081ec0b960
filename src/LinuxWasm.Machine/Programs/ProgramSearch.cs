using System.Text;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Tasks;

namespace LinuxWasm.Machine.Programs;

/// <summary>Finds the program that a path stands for: in the guest's tree, with the interpreters of scripts as execve(2) finds them, or else on the host.</summary>
internal static class ProgramSearch
{
    /// <summary>Interpreters of interpreters (exec_binprm).</summary>
    private const int DeepestScripts = 5;

    /// <param name="machine">Whose tree is searched.</param>
    /// <param name="path">The path.</param>
    /// <param name="readHost">Reads a file of the host, where the guest has none.</param>
    /// <exception cref="ProgramException">There is none, or it can't be run; the message says why.</exception>
    public static ProgramFile Find(WasmMachine machine, string path, Func<string, byte[]> readHost)
    {
        if (ReadGuest(machine, path) is { } content)
            return FindInGuest(machine, path, content);
        content = readHost(path);
        if (ScriptHeader.IsScript(content))
            throw new ProgramException($"{path}: a script of the host: its interpreter, a program of the guest, would not find it. Mount its folder, and give its path in the guest's tree");
        return new ProgramFile(path, machine.Programs.Load(path, content), []);
    }

    private static ProgramFile FindInGuest(WasmMachine machine, string path, byte[] content)
    {
        var file = path;
        List<string> interpretation = [];
        for (var depth = 0; ScriptHeader.IsScript(content); depth++)
        {
            if (depth >= DeepestScripts)
                throw new ProgramException($"{path}: interpreters of interpreters, more than {DeepestScripts} deep (ELOOP)");
            if (ScriptHeader.Parse(content) is not { } header)
                throw new ProgramException($"{file}: begins with #!, but its first line names no interpreter (ENOEXEC)");
            var interpreter = Encoding.UTF8.GetString(header.Interpreter);
            // What the script was called by has its place taken (binfmt_script): the interpreter is told where the script is.
            interpretation = [interpreter, .. header.Argument is { } argument ? [Encoding.UTF8.GetString(argument)] : Array.Empty<string>(), file, .. interpretation.Skip(1)];
            content = ReadInterpreter(machine, file, interpreter);
            file = interpreter;
        }

        return new ProgramFile(path, machine.Programs.Load(file, content), interpretation) { GuestPath = file };
    }

    private static byte[] ReadInterpreter(WasmMachine machine, string script, string interpreter)
    {
        try
        {
            machine.Provision(tree => tree.CheckExecutable(interpreter));
        }
        catch (GuestTreeException refused)
        {
            throw new ProgramException(
                refused.Errno == Errno.EACCES
                    ? $"{script}: its interpreter {interpreter} has no execute permission, or stands on a file system mounted noexec (EACCES)"
                    : $"{script}: its interpreter {interpreter}: {refused.Errno.Message()} in the guest's tree ({refused.Errno})",
                refused);
        }

        return ReadGuest(machine, interpreter) ?? throw new ProgramException($"{script}: its interpreter {interpreter} is gone from the guest's tree");
    }

    private static byte[]? ReadGuest(WasmMachine machine, string path)
    {
        byte[]? content = null;
        try
        {
            machine.Provision(tree => content = tree.TryReadFile(path));
        }
        catch (GuestTreeException refused)
        {
            throw new ProgramException(
                refused.Errno == Errno.EISDIR ? $"{path}: is a directory of the guest; a WebAssembly program is expected" : $"{path}: {refused.Errno.Message()} ({refused.Errno})",
                refused);
        }

        return content;
    }
}
