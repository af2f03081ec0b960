// fib(36) by plain recursion: calls and little else.
#define KERNEL_NAME "fib"
#include "kernel.h"

// Not inlined into itself, or the compilers' unrolling of recursion would be what is measured.
__attribute__((noinline)) static uint32_t fib(uint32_t n)
{
    if (n < 2)
        return n;
    return fib(n - 1) + fib(n - 2);
}

// Through a volatile pointer, so that no compiler folds the answer.
static uint32_t (*volatile Fib)(uint32_t) = fib;

uint32_t kernel(void) { return Fib(36); }
