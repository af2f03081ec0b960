// A small LZ77 compressor with a hash of three-byte sequences, and its decompressor: 768 KiB each way, six times.
#define KERNEL_NAME "lz"
#include "kernel.h"

enum { Size = 768 << 10, HashBits = 14, Window = 1 << 15, Longest = 130 };
static uint8_t Plain[Size], Packed[Size * 2], Unpacked[Size];
static int32_t Last[1 << HashBits];

static void write_plain(void)
{
    uint32_t seed = 7;
    size_t used = 0;
    while (used < Size) {
        uint32_t r = next_random(&seed);
        size_t n = 3 + (r >> 8) % 40;
        size_t back = 1 + (r >> 16) % 5000;
        for (; n && used < Size; n--, used++)
            Plain[used] = r & 3 && used >= back ? Plain[used - back] : (uint8_t)('a' + next_random(&seed) % 32);
    }
}

static uint32_t hash(const uint8_t *p)
{
    return ((uint32_t)p[0] << 16 ^ (uint32_t)p[1] << 8 ^ p[2]) * 2654435761u >> (32 - HashBits);
}

// A token below 128 is a run of token + 1 literal bytes; from 128 on, a match of token - 125 bytes at a 16-bit distance.
static size_t compress(void)
{
    size_t out = 0, in = 0, literals = 0;
    memset(Last, -1, sizeof Last);
    while (in < Size) {
        int length = 0, candidate = -1;
        if (in + 3 <= Size) {
            uint32_t h = hash(Plain + in);
            candidate = Last[h];
            Last[h] = (int32_t)in;
        }
        if (candidate >= 0 && in - (size_t)candidate < Window)
            while (length < Longest && in + (size_t)length < Size && Plain[candidate + length] == Plain[in + (size_t)length])
                length++;
        if (length >= 4) {
            size_t distance = in - (size_t)candidate;
            Packed[out++] = (uint8_t)(length + 125);
            Packed[out++] = (uint8_t)distance;
            Packed[out++] = (uint8_t)(distance >> 8);
            in += (size_t)length;
            literals = 0;
            continue;
        }
        if (literals == 0 || literals == 128) {
            Packed[out++] = 0;
            literals = 0;
        } else {
            Packed[out - literals - 1]++;
        }
        Packed[out++] = Plain[in++];
        literals++;
    }
    return out;
}

static size_t decompress(size_t n)
{
    size_t out = 0;
    for (size_t in = 0; in < n;) {
        unsigned token = Packed[in++];
        if (token < 128) {
            for (unsigned i = 0; i <= token; i++)
                Unpacked[out++] = Packed[in++];
        } else {
            size_t distance = Packed[in] | (size_t)Packed[in + 1] << 8;
            in += 2;
            for (unsigned i = 0; i < token - 125; i++, out++)
                Unpacked[out] = Unpacked[out - distance];
        }
    }
    return out;
}

uint32_t kernel(void)
{
    uint32_t sum = 0;
    write_plain();
    for (int round = 0; round < 6; round++) {
        size_t n = compress();
        if (decompress(n) != Size || memcmp(Plain, Unpacked, Size))
            return 0;
        for (size_t i = 0; i < n; i += 64)
            sum = sum * 31 + Packed[i];
        sum += (uint32_t)n;
        Plain[round * 100] ^= 1;
    }
    return sum;
}
