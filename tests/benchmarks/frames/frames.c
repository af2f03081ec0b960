// abi: host
// What frames that can be suspended cost. The host says whether `suspend` does: then every function here that can reach it is compiled so that its frame can
// be saved. The functions of the first part call it where `never` is not 0, which the compiler can't know not to happen; so the same work runs in both forms.

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define IMPORT(name) __attribute__((import_module("bench"), import_name(#name)))
#define EXPORT(name) __attribute__((export_name(#name), noinline))

IMPORT(suspend) int suspend(int);
IMPORT(setjmp) int set_jump(void *) __attribute__((returns_twice));
IMPORT(longjmp) _Noreturn void long_jump(void *, int);

static int never;

EXPORT(fib) int fib(int n)
{
    if (n < 2)
        return never ? suspend(n) : n;
    return fib(n - 1) + fib(n - 2);
}

// A small function called from a loop with many live values.
static __attribute__((noinline)) uint32_t step(uint32_t hash, int byte)
{
    if (never)
        return (uint32_t)suspend(byte);
    return (hash ^ (uint32_t)byte) * 16777619u;
}

EXPORT(mix) int mix(int rounds)
{
    uint32_t a = 1, b = 2, c = 3, d = 4, e = 5;
    for (int i = 0; i < rounds; i++) {
        a = step(a, i & 255);
        b += a ^ (c >> 3);
        c = step(b + c, a & 127);
        d = (d << 5 | d >> 27) + c;
        e ^= d + a;
    }
    return (int)(a + b + c + d + e);
}

// Calls through pointers.
static int by_value(const int *a, const int *b)
{
    if (never)
        suspend(*a);
    return (*a > *b) - (*a < *b);
}

static int by_low_bits(const int *a, const int *b) { return (*a & 255) - (*b & 255); }

static __attribute__((noinline)) void sort(int *values, int count, int (*compare)(const int *, const int *))
{
    while (count > 1) {
        int pivot = values[count / 2], i = 0, j = count - 1;
        for (;;) {
            while (compare(&values[i], &pivot) < 0)
                i++;
            while (compare(&pivot, &values[j]) < 0)
                j--;
            if (i >= j)
                break;
            int t = values[i];
            values[i++] = values[j];
            values[j--] = t;
        }
        sort(values, i, compare);
        values += i;
        count -= i;
    }
}

EXPORT(sorting) int sorting(int rounds)
{
    static int values[2000];
    uint32_t seed = 1;
    int sum = 0;
    for (int r = 0; r < rounds; r++) {
        for (int i = 0; i < 2000; i++)
            values[i] = (int)((seed = seed * 1664525 + 1013904223) >> 8);
        sort(values, 2000, r & 1 ? by_low_bits : by_value);
        sum += values[r];
    }
    return sum;
}

// Floating-point values that live across loops whose function could be suspended.
EXPORT(matrix) int matrix(int size)
{
    static double a[128][128], b[128][128], c[128][128];
    for (int i = 0; i < size; i++)
        for (int j = 0; j < size; j++)
            a[i][j] = i + j, b[i][j] = i - j;
    for (int i = 0; i < size; i++) {
        if (never)
            suspend(i);
        for (int j = 0; j < size; j++) {
            double sum = 0;
            for (int k = 0; k < size; k++)
                sum += a[i][k] * b[k][j];
            c[i][j] = sum;
        }
    }
    return (int)c[size - 1][size / 2];
}

// A loop that keeps its state in locals and looks at bytes.
EXPORT(scan) int scan(int rounds)
{
    static unsigned char text[65536];
    int words = 0, lines = 0, inside = 0;
    if (!text[1])
        for (int i = 0; i < 65536; i++)
            text[i] = (unsigned char)(i * 7 % 61 + 32);
    for (int r = 0; r < rounds; r++) {
        if (never)
            suspend(words);
        for (int i = 0; i < 65536; i++) {
            int space = text[i] == ' ' || text[i] == '=';
            words += inside & space;
            lines += text[i] == 64;
            inside = !space;
        }
    }
    return words * 3 + lines;
}

static char buffer[512];

static __attribute__((noinline)) void leave(int value) { long_jump(buffer, value); }

EXPORT(jumps) int jumps(int count)
{
    volatile int done = 0;
    while (done < count) {
        if (set_jump(buffer) == 0)
            leave(1);
        done++;
    }
    return done;
}

// A stack of frames with some values each.
EXPORT(deep) __attribute__((disable_tail_calls)) int deep(int depth, int a, int64_t b, double c)
{
    if (depth <= 1)
        return suspend(a);
    int inner = deep(depth - 1, a + 1, b * 3, c * 0.5);
    return inner + a + (int)b + (int)c;
}

// Computes until somebody changes memory from outside.
EXPORT(spin) int spin(volatile int *stop)
{
    static uint32_t table[256];
    uint32_t hash = 1;
    while (!*stop)
        for (int i = 0; i < 256; i++)
            hash = table[i] = hash * 31 + table[hash & 255];
    return (int)hash;
}

static int handled;
static int stop;
EXPORT(never_at) int *never_at(void) { return &never; }
EXPORT(handler) int handler(void) { return ++handled; }
EXPORT(stop_at) int *stop_at(void) { return &stop; }

EXPORT(overflow) __attribute__((disable_tail_calls)) int overflow(int n) { return n < 0 ? 0 : overflow(n + 1) + n; }

int main(void) { return 0; }
