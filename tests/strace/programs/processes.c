/* A child that writes into a pipe, a signal whose handler runs, and how the child ended. */
#include "calls.h"

static char buffer[64];
static int ends[2];
static int status;

static void handler(int signal)
{
    (void)signal;
}

__attribute__((naked)) static void restorer(void)
{
    __asm__("movl $15, %eax\n\tsyscall");
}

struct action {
    void (*handler)(int);
    unsigned long flags;
    void (*restorer)(void);
    unsigned long mask;
};

int run(void)
{
    struct action action = { handler, 0x04000000, restorer, 1 << (SIGINT - 1) };
    call(rt_sigaction, SIGCHLD, &action, 0, 8);
    call(rt_sigaction, SIGCHLD, 0, &action, 8);
    long self = call(getpid);
    call(pipe2, ends, O_CLOEXEC);
    long child = call(fork);
    if (child == 0) {
        call(close, ends[0]);
        call(getppid);
        call(write, ends[1], "from the child", 14);
        call(dup2, ends[1], 1);
        call(write, 1, "!", 1);
        call(exit_group, 7);
    }
    call(close, ends[1]);
    unsigned long mask = 1ul << (SIGUSR1 - 1), old = 0;
    call(rt_sigprocmask, SIG_BLOCK, &mask, &old, 8);
    long told = 0;
    while (told < 15)
        told += call(read, ends[0], buffer, 15 - told);
    call(read, ends[0], buffer, sizeof buffer);
    call(wait4, child, &status, 0, 0);
    call(wait4, -1, &status, 0, 0);
    call(kill, self, SIGUSR1);
    call(rt_sigpending, &old, 8);

    child = call(fork);
    if (child == 0) {
        call(kill, call(getpid), SIGKILL);
        return 1;
    }
    call(wait4, child, &status, 0, 0);
    return 0;
}
