// wc [FILE...]: lines, words and bytes.
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

typedef struct { unsigned long long lines, words, bytes; } counts;

static int count(int fd, counts *c)
{
    static char buf[4096];
    int inside = 0;
    for (ssize_t n; (n = read(fd, buf, sizeof buf)) != 0;) {
        if (n < 0)
            return -1;
        c->bytes += (unsigned long long)n;
        for (ssize_t i = 0; i < n; i++) {
            int space = isspace((unsigned char)buf[i]) != 0;
            c->lines += buf[i] == '\n';
            c->words += !space && !inside;
            inside = !space;
        }
    }
    return 0;
}

static void show(const counts *c, const char *name)
{
    printf("%7llu %7llu %7llu%s%s\n", c->lines, c->words, c->bytes, *name ? " " : "", name);
}

int main(int argc, char **argv)
{
    counts total = { 0, 0, 0 };
    int status = 0;
    if (argc == 1) {
        status = count(STDIN_FILENO, &total) < 0;
        show(&total, "");
        return status;
    }
    for (int i = 1; i < argc; i++) {
        counts c = { 0, 0, 0 };
        int fd = open(argv[i], O_RDONLY);
        if (fd < 0 || count(fd, &c) < 0) {
            fflush(stdout);
            fprintf(stderr, "wc: %s: %s\n", argv[i], strerror(errno));
            status = 1;
        } else {
            show(&c, argv[i]);
        }
        if (fd >= 0)
            close(fd);
        total.lines += c.lines;
        total.words += c.words;
        total.bytes += c.bytes;
    }
    if (argc > 2)
        show(&total, "total");
    return status;
}
