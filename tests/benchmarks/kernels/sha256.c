// SHA-256 (FIPS 180-4) of 8 MiB.
#define KERNEL_NAME "sha256"
#include "kernel.h"

static uint32_t K[64], Initial[8];
static uint8_t Data[1 << 20];

// The constants are the first 32 bits of the fractions of the roots of the first primes, found by integer bisection.
static uint32_t root_fraction(uint32_t prime, int cubic)
{
    uint64_t low = 0, high = (uint64_t)1 << 37;
    while (high - low > 1) {
        uint64_t middle = (low + high) / 2;
        // middle / 2^32 against the root: compare 32.32 fixed-point powers in two 64-bit halves.
        uint64_t whole = middle >> 32, part = middle & 0xffffffff;
        uint64_t square_low = part * part, square_mid = 2 * whole * part, square_high = whole * whole;
        uint64_t fraction = (square_low >> 32) + (square_mid & 0xffffffff);
        uint64_t units = square_high + (square_mid >> 32) + (fraction >> 32);
        fraction &= 0xffffffff;
        if (cubic) {
            // (units + fraction + rest) * middle, with the lowest 32 bits of the square kept as rest.
            uint64_t rest = square_low & 0xffffffff;
            uint64_t a = rest * part, b = rest * whole + fraction * part, c = fraction * whole + units * part;
            b += a >> 32;
            c += b >> 32;
            units = units * whole + (c >> 32);
        }
        if (units < prime)
            low = middle;
        else
            high = middle;
    }
    return (uint32_t)low;
}

static void find_constants(void)
{
    int found = 0;
    for (uint32_t n = 2; found < 64; n++) {
        int prime = 1;
        for (uint32_t d = 2; d * d <= n; d++)
            prime &= n % d != 0;
        if (!prime)
            continue;
        if (found < 8)
            Initial[found] = root_fraction(n, 0);
        K[found++] = root_fraction(n, 1);
    }
}

static uint32_t rotate(uint32_t x, int n) { return x >> n | x << (32 - n); }

static void compress(uint32_t *state, const uint8_t *block)
{
    uint32_t w[64];
    for (int i = 0; i < 16; i++, block += 4)
        w[i] = (uint32_t)block[0] << 24 | (uint32_t)block[1] << 16 | (uint32_t)block[2] << 8 | block[3];
    for (int i = 16; i < 64; i++) {
        uint32_t s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3;
        uint32_t s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10;
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
    for (int i = 0; i < 64; i++) {
        uint32_t t1 = h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + w[i];
        uint32_t t2 = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
        h = g;
        g = f;
        f = e;
        e = d + t1;
        d = c;
        c = b;
        b = a;
        a = t1 + t2;
    }
    state[0] += a;
    state[1] += b;
    state[2] += c;
    state[3] += d;
    state[4] += e;
    state[5] += f;
    state[6] += g;
    state[7] += h;
}

uint32_t kernel(void)
{
    uint32_t seed = 8, state[8];
    find_constants();
    memcpy(state, Initial, sizeof state);
    for (size_t i = 0; i < sizeof Data; i++)
        Data[i] = (uint8_t)next_random(&seed);
    for (int round = 0; round < 8; round++)
        for (size_t i = 0; i < sizeof Data; i += 64)
            compress(state, Data + i);
    return state[0] ^ state[7];
}
