namespace LinuxWasm.Machine.Programs;

/// <summary>A program and what it is called with: what execve(2) is given, once the file has been read.</summary>
/// <param name="Image">The module.</param>
/// <param name="Arguments">The command line, each without its NUL.</param>
/// <param name="Environment">KEY=VALUE, each without its NUL.</param>
internal sealed record ProgramCommand(ProgramImage Image, IReadOnlyList<byte[]> Arguments, IReadOnlyList<byte[]> Environment);
