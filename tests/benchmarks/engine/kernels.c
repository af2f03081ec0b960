/* The engine's compute kernels: one source for WebAssembly and for native code. Each takes a number of rounds and
   answers a checksum, so that no work can be left out and all engines can be compared. */
#include <stdint.h>

#ifdef __wasm__
#define KERNEL(name) __attribute__((export_name(#name))) uint32_t name(uint32_t rounds)
#else
#define KERNEL(name) uint32_t name(uint32_t rounds)
#endif

#define copy __builtin_memcpy
#define fill __builtin_memset

static uint32_t seed;
static uint32_t next_random(void) { return seed = seed * 1664525u + 1013904223u; }

static uint8_t buffer[1 << 20];
static uint8_t buffer2[1 << 20];

static void fill_random(uint8_t *to, uint32_t n) {
  seed = 42;
  for (uint32_t i = 0; i < n; i++) to[i] = next_random() >> 24;
}

KERNEL(empty_loop) {
  uint32_t n = rounds * 1000000;
  for (uint32_t i = 0; i < n; i++) {
    __asm__ volatile("" : "+r"(i));
  }
  return n;
}

#define N 128
static double ma[N][N], mb[N][N], mc[N][N];

KERNEL(matrix) {
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) ma[i][j] = i + j, mb[i][j] = i - j;
  for (uint32_t r = 0; r < rounds; r++)
    for (int i = 0; i < N; i++)
      for (int j = 0; j < N; j++) {
        double sum = 0;
        for (int k = 0; k < N; k++) sum += ma[i][k] * mb[k][j];
        mc[i][j] = sum;
      }
  double trace = 0;
  for (int i = 0; i < N; i++) trace += mc[i][i];
  return (uint32_t)(int64_t)trace;
}

static uint32_t crc_table[256];

KERNEL(crc32) {
  for (uint32_t i = 0; i < 256; i++) {
    uint32_t c = i;
    for (int k = 0; k < 8; k++) c = c & 1 ? 0xEDB88320u ^ (c >> 1) : c >> 1;
    crc_table[i] = c;
  }
  fill_random(buffer, sizeof buffer);
  uint32_t crc = ~0u;
  for (uint32_t r = 0; r < rounds; r++)
    for (uint32_t i = 0; i < sizeof buffer; i++) crc = crc_table[(crc ^ buffer[i]) & 255] ^ (crc >> 8);
  return ~crc;
}

static int32_t numbers[100000];

static void quick(int32_t *a, int32_t lo, int32_t hi) {
  while (lo < hi) {
    int32_t pivot = a[(lo + hi) / 2], i = lo, j = hi;
    while (i <= j) {
      while (a[i] < pivot) i++;
      while (a[j] > pivot) j--;
      if (i <= j) {
        int32_t t = a[i];
        a[i++] = a[j];
        a[j--] = t;
      }
    }
    if (j - lo < hi - i) {
      quick(a, lo, j);
      lo = i;
    } else {
      quick(a, i, hi);
      hi = j;
    }
  }
}

KERNEL(quicksort) {
  uint32_t sum = 0;
  seed = 7;
  for (uint32_t r = 0; r < rounds; r++) {
    for (int i = 0; i < 100000; i++) numbers[i] = (int32_t)next_random();
    quick(numbers, 0, 99999);
    sum += (uint32_t)numbers[r % 100000];
  }
  return sum;
}

KERNEL(string_hash) {
  fill_random(buffer, sizeof buffer);
  for (uint32_t i = 0; i < sizeof buffer; i++)
    if (i % 17 == 16) buffer[i] = 0;
    else if (!buffer[i]) buffer[i] = 1;
  buffer[sizeof buffer - 1] = 0;
  static uint32_t table[4096];
  uint32_t sum = 0;
  for (uint32_t r = 0; r < rounds; r++) {
    const uint8_t *p = buffer;
    while (p < buffer + sizeof buffer) {
      uint32_t h = 2166136261u;
      while (*p) h = (h ^ *p++) * 16777619u;
      p++;
      table[h & 4095]++;
      sum += h;
    }
  }
  return sum + table[5];
}

static __attribute__((noinline)) uint32_t fib_of(uint32_t n) { return n < 2 ? n : fib_of(n - 1) + fib_of(n - 2); }

KERNEL(fib) { return fib_of(rounds); }

KERNEL(state_machine) {
  fill_random(buffer, sizeof buffer);
  uint32_t state = 0, words = 0, digits = 0, lines = 0, other = 0;
  for (uint32_t r = 0; r < rounds; r++)
    for (uint32_t i = 0; i < sizeof buffer; i++) {
      uint8_t c = buffer[i];
      switch (state) {
      case 0:
        if (c < 64) state = 1;
        else if (c < 96) state = 2;
        else if (c < 128) state = 3;
        break;
      case 1:
        if (c >= 200) { words++; state = 0; }
        else if (c < 16) state = 4;
        break;
      case 2:
        if (c & 1) { digits += c; state = 0; }
        else state = 5;
        break;
      case 3:
        if (c > 100) { lines++; state = 0; }
        break;
      case 4:
        if (c == 7) other++;
        state = c & 8 ? 0 : 2;
        break;
      default:
        other ^= c;
        state = c % 5;
      }
    }
  return words + digits * 3 + lines * 5 + other * 7;
}

KERNEL(copy_fill) {
  fill_random(buffer, sizeof buffer);
  uint32_t sum = 0;
  seed = 99;
  for (uint32_t r = 0; r < rounds; r++) {
    for (int k = 0; k < 64; k++) {
      uint32_t n = next_random() >> 18, from = next_random() >> 13, to = next_random() >> 13;
      copy(buffer2 + to, buffer + from, n);
      fill(buffer2 + from, (int)(r + k), n >> 2);
    }
    for (uint32_t i = 0; i < sizeof buffer2; i += 64) sum = sum * 31 + buffer2[i];
  }
  return sum;
}

struct body { double x, y, z, vx, vy, vz, mass; };
static struct body bodies[5];

static double root(double v) { return __builtin_sqrt(v); }

KERNEL(nbody) {
  for (int i = 0; i < 5; i++) {
    struct body b = {i * 1.5 + 1, i * i * 0.7 - 2, 3 - i * 0.9, 0.1 * i, 0.2 - 0.05 * i, 0.03 * i, 1.0 / (i + 1)};
    bodies[i] = b;
  }
  for (uint32_t r = 0; r < rounds * 1000; r++) {
    for (int i = 0; i < 5; i++) {
      struct body *b = &bodies[i];
      for (int j = i + 1; j < 5; j++) {
        struct body *c = &bodies[j];
        double dx = b->x - c->x, dy = b->y - c->y, dz = b->z - c->z;
        double d2 = dx * dx + dy * dy + dz * dz + 0.01;
        double mag = 0.0001 / (d2 * root(d2));
        b->vx -= dx * c->mass * mag; b->vy -= dy * c->mass * mag; b->vz -= dz * c->mass * mag;
        c->vx += dx * b->mass * mag; c->vy += dy * b->mass * mag; c->vz += dz * b->mass * mag;
      }
    }
    for (int i = 0; i < 5; i++) {
      bodies[i].x += 0.0001 * bodies[i].vx; bodies[i].y += 0.0001 * bodies[i].vy; bodies[i].z += 0.0001 * bodies[i].vz;
    }
  }
  double e = 0;
  for (int i = 0; i < 5; i++) e += bodies[i].x * bodies[i].x + bodies[i].vy;
  return (uint32_t)(int64_t)(e * 1e6);
}

static uint32_t lz_head[1 << 13];

static uint32_t lz_pack(const uint8_t *in, uint32_t n, uint8_t *out) {
  uint32_t o = 0, i = 0, literal = 0;
  fill(lz_head, 0, sizeof lz_head);
  while (i + 4 < n) {
    uint32_t word;
    copy(&word, in + i, 4);
    uint32_t h = (word * 2654435761u) >> 19, at = lz_head[h];
    lz_head[h] = i + 1;
    if (at && i + 1 - at < 65536) {
      uint32_t from = at - 1, length = 0;
      while (i + length < n && length < 255 && in[from + length] == in[i + length]) length++;
      if (length >= 4) {
        out[o++] = (uint8_t)literal; out[o++] = (uint8_t)length;
        out[o++] = (uint8_t)(i - from); out[o++] = (uint8_t)((i - from) >> 8);
        for (uint32_t k = 0; k < literal; k++) out[o++] = in[i - literal + k];
        i += length;
        literal = 0;
        continue;
      }
    }
    i++;
    if (++literal == 255) {
      out[o++] = 255; out[o++] = 0; out[o++] = 0; out[o++] = 0;
      for (uint32_t k = 0; k < literal; k++) out[o++] = in[i - literal + k];
      literal = 0;
    }
  }
  return o;
}

KERNEL(lz) {
  seed = 3;
  for (uint32_t i = 0; i < 400000; i++) buffer[i] = i > 600 && (next_random() >> 28) ? buffer[i - 1 - (i & 511)] : next_random() >> 27;
  uint32_t sum = 0;
  for (uint32_t r = 0; r < rounds; r++) {
    sum += lz_pack(buffer, 400000, buffer2);
    sum = sum * 33 + buffer2[r];
  }
  return sum;
}

static const uint32_t sha_k[64] = {
  0x428a2f98,0x71374491,0xb5c0fbcf,0xe9b5dba5,0x3956c25b,0x59f111f1,0x923f82a4,0xab1c5ed5,0xd807aa98,0x12835b01,0x243185be,0x550c7dc3,0x72be5d74,0x80deb1fe,0x9bdc06a7,0xc19bf174,
  0xe49b69c1,0xefbe4786,0x0fc19dc6,0x240ca1cc,0x2de92c6f,0x4a7484aa,0x5cb0a9dc,0x76f988da,0x983e5152,0xa831c66d,0xb00327c8,0xbf597fc7,0xc6e00bf3,0xd5a79147,0x06ca6351,0x14292967,
  0x27b70a85,0x2e1b2138,0x4d2c6dfc,0x53380d13,0x650a7354,0x766a0abb,0x81c2c92e,0x92722c85,0xa2bfe8a1,0xa81a664b,0xc24b8b70,0xc76c51a3,0xd192e819,0xd6990624,0xf40e3585,0x106aa070,
  0x19a4c116,0x1e376c08,0x2748774c,0x34b0bcb5,0x391c0cb3,0x4ed8aa4a,0x5b9cca4f,0x682e6ff3,0x748f82ee,0x78a5636f,0x84c87814,0x8cc70208,0x90befffa,0xa4506ceb,0xbef9a3f7,0xc67178f2};

static uint32_t rotate(uint32_t v, int n) { return v >> n | v << (32 - n); }

static void sha_block(uint32_t *h, const uint8_t *p) {
  uint32_t w[64];
  for (int i = 0; i < 16; i++) w[i] = (uint32_t)p[i * 4] << 24 | p[i * 4 + 1] << 16 | p[i * 4 + 2] << 8 | p[i * 4 + 3];
  for (int i = 16; i < 64; i++) {
    uint32_t s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3;
    uint32_t s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10;
    w[i] = w[i - 16] + s0 + w[i - 7] + s1;
  }
  uint32_t a = h[0], b = h[1], c = h[2], d = h[3], e = h[4], f = h[5], g = h[6], k = h[7];
  for (int i = 0; i < 64; i++) {
    uint32_t t1 = k + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + sha_k[i] + w[i];
    uint32_t t2 = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
    k = g; g = f; f = e; e = d + t1; d = c; c = b; b = a; a = t1 + t2;
  }
  h[0] += a; h[1] += b; h[2] += c; h[3] += d; h[4] += e; h[5] += f; h[6] += g; h[7] += k;
}

KERNEL(sha256) {
  fill_random(buffer, sizeof buffer);
  uint32_t h[8] = {0x6a09e667,0xbb67ae85,0x3c6ef372,0xa54ff53a,0x510e527f,0x9b05688c,0x1f83d9ab,0x5be0cd19};
  for (uint32_t r = 0; r < rounds; r++)
    for (uint32_t i = 0; i < sizeof buffer; i += 64) sha_block(h, buffer + i);
  return h[0] ^ h[7];
}

#ifndef __wasm__
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct { const char *name; uint32_t (*run)(uint32_t); } all[] = {
  {"empty_loop", empty_loop}, {"matrix", matrix}, {"crc32", crc32}, {"quicksort", quicksort}, {"string_hash", string_hash},
  {"fib", fib}, {"state_machine", state_machine}, {"copy_fill", copy_fill}, {"nbody", nbody}, {"lz", lz}, {"sha256", sha256},
};

/* Arguments: name rounds repetitions. Prints the checksum and the milliseconds of each repetition. */
int main(int argc, char **argv) {
  if (argc != 4) return 2;
  for (unsigned i = 0; i < sizeof all / sizeof *all; i++) {
    if (strcmp(argv[1], all[i].name)) continue;
    for (int k = atoi(argv[3]); k > 0; k--) {
      struct timespec a, b;
      clock_gettime(CLOCK_MONOTONIC, &a);
      uint32_t sum = all[i].run((uint32_t)atoi(argv[2]));
      clock_gettime(CLOCK_MONOTONIC, &b);
      printf("%u %.3f\n", sum, (b.tv_sec - a.tv_sec) * 1e3 + (b.tv_nsec - a.tv_nsec) / 1e6);
    }
    return 0;
  }
  return 2;
}
#endif
