// fork and wait: what parent and child share, what they don't, and how a child's end is reported.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int Global = 1;

static void report(const char *what, pid_t child)
{
    int status = 0;
    pid_t reaped = waitpid(child, &status, 0);
    printf("%s: ", what);
    if (reaped != child)
        printf("waitpid: %s\n", reaped < 0 ? strerror(errno) : "another child");
    else if (WIFEXITED(status))
        printf("exited with %d\n", WEXITSTATUS(status));
    else
        printf("killed by signal %d\n", WTERMSIG(status));
}

// What is buffered would be written by both.
static pid_t fork_flushed(void)
{
    fflush(stdout);
    return fork();
}

static void memory_is_copied(void)
{
    volatile int local = 10;
    char *heap = strdup("heap");
    pid_t child = fork_flushed();
    if (child == 0) {
        Global += 1;
        local += 1;
        heap[0] = 'H';
        printf("child: global %d, local %d, %s\n", Global, local, heap);
        exit(Global * 10 + local);
    }
    report("child that changes memory", child);
    printf("parent: global %d, local %d, %s\n", Global, local, heap);
    free(heap);
}

static void descriptions_are_shared(const char *path)
{
    char text[32] = "";
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    pid_t child = fork_flushed();
    if (child == 0) {
        _exit(write(fd, "by the child", 12) == 12 ? 0 : 1);
    }
    report("child that writes", child);
    printf("offset in the parent: %d\n", (int)lseek(fd, 0, SEEK_CUR));
    ssize_t n = pread(fd, text, sizeof text - 1, 0);
    printf("%d bytes: %s\n", (int)n, text);
    close(fd);
    unlink(path);
}

static void pipeline(void)
{
    int down[2], up[2];
    char text[64] = "";
    if (pipe(down) || pipe(up)) {
        perror("pipe");
        return;
    }
    pid_t child = fork_flushed();
    if (child == 0) {
        close(down[1]);
        close(up[0]);
        int total = 0;
        char c;
        while (read(down[0], &c, 1) == 1)
            total += c - '0';
        int n = snprintf(text, sizeof text, "the sum is %d", total);
        _exit(write(up[1], text, (size_t)n) == n ? 0 : 1);
    }
    close(down[0]);
    close(up[1]);
    for (int i = 1; i <= 9; i++) {
        char c = (char)('0' + i);
        if (write(down[1], &c, 1) != 1)
            perror("write");
    }
    close(down[1]);
    ssize_t n = read(up[0], text, sizeof text - 1);
    printf("from the child: %.*s\n", (int)n, text);
    printf("then: %d\n", (int)read(up[0], text, sizeof text));
    close(up[0]);
    report("child that adds", child);
}

__attribute__((noinline)) static int in_the_depth(int n)
{
    if (n > 0)
        return in_the_depth(n - 1) + 1;
    pid_t child = fork_flushed();
    if (child != 0)
        report("child that forked in the depth", child);
    return child == 0 ? 1000 : 0;
}

static void both_return(void)
{
    int value = in_the_depth(30);
    if (value >= 1000)
        _exit(value - 1000);
    printf("the parent came back with %d\n", value);
}

static void many(void)
{
    pid_t children[10];
    int sum = 0, status;
    for (int i = 0; i < 10; i++) {
        children[i] = fork_flushed();
        if (children[i] == 0)
            _exit(i);
    }
    for (int i = 0; i < 10; i++) {
        if (waitpid(children[i], &status, 0) != children[i])
            puts("a child is missing");
        sum += WEXITSTATUS(status);
    }
    printf("ten children, sum of their statuses %d\n", sum);
    printf("wait without children: %s\n", wait(&status) < 0 ? strerror(errno) : "somebody");
}

static void ended_by_a_signal(void)
{
    pid_t child = fork_flushed();
    if (child == 0)
        for (;;)
            pause();
    kill(child, SIGTERM);
    report("child that waits for ever", child);

    child = fork_flushed();
    if (child == 0) {
        printf("%s", "lost with abort");
        abort();
    }
    report("child that aborts", child);
}

static void grandchild(void)
{
    pid_t parent = getpid();
    pid_t child = fork_flushed();
    if (child == 0) {
        int right = getppid() == parent;
        pid_t grand = fork();
        if (grand == 0)
            _exit(5);
        int status;
        waitpid(grand, &status, 0);
        _exit(right ? WEXITSTATUS(status) + 1 : 99);
    }
    report("child with a child", child);
}

int main(int argc, char **argv)
{
    memory_is_copied();
    descriptions_are_shared(argc > 1 ? argv[1] : "forks.tmp");
    pipeline();
    both_return();
    many();
    ended_by_a_signal();
    grandchild();
    return 0;
}
