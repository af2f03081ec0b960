// setjmp and longjmp: from deep calls, again and again, through callbacks, with locals that must keep their values.
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static jmp_buf Outer, Inner;
static volatile int Depth;

__attribute__((noinline)) static int dive(int n, int bottom)
{
    char local[32];
    snprintf(local, sizeof local, "level %d", n);
    Depth = n;
    if (n == bottom)
        longjmp(Outer, bottom);
    return n > 1000 ? n : dive(n + 1, bottom) + (int)strlen(local);
}

static void from_the_depth(void)
{
    volatile int kept = 7;
    int value = setjmp(Outer);
    if (value == 0) {
        kept = 8;
        dive(0, 100);
        puts("never here");
    }
    printf("back with %d from level %d, kept %d\n", value, Depth, kept);
}

static void zero_becomes_one(void)
{
    volatile int passes = 0;
    int value = setjmp(Outer);
    printf("pass %d: %d\n", passes, value);
    if (passes++ == 0)
        longjmp(Outer, 0);
}

static void loops(void)
{
    volatile int count = 0;
    volatile long long sum = 0;
    volatile double half = 0.5;
    int value = setjmp(Outer);
    sum += value;
    half *= 1.25;
    if (count < 20) {
        count++;
        longjmp(Outer, count);
    }
    printf("%d jumps, sum %lld, product %.10f\n", count, sum, half);
}

static void nested(void)
{
    volatile int outer = 0, inner = 0;
    if (setjmp(Outer) == 0) {
        if (setjmp(Inner) == 0)
            dive(0, 3);
        inner = 1;
        longjmp(Outer, 2);
    }
    if (outer++ == 0)
        longjmp(Inner, 1);
    printf("outer %d, inner %d\n", outer, inner);
}

__attribute__((noinline)) static void leap(int n)
{
    volatile char wide[1024];
    wide[n % 1024] = (char)n;
    longjmp(Outer, n + wide[n % 1024] * 0 + 1);
}

// The stack of the frames that are jumped over is free again: 100,000 of them would not fit.
static void often(void)
{
    int n = setjmp(Outer);
    if (n < 100000)
        leap(n);
    printf("%d leaps\n", n);
}

static jmp_buf Sorting;
static int Comparisons;

static int compare(const void *a, const void *b)
{
    if (++Comparisons == 25)
        longjmp(Sorting, Comparisons);
    return *(const int *)a - *(const int *)b;
}

static void through_a_callback(void)
{
    int numbers[64];
    for (int i = 0; i < 64; i++)
        numbers[i] = (i * 37) % 64;
    int value = setjmp(Sorting);
    if (value == 0)
        qsort(numbers, 64, sizeof *numbers, compare);
    printf("left the sort after %d comparisons\n", value);
}

static void with_mask(void)
{
    sigjmp_buf env;
    volatile int passes = 0;
    int value = sigsetjmp(env, 1);
    printf("sigsetjmp gave %d\n", value);
    if (passes++ < 2)
        siglongjmp(env, 10 + passes);
}

static int evaluate(const char **p);

static int factor(const char **p)
{
    if (**p >= '0' && **p <= '9') {
        int n = 0;
        while (**p >= '0' && **p <= '9')
            n = n * 10 + *(*p)++ - '0';
        return n;
    }
    if (**p != '(')
        longjmp(Outer, **p ? **p : '$');
    ++*p;
    int n = evaluate(p);
    if (**p != ')')
        longjmp(Outer, ')');
    ++*p;
    return n;
}

static int evaluate(const char **p)
{
    int n = factor(p);
    for (;;) {
        if (**p == '+') ++*p, n += factor(p);
        else if (**p == '*') ++*p, n *= factor(p);
        else return n;
    }
}

static void parser(void)
{
    static const char *const texts[] = { "1+2", "(1+2)*(3+4)", "((((5))))", "2*(3+", "7+*8", "(1+2" };
    for (volatile size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        int error = setjmp(Outer);
        if (error) {
            printf("%s: error at '%c'\n", texts[i], error);
            continue;
        }
        const char *p = texts[i];
        printf("%s = %d\n", texts[i], evaluate(&p));
    }
}

int main(void)
{
    from_the_depth();
    zero_becomes_one();
    loops();
    nested();
    often();
    through_a_callback();
    with_mask();
    parser();
    return 0;
}
