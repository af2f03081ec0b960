// Bad pointers: every call answers EFAULT and has done nothing, or stops where memory ends.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

enum { Page = 4096 };

static void *volatile Bad;

static void say(const char *what, long long r)
{
    if (r < 0)
        printf("  %s: %s\n", what, strerror(errno));
    else
        printf("  %s: %lld\n", what, r);
}

#define TRY(call) say(#call, (long long)(call))

static void with_pointer(const char *name, void *bad, const char *path)
{
    Bad = bad;
    printf("%s\n", name);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600), p[2];
    if (write(fd, "content", 7) != 7 || lseek(fd, 0, SEEK_SET) != 0 || pipe(p))
        perror("setup");
    TRY(read(fd, Bad, 4));
    TRY(lseek(fd, 0, SEEK_CUR));
    TRY(write(fd, Bad, 4));
    TRY(lseek(fd, 0, SEEK_END));
    TRY(pread(fd, Bad, 4, 2));
    TRY(pwrite(fd, Bad, 4, 2));
    // A 64-bit kernel's own half of memory is refused even where nothing is to be read; a 32-bit process can't name it.
    if ((uintptr_t)bad < Page)
        TRY(read(fd, Bad, 0));
    TRY(write(p[1], Bad, 1));
    TRY(write(p[1], "abc", 3));
    TRY(read(p[0], Bad, 3));
    TRY(close(p[1]));
    TRY(read(p[0], Bad, 3));
    TRY(open(Bad, O_RDONLY));
    struct stat st;
    TRY(stat(Bad, &st));
    TRY(mkdir(Bad, 0755));
    TRY(rename(Bad, path));
    TRY(rename(path, Bad));
    TRY(link(path, Bad));
    TRY(symlink(Bad, "never"));
    TRY(readlink(path, Bad, 10));
    TRY(chdir(Bad));
    TRY(unlink(Bad));
    TRY(access(Bad, F_OK));
    TRY(pipe(Bad));
    int next = dup(1);
    printf("  no descriptor is left behind: %d\n", next);
    close(next);
    TRY(uname(Bad));
    close(p[0]);
    close(fd);
    TRY(unlink(path));
}

// One page of memory, and none behind it.
static void at_the_end(const char *path)
{
    char *pages = mmap(NULL, 2 * Page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    puts("where memory ends");
    if (pages == MAP_FAILED || munmap(pages + Page, Page)) {
        perror("mmap");
        return;
    }
    char *edge = pages + Page - 4;
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600), p[2];
    memcpy(edge, "edge", 4);
    TRY(write(fd, edge, 4));
    TRY(write(fd, edge, 8));
    TRY(lseek(fd, 0, SEEK_END));
    lseek(fd, 0, SEEK_SET);
    TRY(read(fd, edge, 8));
    TRY(lseek(fd, 0, SEEK_CUR));
    TRY(pread(fd, edge + 4, 1, 0));
    if (pipe(p))
        perror("pipe");
    TRY(write(p[1], edge, 4));
    TRY(read(p[0], edge + 2, 2));
    printf("  then the edge holds %.4s\n", edge);
    strcpy(edge - 2, "a/no");
    edge[2] = '/';
    edge[3] = 'x';
    TRY(open(edge, O_RDONLY));
    edge[3] = 0;
    TRY(open(edge, O_RDONLY));
    TRY(readlink(path, edge, 100));
    TRY(unlink(path));
}

int main(int argc, char **argv)
{
    const char *path = argc > 1 ? argv[1] : "faults.tmp";
    with_pointer("null", NULL, path);
    with_pointer("a small number", (void *)8, path);
    with_pointer("the top of memory", (void *)(uintptr_t)-16, path);
    at_the_end(path);
    return 0;
}
