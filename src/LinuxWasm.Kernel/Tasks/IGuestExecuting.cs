using LinuxWasm.Kernel.Syscalls;

namespace LinuxWasm.Kernel.Tasks;

/// <summary>
/// What execve(2) asks of whoever runs a task's guest code, beside <see cref="IGuestExecution"/>. Where code can't be replaced it is not implemented, and the call answers ENOSYS.
/// </summary>
public interface IGuestExecuting
{
    /// <summary>Makes a program of a file's content, while the old one goes on.</summary>
    /// <param name="path">Where it stands, for messages.</param>
    /// <param name="content">All of the file.</param>
    /// <returns>The program, or null where it is none that can be run (ENOEXEC).</returns>
    IGuestProgram? Load(string path, ReadOnlyMemory<byte> content);

    /// <summary>
    /// The old program is no more: its memory is left at once, its code returns from the call without running further, and the new program begins.
    /// </summary>
    /// <param name="program">What <see cref="Load"/> has made.</param>
    /// <param name="arguments">The command line, each without its NUL.</param>
    /// <param name="environment">NAME=value, each without its NUL.</param>
    void Replace(IGuestProgram program, IReadOnlyList<byte[]> arguments, IReadOnlyList<byte[]> environment);
}

/// <summary>A program that can be run.</summary>
public interface IGuestProgram
{
    /// <summary>Whose numbers and layouts it uses.</summary>
    GuestAbi Abi { get; }
}
