namespace LinuxWasm.Kernel.Vfs;

/// <summary>A process's file descriptors.</summary>
public sealed class FdTable;
