// abi: wali native
// Threads, fork and execve together: a child has the thread that forked and no other; a program that a thread executes is its process's first thread.
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char *Self;
static volatile int Waiting;

static void report(const char *what, pid_t child)
{
    int status = 0;
    if (waitpid(child, &status, 0) != child)
        printf("%s: waitpid: %s\n", what, strerror(errno));
    else if (WIFEXITED(status))
        printf("%s: exited with %d\n", what, WEXITSTATUS(status));
    else
        printf("%s: killed by signal %d\n", what, WTERMSIG(status));
}

static void *wait_for_ever(void *arg)
{
    Waiting = 1;
    for (;;)
        pause();
    return arg;
}

static void *run_for_ever(void *arg)
{
    for (volatile int *turns = arg;; ++*turns) {
    }
    return arg;
}

static void *fork_here(void *arg)
{
    int own = 5;
    pid_t child = fork();
    if (child == 0) {
        own += *(int *)arg;
        _exit(own + (gettid() == getpid() ? 0 : 100));
    }
    *(pid_t *)arg = child;
    return NULL;
}

static void *execute_here(void *arg)
{
    char pid[16];
    char *argv[] = {Self, (char *)"started", pid, NULL}, *envp[] = {NULL};
    snprintf(pid, sizeof pid, "%d", getpid());
    printf("the thread that executes is the first: %s\n", gettid() == getpid() ? "yes" : "no");
    fflush(stdout);
    execve(Self, argv, envp);
    perror("execve");
    return arg;
}

int main(int argc, char **argv)
{
    pthread_t waiting, running, third;
    int value = 30;
    volatile int turns = 0;
    if (argc < 2) {
        fprintf(stderr, "usage: threadexec ITSELF\n"
                        "ITSELF is this program's own path, which its threads execute: threadexec /bin/threadexec\n");
        return 2;
    }
    Self = argv[1];
    if (argc > 2) {
        printf("the new program's thread is the first: %s\n", gettid() == getpid() ? "yes" : "no");
        printf("same process: %s\n", getpid() == atoi(argv[2]) ? "yes" : "no");
        return 9;
    }
    if (pthread_create(&third, NULL, fork_here, &value) || pthread_join(third, NULL))
        puts("no thread");
    report("child of a thread", value);

    fflush(stdout);
    pid_t child = vfork();
    if (child == 0) {
        char *arguments[] = {Self, (char *)"by vfork", (char *)"0", NULL}, *envp[] = {NULL};
        value = 77;
        execve(Self, arguments, envp);
        _exit(1);
    }
    printf("written by the child on its parent's memory: %d\n", value);
    report("child by vfork", child);

    if (pthread_create(&waiting, NULL, wait_for_ever, NULL) || pthread_create(&running, NULL, run_for_ever, (void *)&turns))
        puts("no thread");
    while (!Waiting || !turns) {
    }
    if (pthread_create(&third, NULL, execute_here, NULL))
        puts("no thread");
    pthread_join(third, NULL);
    puts("still here");
    return 1;
}
