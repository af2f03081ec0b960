// Recurses for ever, through memory on the stack or, with an argument, with locals only.
#include <stdio.h>

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

int main(int argc, char **argv)
{
    (void)argv;
    puts("recursing");
    fflush(stdout);
    return (int)(argc > 1 ? plain(1) : with_memory(1));
}
