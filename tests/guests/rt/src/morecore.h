#pragma once

#include <stddef.h>

// Fresh zeroed pages for malloc, or null; each ABI gets them in its own way.
void *__morecore(size_t n);
