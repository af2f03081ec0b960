// Signals that come by themselves: into a loop that computes, and into calls that wait.
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

// Milliseconds until a signal that has to find the program waiting, however busy the machine is.
#define BEFORE_LONG 300

static volatile int Ticks;
static int Pipe[2];
static sigjmp_buf Escape;

static void on_tick(int signal)
{
    (void)signal;
    Ticks++;
}

static void on_tick_write(int signal)
{
    (void)signal;
    Ticks++;
    if (write(Pipe[1], "r", 1) != 1)
        _exit(9);
}

static void on_tick_escape(int signal)
{
    (void)signal;
    siglongjmp(Escape, ++Ticks);
}

static void handle(void (*handler)(int), int flags)
{
    struct sigaction act;
    memset(&act, 0, sizeof act);
    act.sa_handler = handler;
    act.sa_flags = flags;
    sigaction(SIGALRM, &act, NULL);
    Ticks = 0;
}

static void start(int first_ms, int every_ms)
{
    struct itimerval timer = { { 0, every_ms * 1000 }, { 0, first_ms * 1000 } };
    if (setitimer(ITIMER_REAL, &timer, NULL))
        perror("setitimer");
}

static void into_a_loop(void)
{
    volatile unsigned long long work = 0;
    handle(on_tick, 0);
    start(10, 10);
    while (Ticks < 3)
        work++;
    start(0, 0);
    printf("the loop saw %s ticks and %s\n", Ticks >= 3 ? "its" : "no", work ? "worked" : "did nothing");
}

static void into_a_read(void)
{
    char c = 0;
    handle(on_tick, 0);
    start(BEFORE_LONG, 0);
    ssize_t n = read(Pipe[0], &c, 1);
    printf("read: %s after %d tick\n", n < 0 ? strerror(errno) : "something", Ticks);

    handle(on_tick_write, SA_RESTART);
    start(BEFORE_LONG, 0);
    n = read(Pipe[0], &c, 1);
    printf("read with SA_RESTART: %d byte, '%c', after %d tick\n", (int)n, c, Ticks);
}

static void into_a_sleep(void)
{
    struct timespec request = { .tv_sec = 30 }, left;
    memset(&left, 0, sizeof left);
    handle(on_tick, SA_RESTART);
    start(BEFORE_LONG, 0);
    int r = nanosleep(&request, &left);
    printf("nanosleep: %s, %s\n", r < 0 ? strerror(errno) : "slept", left.tv_sec == 29 ? "29 seconds and something left" : "wrong rest");
}

static void out_of_a_loop(void)
{
    volatile unsigned long long work = 0;
    handle(on_tick_escape, 0);
    int tick = sigsetjmp(Escape, 1);
    if (tick < 3) {
        start(10, 0);
        for (;;)
            work++;
    }
    sigset_t mask;
    sigprocmask(SIG_BLOCK, NULL, &mask);
    printf("escaped %d times, SIGALRM is %sblocked\n", tick, sigismember(&mask, SIGALRM) ? "" : "not ");
}

int main(void)
{
    if (pipe(Pipe))
        perror("pipe");
    into_a_loop();
    into_a_read();
    into_a_sleep();
    out_of_a_loop();
    return 0;
}
