// Quicksort of 600,000 integers, recursive, comparing in place.
#define KERNEL_NAME "quicksort"
#include "kernel.h"

enum { N = 600000 };
static int32_t Values[N];

static void sort(int32_t *low, int32_t *high)
{
    while (high - low > 16) {
        int32_t pivot = low[(high - low) / 2];
        int32_t *i = low, *j = high;
        while (i <= j) {
            while (*i < pivot)
                i++;
            while (*j > pivot)
                j--;
            if (i <= j) {
                int32_t swapped = *i;
                *i++ = *j;
                *j-- = swapped;
            }
        }
        if (j - low < high - i) {
            sort(low, j);
            low = i;
        } else {
            sort(i, high);
            high = j;
        }
    }
    for (int32_t *i = low + 1; i <= high; i++) {
        int32_t value = *i, *j = i;
        for (; j > low && j[-1] > value; j--)
            *j = j[-1];
        *j = value;
    }
}

uint32_t kernel(void)
{
    uint32_t seed = 3;
    for (int i = 0; i < N; i++)
        Values[i] = (int32_t)next_random(&seed);
    sort(Values, Values + N - 1);
    uint32_t sum = 0;
    for (int i = 0; i < N; i++) {
        if (i && Values[i - 1] > Values[i])
            return 0;
        sum = sum * 31 + (uint32_t)Values[i];
    }
    return sum;
}
