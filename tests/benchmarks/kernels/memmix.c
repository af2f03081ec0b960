// memcpy, memset and memmove of mixed sizes, from 8 bytes to 64 KiB, as programs use them.
#define KERNEL_NAME "memmix"
#include "kernel.h"

enum { Size = 1 << 20 };
static uint8_t From[Size], To[Size];

uint32_t kernel(void)
{
    uint32_t seed = 6, sum = 0;
    for (size_t i = 0; i < Size; i++)
        From[i] = (uint8_t)next_random(&seed);
    memset(To, 0, Size);
    for (int i = 0; i < 2000000; i++) {
        uint32_t r = next_random(&seed);
        // Most copies are small; one in 64 is large.
        size_t n = 8 + (r & 63 ? r >> 6 & 255 : r >> 6 & 65535);
        size_t a = next_random(&seed) % (Size - 70000), b = next_random(&seed) % (Size - 70000);
        switch (i & 3) {
        case 0:
        case 1: memcpy(To + a, From + b, n); break;
        case 2: memset(To + a, (int)(r >> 24), n); break;
        case 3: memmove(To + a, To + a + 3, n); break;
        }
        sum = sum * 31 + To[a + n / 2];
    }
    return sum;
}
