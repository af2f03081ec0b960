// trap WAY: ends by a signal that the machine raises, or by abort.
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static volatile int Zero, One = 1;
static volatile int Least = INT_MIN, MinusOne = -1;

int main(int argc, char **argv)
{
    const char *way = argc > 1 ? argv[1] : "unreachable";
    printf("about to trap: %s\n", way);
    fflush(stdout);
    if (!strcmp(way, "unreachable"))
        __builtin_trap();
    if (!strcmp(way, "divide"))
        return One / Zero;
    if (!strcmp(way, "overflow"))
        return Least / MinusOne;
    if (!strcmp(way, "memory"))
        return *(volatile int *)(((size_t)1 << (sizeof(size_t) * 8 - 1)) - 4096);
    if (!strcmp(way, "abort"))
        abort();
    printf("trap: unknown way '%s'\n", way);
    return 2;
}
