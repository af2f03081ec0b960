// Heap sort: no recursion, no allocation, no bad case.
#include <stdlib.h>

typedef int comparer(const void *, const void *);

static void swap(char *a, char *b, size_t size)
{
    for (; size; size--, a++, b++) {
        char c = *a;
        *a = *b;
        *b = c;
    }
}

static void sift(char *base, size_t root, size_t count, size_t size, comparer *compare)
{
    for (size_t child; (child = 2 * root + 1) < count; root = child) {
        if (child + 1 < count && compare(base + child * size, base + (child + 1) * size) < 0)
            child++;
        if (compare(base + root * size, base + child * size) >= 0)
            return;
        swap(base + root * size, base + child * size, size);
    }
}

void qsort(void *array, size_t count, size_t size, comparer *compare)
{
    char *base = array;
    for (size_t root = count / 2; root-- > 0;)
        sift(base, root, count, size, compare);
    for (size_t last = count; last-- > 1;) {
        swap(base, base + last * size, size);
        sift(base, 0, last, size, compare);
    }
}
