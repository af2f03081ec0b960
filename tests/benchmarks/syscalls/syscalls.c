// What a system call costs: syscalls FOLDER, which should be on a file system in memory. Prints "name nanoseconds" for
// one operation of each kind, the median of several measurements after a warm-up.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { Measurements = 5 };
static const long long Least = 30000000, WarmUp = 500000000;

static int File, Null;
static char Path[512];

static long long now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000ll + t.tv_nsec;
}

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void empty_loop(long long n)
{
    // The counter passes through an empty asm statement, so that the loop stays.
    for (long long i = 0; i < n; i++)
        __asm__ volatile("" : "+r"(i));
}

static void get_pid(long long n)
{
    for (; n; n--)
        if (getpid() <= 0)
            fail("getpid");
}

static void pread_byte(long long n)
{
    char c;
    for (; n; n--)
        if (pread(File, &c, 1, 100) != 1)
            fail("pread");
}

static void pwrite_byte(long long n)
{
    char c = 'x';
    for (; n; n--)
        if (pwrite(File, &c, 1, 100) != 1)
            fail("pwrite");
}

static void read_page(long long n)
{
    static char page[4096];
    for (; n; n--)
        if (pread(File, page, sizeof page, 0) != sizeof page)
            fail("pread of a page");
}

static void write_null(long long n)
{
    char c = 'x';
    for (; n; n--)
        if (write(Null, &c, 1) != 1)
            fail("write to /dev/null");
}

static void open_close(long long n)
{
    for (; n; n--) {
        int fd = open(Path, O_RDONLY);
        if (fd < 0)
            fail(Path);
        close(fd);
    }
}

static void stat_path(long long n)
{
    struct stat st;
    for (; n; n--)
        if (stat(Path, &st) < 0)
            fail(Path);
}

static void read_clock(long long n)
{
    struct timespec t;
    for (; n; n--)
        if (clock_gettime(CLOCK_MONOTONIC, &t) < 0)
            fail("clock_gettime");
}

static const struct {
    const char *name;
    void (*run)(long long n);
} Operations[] = {
    { "loop", empty_loop },      { "getpid", get_pid },       { "pread1", pread_byte },    { "pwrite1", pwrite_byte }, { "pread4096", read_page },
    { "null", write_null },      { "openclose", open_close }, { "stat", stat_path },       { "clock", read_clock },
};

static int ascending(const void *a, const void *b)
{
    long long x = *(const long long *)a, y = *(const long long *)b;
    return (x > y) - (x < y);
}

// Picoseconds per operation.
static long long measure(void (*run)(long long))
{
    long long n = 1000, elapsed = 0, results[Measurements];
    // A just-in-time compiler takes its time to see what is worth its best.
    for (long long begin = now(); elapsed < Least || now() - begin < WarmUp;) {
        long long start = now();
        run(n);
        elapsed = now() - start;
        if (elapsed < Least)
            n *= 2;
    }
    for (int i = 0; i < Measurements; i++) {
        long long start = now();
        run(n);
        elapsed = now() - start;
        results[i] = elapsed * 1000 / n;
    }
    qsort(results, Measurements, sizeof *results, ascending);
    return results[Measurements / 2];
}

static void prepare(const char *folder)
{
    char page[4096];
    snprintf(Path, sizeof Path, "%s/linuxwasm-benchmark.%d", folder, (int)getpid());
    memset(page, 'y', sizeof page);
    File = open(Path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (File < 0 || write(File, page, sizeof page) != sizeof page)
        fail(Path);
    Null = open("/dev/null", O_WRONLY);
    if (Null < 0)
        fail("/dev/null");
}

int main(int argc, char **argv)
{
    prepare(argc > 1 ? argv[1] : "/tmp");
    for (size_t i = 0; i < sizeof Operations / sizeof *Operations; i++) {
        long long ps = measure(Operations[i].run);
        printf("%s %lld.%03lld\n", Operations[i].name, ps / 1000, ps % 1000);
    }
    unlink(Path);
    return 0;
}
