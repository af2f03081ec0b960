using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace LinuxWasm.Kernel;

/// <summary>
/// The kernel's random numbers: getrandom(2), /dev/random, /dev/urandom, AT_RANDOM. The host's own, or, with a seed, ChaCha20's key stream
/// (RFC 8439), which is the same on every host and in every run.
/// </summary>
public sealed class RandomSource
{
    private const int BlockSize = 64;

    private readonly Lock _lock = new();
    private readonly uint[]? _state;
    private readonly byte[] _block = new byte[BlockSize];
    private int _used = BlockSize;

    /// <param name="seed">Null for the host's random numbers.</param>
    public RandomSource(ulong? seed)
    {
        if (seed is not { } key)
            return;
        // "expand 32-byte k", the seed as key, counter and nonce zero.
        _state = new uint[16];
        ReadOnlySpan<uint> constants = [0x61707865, 0x3320646e, 0x79622d32, 0x6b206574];
        constants.CopyTo(_state);
        _state[4] = (uint)key;
        _state[5] = (uint)(key >> 32);
    }

    /// <summary>Fills a buffer. From any thread.</summary>
    public void Fill(Span<byte> target)
    {
        if (_state is null)
        {
            RandomNumberGenerator.Fill(target);
            return;
        }

        lock (_lock)
        {
            while (!target.IsEmpty)
            {
                if (_used == BlockSize)
                    NextBlock(_state);
                var count = Math.Min(target.Length, BlockSize - _used);
                _block.AsSpan(_used, count).CopyTo(target);
                _used += count;
                target = target[count..];
            }
        }
    }

    private void NextBlock(uint[] state)
    {
        Span<uint> x = stackalloc uint[16];
        state.CopyTo(x);
        for (var round = 0; round < 10; round++)
        {
            QuarterRound(x, 0, 4, 8, 12);
            QuarterRound(x, 1, 5, 9, 13);
            QuarterRound(x, 2, 6, 10, 14);
            QuarterRound(x, 3, 7, 11, 15);
            QuarterRound(x, 0, 5, 10, 15);
            QuarterRound(x, 1, 6, 11, 12);
            QuarterRound(x, 2, 7, 8, 13);
            QuarterRound(x, 3, 4, 9, 14);
        }

        for (var i = 0; i < x.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(_block.AsSpan(4 * i), x[i] + state[i]);
        // The counter runs over into the nonce: 2^64 blocks before it repeats.
        if (++state[12] == 0)
            state[13]++;
        _used = 0;
    }

    private static void QuarterRound(Span<uint> x, int a, int b, int c, int d)
    {
        x[a] += x[b];
        x[d] = BitOperations.RotateLeft(x[d] ^ x[a], 16);
        x[c] += x[d];
        x[b] = BitOperations.RotateLeft(x[b] ^ x[c], 12);
        x[a] += x[b];
        x[d] = BitOperations.RotateLeft(x[d] ^ x[a], 8);
        x[c] += x[d];
        x[b] = BitOperations.RotateLeft(x[b] ^ x[c], 7);
    }
}
