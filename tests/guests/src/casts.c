// casts: calls functions through pointers of other types, with more arguments than they take, as K&R C does.
#include <stdio.h>

typedef int (*general)(int, int, int);

static int none(void) { return 7; }
static int one(int a) { return a * 2; }
static int two(int a, int b) { return a * 10 + b; }
static int three(int a, int b, int c) { return a * 100 + b * 10 + c; }
static int pointer(const char *text) { return text[0]; }

static const char Text[] = "text";

int main(void)
{
    // Volatile, so that the compiler does not look through the casts.
    general volatile functions[] = { (general)(void *)none, (general)(void *)one, (general)(void *)two, three };
    int sum = 0;
    for (int round = 0; round < 3000; round++)
        for (int i = 0; i < 4; i++)
            sum += functions[i](round % 10, 2, 3) % 97;
    for (int i = 0; i < 4; i++)
        printf("%d: %d\n", i, functions[i](1, 2, 3));
    int (*volatile text)(const char *, int) = (int (*)(const char *, int))(void *)pointer;
    printf("text: %d\nsum: %d\n", text(Text, 5), sum);
    return 0;
}
