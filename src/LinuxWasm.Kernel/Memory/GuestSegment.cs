namespace LinuxWasm.Kernel.Memory;

/// <summary>One part of a scattered buffer (readv(2)'s struct iovec), not yet checked. <paramref name="Length"/> is at most 0x7ffff000.</summary>
public readonly record struct GuestSegment(GuestPtr Start, uint Length);
