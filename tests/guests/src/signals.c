// Signals within one process: handlers, masks, pending signals, ignoring, nesting, and calls that are interrupted.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static volatile int Seen[32], Nested, Order[16], Count;

static void on_signal(int signal)
{
    Seen[signal]++;
    if (Count < 16)
        Order[Count++] = signal;
}

static void on_info(int signal, siginfo_t *info, void *context)
{
    Seen[signal] += info->si_signo == signal && context != NULL ? 100 : 1000;
}

static void on_nested(int signal)
{
    Nested = Nested * 10 + 1;
    if (signal == SIGUSR1)
        raise(SIGUSR2);
    Nested = Nested * 10 + 2;
}

static void print_order(const char *what)
{
    printf("%s:", what);
    for (int i = 0; i < Count; i++)
        printf(" %d", Order[i]);
    putchar('\n');
    Count = 0;
}

static void handle(int signal, void (*handler)(int), int flags)
{
    struct sigaction act;
    memset(&act, 0, sizeof act);
    act.sa_handler = handler;
    act.sa_flags = flags;
    if (sigaction(signal, &act, NULL))
        perror("sigaction");
}

static void simple(void)
{
    handle(SIGUSR1, on_signal, 0);
    raise(SIGUSR1);
    kill(getpid(), SIGUSR1);
    printf("SIGUSR1 seen %d times\n", Seen[SIGUSR1]);
    struct sigaction old;
    sigaction(SIGUSR1, NULL, &old);
    printf("the handler is %s\n", old.sa_handler == on_signal ? "ours" : "another");
    printf("kill with signal 0: %d\n", kill(getpid(), 0));
    printf("kill with signal 99: %s\n", kill(getpid(), 99) ? strerror(errno) : "ok");
    printf("handler for SIGKILL: %s\n", signal(SIGKILL, on_signal) == SIG_ERR ? strerror(errno) : "ok");
}

static void with_info(void)
{
    struct sigaction act;
    memset(&act, 0, sizeof act);
    act.sa_sigaction = on_info;
    act.sa_flags = SA_SIGINFO;
    sigaction(SIGUSR2, &act, NULL);
    raise(SIGUSR2);
    printf("SA_SIGINFO: %d\n", Seen[SIGUSR2]);
}

static void ignored(void)
{
    signal(SIGUSR1, SIG_IGN);
    int before = Seen[SIGUSR1];
    raise(SIGUSR1);
    printf("ignored: seen %d more\n", Seen[SIGUSR1] - before);
    printf("it was %s\n", signal(SIGUSR1, SIG_DFL) == SIG_IGN ? "SIG_IGN" : "something else");
    raise(SIGCHLD);
    puts("SIGCHLD by default does nothing");
}

static void blocked(void)
{
    sigset_t set, old, pending;
    handle(SIGUSR1, on_signal, 0);
    handle(SIGUSR2, on_signal, 0);
    handle(SIGTERM, on_signal, 0);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGUSR2);
    sigprocmask(SIG_BLOCK, &set, &old);
    Count = 0;
    raise(SIGUSR2);
    raise(SIGUSR1);
    raise(SIGUSR1);
    raise(SIGTERM);
    print_order("while blocked");
    sigpending(&pending);
    printf("pending: SIGUSR1 %d, SIGUSR2 %d, SIGTERM %d\n", sigismember(&pending, SIGUSR1), sigismember(&pending, SIGUSR2), sigismember(&pending, SIGTERM));
    sigprocmask(SIG_SETMASK, &old, NULL);
    printf("after unblocking: %d were delivered\n", Count);
    Count = 0;

    sigprocmask(SIG_BLOCK, &set, &old);
    raise(SIGUSR1);
    sigset_t wait = old;
    sigdelset(&wait, SIGUSR1);
    int r = sigsuspend(&wait);
    printf("sigsuspend: %d, %s\n", r, strerror(errno));
    print_order("during sigsuspend");
    sigprocmask(SIG_SETMASK, &old, NULL);
}

static void nested(void)
{
    handle(SIGUSR1, on_nested, 0);
    handle(SIGUSR2, on_nested, 0);
    Nested = 0;
    raise(SIGUSR1);
    printf("nested: %d\n", Nested);
}

static volatile int Depth;

static void on_again(int signal)
{
    Depth++;
    if (Depth < 3)
        raise(signal);
}

static void own_signal_again(void)
{
    handle(SIGUSR1, on_again, SA_NODEFER);
    Depth = 0;
    raise(SIGUSR1);
    printf("with SA_NODEFER: depth %d\n", Depth);
    handle(SIGUSR1, on_signal, SA_RESETHAND);
    raise(SIGUSR1);
    struct sigaction now;
    sigaction(SIGUSR1, NULL, &now);
    printf("after SA_RESETHAND: %s\n", now.sa_handler == SIG_DFL ? "default" : "still there");
}

static void broken_pipe(void)
{
    int p[2];
    handle(SIGPIPE, on_signal, 0);
    if (pipe(p))
        perror("pipe");
    close(p[0]);
    printf("write: %s\n", write(p[1], "x", 1) < 0 ? strerror(errno) : "ok");
    printf("SIGPIPE seen %d times\n", Seen[SIGPIPE]);
    close(p[1]);
}

int main(int argc, char **argv)
{
    (void)argv;
    simple();
    with_info();
    ignored();
    blocked();
    nested();
    own_signal_again();
    broken_pipe();
    if (argc > 1) {
        puts("ending by SIGTERM");
        fflush(stdout);
        signal(SIGTERM, SIG_DFL);
        raise(SIGTERM);
    }
    return 0;
}
