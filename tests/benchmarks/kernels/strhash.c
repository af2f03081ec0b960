// A hash table of strings with open addressing: 60,000 words put in, then looked up a million times.
#define KERNEL_NAME "strhash"
#include "kernel.h"

enum { Words = 60000, Slots = 1 << 17, Length = 16 };
static char Text[Words][Length];
static const char *Key[Slots];
static uint32_t Count[Slots];

static uint32_t hash(const char *s)
{
    uint32_t h = 2166136261u;
    for (; *s; s++)
        h = (h ^ (uint8_t)*s) * 16777619u;
    return h;
}

static int equal(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}

static uint32_t find(const char *word)
{
    uint32_t slot = hash(word) & (Slots - 1);
    while (Key[slot] && !equal(Key[slot], word))
        slot = (slot + 1) & (Slots - 1);
    return slot;
}

uint32_t kernel(void)
{
    uint32_t seed = 4;
    memset(Key, 0, sizeof Key);
    memset(Count, 0, sizeof Count);
    for (int i = 0; i < Words; i++) {
        int n = 4 + (int)(next_random(&seed) % 11);
        for (int k = 0; k < n; k++)
            Text[i][k] = (char)('a' + next_random(&seed) % 26);
        Text[i][n] = 0;
        Key[find(Text[i])] = Text[i];
    }
    for (int i = 0; i < 1000000; i++)
        Count[find(Text[next_random(&seed) % Words])]++;
    uint32_t sum = 0;
    for (uint32_t i = 0; i < Slots; i++)
        sum = sum * 33 + Count[i] * (Key[i] ? (uint8_t)Key[i][0] : 1);
    return sum;
}
