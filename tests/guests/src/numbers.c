// Arithmetic whose results are the same on every machine: 64-bit integers, doubles, conversions, and how they print.
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void integers(void)
{
    static const long long values[] = { 0, 1, -1, 42, 0x7fffffff, 0x80000000ll, -0x80000001ll, 1000000007ll * 998244353ll, -0x7fffffffffffffffll };
    enum { Count = sizeof values / sizeof *values };
    for (int i = 0; i < Count; i++) {
        unsigned long long u = (unsigned long long)values[i];
        printf("%lld %llu %llx %llo", values[i], u, u, u);
        printf(" popcount %d", __builtin_popcountll(u));
        if (u)
            printf(" clz %d ctz %d", __builtin_clzll(u), __builtin_ctzll(u));
        putchar('\n');
        for (int k = 1; k < Count; k++) {
            unsigned long long v = (unsigned long long)values[k];
            printf("  %llu %llu %llu %lld %lld %llx %lld\n", u + v, u * v, u % v, values[i] / values[k], values[i] % values[k],
                   u << (k * 7) | u >> (64 - k * 7), values[i] >> k);
        }
    }
}

static void doubles(void)
{
    static const double values[] = { 0.0, -0.0, 1.0, -1.5, 0.1, 1e21, 123456.789, 1e-7, 2.5, 3.5, 1.7976931348623157e308, 5e-324, 9007199254740993.0 };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        double v = values[i];
        printf("%f %.3f %e %.0e %g %.17g %G\n", v, v, v, v, v, v, v);
        printf("  [%12.2f] [%-12.1e] [%+g] [%012.3f] [% .0f] [%#g]\n", v, v, v, v, v, v);
        printf("  sqrt %.17g floor %g ceil %g trunc %g\n", v < 0 ? 0 : sqrt(v), floor(v), ceil(v), trunc(v));
    }
    volatile double zero = 0, one = 1;
    printf("%g %g %f %08.2f %d\n", one / zero, -one / zero, one / zero, -one / zero, zero / zero == zero / zero);
    double sum = 0;
    for (int i = 1; i <= 1000; i++)
        sum += 1.0 / i;
    printf("harmonic %.17g, as float %.9g\n", sum, (double)(float)sum);
}

static void conversions(void)
{
    static const double values[] = { 0, 0.999, -0.999, 2147483646.5, -2147483647.5, 4294967295.0, 1e15 };
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        printf("%g: %lld", values[i], (long long)values[i]);
        if (values[i] < 2147483647.0)
            printf(" int %d", (int)values[i]);
        if (values[i] >= 0 && values[i] <= 4294967295.0)
            printf(" unsigned %u", (unsigned)values[i]);
        printf(" back %g\n", (double)(float)(long long)values[i]);
    }
    printf("%d %d %u %d\n", (signed char)200, (short)70000, (unsigned char)-1, (int)0xffffffffu);
    printf("%" PRId64 " %" PRIu64 " %" PRIx64 "\n", (int64_t)-5, (uint64_t)5, (uint64_t)255);
}

static long long add_all(const char *kinds, ...)
{
    va_list args, again;
    double doubles_sum = 0;
    long long sum = 0;
    va_start(args, kinds);
    va_copy(again, args);
    for (const char *k = kinds; *k; k++) {
        switch (*k) {
        case 'i': sum += va_arg(args, int); break;
        case 'l': sum += va_arg(args, long long); break;
        case 'd': doubles_sum += va_arg(args, double); break;
        case 's': sum += (long long)strlen(va_arg(args, char *)); break;
        }
    }
    printf("first again: %d; doubles: %g\n", va_arg(again, int), doubles_sum);
    va_end(again);
    va_end(args);
    return sum;
}

static void formats(void)
{
    printf("[%5d] [%-5d] [%05d] [%+d] [% d] [%.3d] [%8.3d]\n", 42, 42, 42, 42, 42, 42, 42);
    printf("[%x] [%#x] [%X] [%#o] [%08x] [%hhd] [%hd]\n", 255, 255, 255, 8, 48879, 300, 70000);
    printf("[%s] [%10s] [%-10s] [%.2s] [%c] [%%] [%*d] [%-*d]\n", "text", "text", "text", "text", 'x', 6, 7, 6, 7);
    char small[8];
    printf("%d", snprintf(small, sizeof small, "%s", "longer than that"));
    printf(" [%s]\n", small);
    printf("%ld %lu %zu %jd\n", -1234567l, 1234567ul, sizeof(int), (intmax_t)-9);
    printf("%d %ld %lld\n", atoi(" -12x"), strtol("0x1f", NULL, 0), strtoll("777", NULL, 8));
}

int main(void)
{
    integers();
    doubles();
    conversions();
    formats();
    printf("varargs: %lld\n", add_all("iildsdl", 1, 2, 3000000000ll, 0.5, "four", 0.25, -1ll));
    return 0;
}
