// A kernel defines KERNEL_NAME and kernel(). The program runs it a number of times (argument, 7 if none) and prints
// one line: name, checksum, and the milliseconds of the first run, of the median run, and of the best.
#pragma once

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#ifdef __wasm__
// So that a host that has no use for _start can call a kernel by itself.
__attribute__((export_name("kernel")))
#endif
uint32_t kernel(void);

// Called through this, so that no compiler moves a kernel that touches no memory out of the loop of runs.
static uint32_t (*volatile Kernel)(void) = kernel;

static inline uint32_t next_random(uint32_t *state)
{
    uint32_t x = *state;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return *state = x;
}

static long long now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000ll + t.tv_nsec / 1000;
}

static int ascending(const void *a, const void *b)
{
    long long x = *(const long long *)a, y = *(const long long *)b;
    return (x > y) - (x < y);
}

static void print_ms(long long us) { printf(" %lld.%03lld", us / 1000, us % 1000); }

int main(int argc, char **argv)
{
    enum { Most = 101 };
    long long times[Most];
    int rounds = argc > 1 ? atoi(argv[1]) : 7;
    if (rounds < 1 || rounds > Most)
        rounds = 7;
    uint32_t sum = 0;
    for (int i = 0; i < rounds; i++) {
        long long start = now_us();
        uint32_t result = Kernel();
        times[i] = now_us() - start;
        if (i && result != sum) {
            printf("%s: run %d gave %08x after %08x\n", KERNEL_NAME, i, (unsigned)result, (unsigned)sum);
            return 1;
        }
        sum = result;
    }
    long long first = times[0];
    qsort(times, (size_t)rounds, sizeof *times, ascending);
    printf("%s %08x", KERNEL_NAME, (unsigned)sum);
    print_ms(first);
    print_ms(times[rounds / 2]);
    print_ms(times[0]);
    putchar('\n');
    return 0;
}
