namespace LinuxWasm.Abi;

/// <summary>A device's number (makedev(3)): 12 bits of major, 20 of minor.</summary>
public readonly record struct DeviceNumber(uint Major, uint Minor)
{
    /// <summary>As struct stat64, new_stat and mknod(2) hold it (new_encode_dev).</summary>
    public uint Encoded => (Minor & 0xff) | (Major << 8) | ((Minor & ~0xffu) << 12);

    public static DeviceNumber FromEncoded(uint encoded) =>
        new((encoded & 0xfff00) >> 8, (encoded & 0xff) | ((encoded >> 12) & 0xfff00));

    public override string ToString() => $"{Major}:{Minor}";
}
