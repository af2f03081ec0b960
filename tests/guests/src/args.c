// Prints its arguments, its environment and the time.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static void print_time(void)
{
    struct timespec coarse, a, b, pause = { .tv_nsec = 1000000 };
    struct tm tm;
    time_t now = time(NULL);
    clock_gettime(CLOCK_REALTIME, &coarse);
    gmtime_r(&now, &tm);
    printf("time: %lld is %04d-%02d-%02d %02d:%02d:%02d UTC\n", (long long)now, tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
           tm.tm_hour, tm.tm_min, tm.tm_sec);
    printf("time and clock_gettime agree: %s\n", coarse.tv_sec - now <= 1 ? "yes" : "no");

    clock_gettime(CLOCK_MONOTONIC, &a);
    nanosleep(&pause, NULL);
    clock_gettime(CLOCK_MONOTONIC, &b);
    long long slept = (b.tv_sec - a.tv_sec) * 1000000000ll + b.tv_nsec - a.tv_nsec;
    printf("slept at least as long as asked: %s\n", slept >= 1000000 ? "yes" : "no");
}

int main(int argc, char **argv)
{
    printf("%d arguments\n", argc - 1);
    for (int i = 1; i < argc; i++)
        printf("argv[%d] = \"%s\"\n", i, argv[i]);
    printf("argv[argc] is %s\n", argv[argc] ? "not null" : "null");
    for (char **e = environ; *e; e++)
        printf("environment: %s\n", *e);
    const char *home = getenv("HOME"), *missing = getenv("NO_SUCH_VARIABLE");
    printf("HOME is %s, NO_SUCH_VARIABLE is %s\n", home ? home : "not set", missing ? missing : "not set");
    print_time();
    return 0;
}
