using System.Text;
using LinuxWasm.Abi;
using LinuxWasm.Kernel.Memory;
using LinuxWasm.Kernel.Vfs;

namespace LinuxWasm.Kernel.Tasks;

/// <summary>execve(2) past the point where it could fail (begin_new_exec): what the new program does not inherit.</summary>
public sealed partial class LinuxTask
{
    private const int LongestComm = 15;

    /// <summary>Becomes another program. The caller has no other thread any more.</summary>
    /// <param name="guest">Who runs the task's code.</param>
    /// <param name="program">What it is to run.</param>
    /// <param name="file">The program's file.</param>
    /// <param name="name">The name it was called by.</param>
    /// <param name="arguments">Command line and environment.</param>
    internal void BecomeProgram(IGuestExecuting guest, IGuestProgram program, VfsPath file, ReadOnlySpan<byte> name, ExecArguments arguments)
    {
        var inode = file.Inode;
        var mayChangeIds = !NoNewPrivileges && (file.Mount.Flags & MountFlags.NoSuid) == 0;
        var credentials = Credentials.ForExec(inode.Mode, inode.Uid, inode.Gid, mayChangeIds, out var isSecure);

        guest.Replace(program, arguments.Arguments, arguments.Environment);
        LeaveMemory();
        SetAbi(program.Abi);
        if (Files.IsShared)
        {
            var own = Files.Clone();
            Files.Release();
            Files = own;
        }

        Files.CloseForExec();
        Group.BecomeProgram(arguments, file);
        SignalStack = default;
        RobustListHead = GuestPtr.Null;
        RestartBlock = null;
        Comm = CommOf(name);
        ChangeCredentials(credentials);
        if (credentials.Euid != credentials.Uid || credentials.Egid != credentials.Gid)
            AddressSpace.Dumpable = false;
        if (isSecure)
            ParentDeathSignal = Signal.None;
    }

    private static string CommOf(ReadOnlySpan<byte> path)
    {
        var name = path[(path.LastIndexOf((byte)'/') + 1)..];
        return Encoding.UTF8.GetString(name[..Math.Min(name.Length, LongestComm)]);
    }
}
