namespace LinuxWasm.Kernel.FileSystems.Host.Platform.Unix;

/// <summary>A file descriptor.</summary>
internal sealed class UnixHandle : HostHandle
{
    public UnixHandle(int fd) => SetHandle(fd);

    /// <summary>Caller owns the handle or has a <see cref="HandleLease"/>.</summary>
    public int Fd => (int)handle;

    protected override bool ReleaseHandle() => UnixCalls.Close((int)handle) == 0;
}
