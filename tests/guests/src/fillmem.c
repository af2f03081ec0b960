// fillmem [MIB]: takes memory and touches it until there is no more, or up to a bound.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    int most = argc > 1 ? atoi(argv[1]) : 1 << 20;
    int taken = 0;
    for (; taken < most; taken++) {
        // Not quite a power of two, so that an allocator's header does not double it.
        char *p = malloc((1 << 20) - 64);
        if (!p)
            break;
        memset(p, taken + 1, (1 << 20) - 64);
        if (p[12345] != (char)(taken + 1))
            return 3;
    }
    if (taken == most)
        printf("took %d MiB\n", taken);
    else
        printf("no more memory: %s\n", strerror(errno));
    return taken == most ? 0 : 1;
}
