using System.Runtime.InteropServices;

namespace LinuxWasm.Abi;

/// <summary>struct sysinfo, 64-bit.</summary>
[StructLayout(LayoutKind.Explicit, Size = 112)]
public struct Sysinfo
{
    [FieldOffset(0)]
    public long uptime;

    [FieldOffset(8)]
    public ulong load1;

    [FieldOffset(16)]
    public ulong load5;

    [FieldOffset(24)]
    public ulong load15;

    [FieldOffset(32)]
    public ulong totalram;

    [FieldOffset(40)]
    public ulong freeram;

    [FieldOffset(48)]
    public ulong sharedram;

    [FieldOffset(56)]
    public ulong bufferram;

    [FieldOffset(64)]
    public ulong totalswap;

    [FieldOffset(72)]
    public ulong freeswap;

    [FieldOffset(80)]
    public ushort procs;

    [FieldOffset(88)]
    public ulong totalhigh;

    [FieldOffset(96)]
    public ulong freehigh;

    [FieldOffset(104)]
    public uint mem_unit;
}

/// <summary>struct compat_sysinfo: i386's struct sysinfo.</summary>
[StructLayout(LayoutKind.Explicit, Size = 64)]
public struct Sysinfo32
{
    [FieldOffset(0)]
    public int uptime;

    [FieldOffset(4)]
    public uint load1;

    [FieldOffset(8)]
    public uint load5;

    [FieldOffset(12)]
    public uint load15;

    [FieldOffset(16)]
    public uint totalram;

    [FieldOffset(20)]
    public uint freeram;

    [FieldOffset(24)]
    public uint sharedram;

    [FieldOffset(28)]
    public uint bufferram;

    [FieldOffset(32)]
    public uint totalswap;

    [FieldOffset(36)]
    public uint freeswap;

    [FieldOffset(40)]
    public ushort procs;

    [FieldOffset(44)]
    public uint totalhigh;

    [FieldOffset(48)]
    public uint freehigh;

    [FieldOffset(52)]
    public uint mem_unit;
}
