// execve: what a new program gets of the old one, and what it does not. The programs that it starts lie in a folder of their own.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *Self;

static void caught(int signal)
{
    (void)signal;
}

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

static pid_t run(const char *path, char *const argv[], char *const envp[])
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        execve(path, argv, envp);
        _exit(100 + errno);
    }
    return child;
}

// As the program that was started: says what it found.
static int started(int argc, char **argv)
{
    struct sigaction action;
    sigset_t mask;
    int expected = argc > 2 ? atoi(argv[2]) : 0;
    printf("%d arguments:", argc);
    for (int i = 1; i < argc; i++)
        printf(" [%s]", i == 2 && expected ? "its number" : argv[i]);
    puts("");
    for (char **entry = environ; *entry; entry++)
        printf("environment: %s\n", *entry);
    if (expected)
        printf("same process: %s\n", getpid() == expected ? "yes" : "no");
    for (int fd = 3; fd < 6; fd++)
        printf("descriptor %d: %s\n", fd, fcntl(fd, F_GETFD, 0) < 0 ? strerror(errno) : "open");
    sigaction(SIGUSR1, NULL, &action);
    printf("SIGUSR1: %s\n", action.sa_handler == SIG_DFL ? "default" : "another");
    sigaction(SIGUSR2, NULL, &action);
    printf("SIGUSR2: %s\n", action.sa_handler == SIG_IGN ? "ignored" : "another");
    sigprocmask(SIG_BLOCK, NULL, &mask);
    printf("SIGTERM: %s\n", sigismember(&mask, SIGTERM) ? "blocked" : "not blocked");
    return 33;
}

static void inherits(void)
{
    char pid[16];
    char *argv[] = {(char *)"renamed", (char *)"started", pid, (char *)"", (char *)"last one", NULL};
    char *envp[] = {(char *)"A=1", (char *)"EMPTY=", (char *)"LINES=one two", NULL};
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        sigset_t mask;
        int kept = open(".", O_RDONLY), closed = open(".", O_RDONLY | O_CLOEXEC);
        if (kept != 3 || closed != 4)
            _exit(1);
        signal(SIGUSR1, caught);
        signal(SIGUSR2, SIG_IGN);
        sigemptyset(&mask);
        sigaddset(&mask, SIGTERM);
        sigprocmask(SIG_BLOCK, &mask, NULL);
        snprintf(pid, sizeof pid, "%d", getpid());
        execve(Self, argv, envp);
        _exit(2);
    }
    report("the program", child);
}

static void refused(const char *folder)
{
    char path[200];
    char *argv[] = {path, NULL}, *envp[] = {NULL};
    static char huge[200 * 1024];
    char *large[] = {path, huge, NULL};

    snprintf(path, sizeof path, "%s/missing", folder);
    printf("missing: %s\n", execve(path, argv, envp) ? strerror(errno) : "?");
    printf("folder: %s\n", execve(folder, argv, envp) ? strerror(errno) : "?");
    snprintf(path, sizeof path, "%s/text", folder);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (write(fd, "echo not a program\n", 19) != 19)
        puts("write");
    close(fd);
    printf("without x: %s\n", execve(path, argv, envp) ? strerror(errno) : "?");
    chmod(path, 0755);
    printf("no program: %s\n", execve(path, argv, envp) ? strerror(errno) : "?");
    memset(huge, 'x', sizeof huge - 1);
    printf("too much: %s\n", execve(Self, large, envp) ? strerror(errno) : "?");
    printf("bad pointer: %s\n", execve(Self, (char **)-4096l, envp) ? strerror(errno) : "?");
}

static void script(const char *folder)
{
    char path[200], text[300];
    char *argv[] = {(char *)"ignored", (char *)"one", (char *)"two", NULL}, *envp[] = {NULL};
    snprintf(path, sizeof path, "%s/script", folder);
    int length = snprintf(text, sizeof text, "#! %s started \nthe rest is nobody's\n", Self);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0755);
    if (write(fd, text, (size_t)length) != length)
        puts("write");
    chmod(path, 0755);
    printf("script that is open: %s\n", execve(path, argv, envp) ? strerror(errno) : "?");
    close(fd);
    report("the script", run(path, argv, envp));
    unlink(path);
}

static void pipeline(const char *folder)
{
    int fds[2], ends[2];
    char cat[200], wc[200], poem[200], text[100] = "";
    char *first[] = {cat, poem, NULL}, *second[] = {wc, NULL}, *envp[] = {NULL};
    snprintf(cat, sizeof cat, "%s/cat", folder);
    snprintf(wc, sizeof wc, "%s/wc", folder);
    snprintf(poem, sizeof poem, "%s/../poem.txt", folder);
    if (pipe2(fds, O_CLOEXEC) || pipe2(ends, O_CLOEXEC)) {
        perror("pipe2");
        return;
    }
    fflush(stdout);
    pid_t left = fork();
    if (left == 0) {
        dup2(fds[1], 1);
        execve(cat, first, envp);
        _exit(1);
    }
    pid_t right = fork();
    if (right == 0) {
        dup2(fds[0], 0);
        dup2(ends[1], 1);
        execve(wc, second, envp);
        _exit(1);
    }
    close(fds[0]);
    close(fds[1]);
    close(ends[1]);
    for (size_t n = 0; ; ) {
        ssize_t got = read(ends[0], text + n, sizeof text - 1 - n);
        if (got <= 0)
            break;
        n += (size_t)got;
    }
    printf("cat | wc: %s", text);
    report("cat", left);
    report("wc", right);
}

int main(int argc, char **argv)
{
    char self[200];
    if (argc > 1 && strcmp(argv[1], "started") == 0)
        return started(argc, argv);
    if (argc != 2) {
        fprintf(stderr, "usage: execs FOLDER\n"
                        "FOLDER has the programs execs, cat and wc, without .wasm in their names and with execute permission;\n"
                        "beside FOLDER stands poem.txt\n");
        return 2;
    }
    snprintf(self, sizeof self, "%s/execs", argv[1]);
    Self = self;
    inherits();
    refused(argv[1]);
    script(argv[1]);
    pipeline(argv[1]);
    fflush(stdout);
    char *again[] = {self, (char *)"started", NULL};
    execve(self, again, environ);
    perror("execve");
    return 1;
}
