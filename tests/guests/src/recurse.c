// Recurses for ever, through memory on the stack or, with an argument, with locals only; `recurse to N` comes back from depth N.
#include <stdio.h>
#include <stdlib.h>

static volatile unsigned Never;

__attribute__((noinline)) static unsigned with_memory(unsigned n)
{
    volatile char frame[64];
    frame[n % sizeof frame] = (char)n;
    if (Never)
        return n;
    return with_memory(n + 1) + (unsigned)frame[n % sizeof frame];
}

__attribute__((noinline)) static unsigned plain(unsigned n)
{
    if (Never)
        return n;
    return plain(n + 1) * 3 + Never;
}

__attribute__((noinline)) static unsigned to_depth(unsigned n)
{
    return n == 0 ? Never : to_depth(n - 1) * 3 + 1 + Never;
}

int main(int argc, char **argv)
{
    if (argc > 2) {
        unsigned depth = (unsigned)atoi(argv[2]);
        unsigned result = to_depth(depth);
        printf("%u calls deep and back: %s\n", depth, result != 0 ? "yes" : "no");
        return 0;
    }
    puts("recursing");
    fflush(stdout);
    return (int)(argc > 1 ? plain(1) : with_memory(1));
}
