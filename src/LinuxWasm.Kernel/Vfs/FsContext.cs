namespace LinuxWasm.Kernel.Vfs;

/// <summary>What path names are relative to, shared by the tasks that were cloned with CLONE_FS.</summary>
public sealed class FsContext;
