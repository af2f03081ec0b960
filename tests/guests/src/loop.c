// Computes for ever: only a signal or a time limit ends it.
#include <stdio.h>

static volatile unsigned Count;

int main(void)
{
    puts("looping");
    fflush(stdout);
    for (;;)
        Count++;
}
