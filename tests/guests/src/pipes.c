// Pipes and duplicated descriptors, within one process.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void say(const char *what, long long r)
{
    if (r < 0)
        printf("%s: %s\n", what, strerror(errno));
    else
        printf("%s: %lld\n", what, r);
}

static void through_a_pipe(void)
{
    int p[2];
    char buf[32] = "";
    say("pipe", pipe(p));
    printf("ends are %d and %d\n", p[0], p[1]);
    say("write", write(p[1], "hello, pipe", 11));
    say("read 5", read(p[0], buf, 5));
    printf("got \"%s\"\n", buf);
    say("read the rest", read(p[0], buf, sizeof buf));
    printf("got \"%.6s\"\n", buf);
    say("seek", lseek(p[0], 0, SEEK_SET));
    say("write to the reading end", write(p[0], "x", 1));
    say("read from the writing end", read(p[1], buf, 1));
    close(p[1]);
    say("read without a writer", read(p[0], buf, sizeof buf));
    close(p[0]);
    say("read from a closed descriptor", read(p[0], buf, sizeof buf));
}

static void full_and_empty(void)
{
    static char block[65536];
    int p[2];
    say("pipe2 with O_NONBLOCK", pipe2(p, O_NONBLOCK | O_CLOEXEC));
    say("read when empty", read(p[0], block, 1));
    say("fill", write(p[1], block, sizeof block));
    say("write when full", write(p[1], block, 1));
    say("read a page", read(p[0], block, 4096));
    say("write a page", write(p[1], block, 4096));
    say("flags", fcntl(p[0], F_GETFL) & O_NONBLOCK);
    say("close on exec", fcntl(p[1], F_GETFD));
    close(p[0]);
    say("write without a reader", write(p[1], block, 1));
    close(p[1]);
}

static void duplicates(void)
{
    int p[2];
    char buf[32];
    say("pipe", pipe(p));
    int copy = dup(p[1]);
    printf("copy is %d\n", copy);
    say("dup2 onto 20", dup2(p[1], 20));
    say("dup2 onto itself", dup2(20, 20));
    say("dup2 of nothing", dup2(77, 20));
    say("dup2 onto -1", dup2(20, -1));
    say("F_DUPFD from 30", fcntl(20, F_DUPFD, 30));
    say("F_DUPFD_CLOEXEC from 30", fcntl(20, F_DUPFD_CLOEXEC, 30));
    say("its flags", fcntl(31, F_GETFD));
    close(p[1]);
    say("write through the copy", write(copy, "a", 1));
    say("write through 20", write(20, "b", 1));
    say("write through 30", write(30, "c", 1));
    say("write through 31", write(31, "d", 1));
    say("read", read(p[0], buf, sizeof buf));
    printf("got \"%.4s\"\n", buf);
    close(copy);
    close(20);
    close(30);
    close(31);
    say("read when all copies are closed", read(p[0], buf, sizeof buf));
    close(p[0]);
    say("lowest free descriptor", dup(1));
}

static void shared_offset(const char *path)
{
    char buf[8] = "";
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    int same = dup(fd), other = open(path, O_RDONLY);
    say("write", write(fd, "0123456789", 10));
    say("offset of the duplicate", lseek(same, 0, SEEK_CUR));
    say("offset of the other description", lseek(other, 0, SEEK_CUR));
    lseek(same, 3, SEEK_SET);
    say("read through the first", read(fd, buf, 2));
    printf("got \"%s\"\n", buf);
    say("append flag through the duplicate", fcntl(same, F_SETFL, O_APPEND));
    say("seen by the first", fcntl(fd, F_GETFL) & O_APPEND);
    say("seen by the other", fcntl(other, F_GETFL) & O_APPEND);
    say("write appends", write(fd, "x", 1));
    say("size", lseek(other, 0, SEEK_END));
    close(fd);
    close(same);
    close(other);
    say("unlink", unlink(path));
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    through_a_pipe();
    full_and_empty();
    duplicates();
    shared_offset(argc > 1 ? argv[1] : "shared");
    return 0;
}
