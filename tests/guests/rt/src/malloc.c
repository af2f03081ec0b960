// Power-of-two size classes with a free list each. A block's header says its class, so free needs no search.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "morecore.h"

enum { HeaderSize = 16, SmallestClass = 5, LargestClass = 31 };

typedef struct block {
    unsigned class;
    struct block *next;
} block;

static block *FreeBlocks[LargestClass + 1];
static char *Fresh, *FreshEnd;

static block *carve(unsigned class)
{
    size_t size = (size_t)1 << class;
    if ((size_t)(FreshEnd - Fresh) < size) {
        size_t wanted = size < 65536 ? 65536 : size;
        char *more = __morecore(wanted);
        if (!more)
            return 0;
        if (more != FreshEnd)
            Fresh = more;
        FreshEnd = more + wanted;
    }
    block *b = (block *)Fresh;
    Fresh += size;
    return b;
}

void *malloc(size_t n)
{
    unsigned class = SmallestClass;
    while (class < LargestClass && ((size_t)1 << class) - HeaderSize < n)
        class++;
    block *b = class < LargestClass ? FreeBlocks[class] : 0;
    if (b)
        FreeBlocks[class] = b->next;
    else if (class == LargestClass || !(b = carve(class))) {
        errno = ENOMEM;
        return 0;
    }
    b->class = class;
    return (char *)b + HeaderSize;
}

void free(void *p)
{
    if (!p)
        return;
    block *b = (block *)((char *)p - HeaderSize);
    b->next = FreeBlocks[b->class];
    FreeBlocks[b->class] = b;
}

void *calloc(size_t count, size_t size)
{
    size_t n;
    if (__builtin_mul_overflow(count, size, &n)) {
        errno = ENOMEM;
        return 0;
    }
    void *p = malloc(n);
    return p ? memset(p, 0, n) : 0;
}

void *realloc(void *p, size_t n)
{
    if (!p)
        return malloc(n);
    size_t room = ((size_t)1 << ((block *)((char *)p - HeaderSize))->class) - HeaderSize;
    if (n <= room)
        return p;
    void *larger = malloc(n);
    if (larger) {
        memcpy(larger, p, room);
        free(p);
    }
    return larger;
}
