using System.Runtime.Intrinsics;

namespace LinuxWasm.Engine.Tests.Instructions;

/// <summary>A value of any type as 128 bits, looked at lane by lane: what the reference model of SIMD computes with. No vector operation is used.</summary>
internal readonly record struct Bits(ulong Low, ulong High = 0)
{
    /// <summary>A lane's bits, zero-extended.</summary>
    /// <param name="width">Bytes in a lane.</param>
    /// <param name="lane">From 0.</param>
    public ulong U(int width, int lane)
    {
        ulong half = lane * width < 8 ? Low : High;
        int shift = lane * width % 8 * 8;
        return width == 8 ? half : (half >> shift) & ((1UL << (width * 8)) - 1);
    }

    /// <summary>A lane, sign-extended.</summary>
    public long S(int width, int lane)
    {
        int unused = 64 - (width * 8);
        return (long)(U(width, lane) << unused) >> unused;
    }

    public float F(int lane) => BitConverter.UInt32BitsToSingle((uint)U(4, lane));

    public double D(int lane) => BitConverter.UInt64BitsToDouble(U(8, lane));

    public byte[] Bytes() => [.. BitConverter.GetBytes(Low), .. BitConverter.GetBytes(High)];

    public static Bits From(ReadOnlySpan<byte> bytes)
    {
        Span<byte> all = stackalloc byte[16];
        bytes.CopyTo(all);
        return new Bits(BitConverter.ToUInt64(all), BitConverter.ToUInt64(all[8..]));
    }

    public static Bits From(WasmValue value)
    {
        var vector = value.V128.AsUInt64();
        return new Bits(vector[0], vector[1]);
    }

    /// <summary>A vector from its lanes; surplus bits of each are dropped.</summary>
    public static Bits Make(int width, Func<int, ulong> lane)
    {
        Span<byte> bytes = stackalloc byte[16];
        for (int i = 0; i < 16 / width; i++)
        {
            ulong value = lane(i);
            for (int k = 0; k < width; k++)
                bytes[(i * width) + k] = (byte)(value >> (8 * k));
        }

        return From(bytes);
    }

    public WasmValue ToValue() => Vector128.Create(Low, High).AsByte();

    public override string ToString() => $"{High:x16}_{Low:x16}";
}
