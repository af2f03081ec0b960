#include "file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char StdoutBuffer[BUFSIZ];
static FILE Stdout = { .fd = STDOUT_FILENO, .mode = -1, .buf = StdoutBuffer };
static FILE Stderr = { .fd = STDERR_FILENO, .mode = Unbuffered };
FILE *const stdout = &Stdout;
FILE *const stderr = &Stderr;

static int write_all(int fd, const char *data, size_t n)
{
    while (n) {
        ssize_t done = write(fd, data, n);
        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return EOF;
        data += done;
        n -= (size_t)done;
    }
    return 0;
}

int fflush(FILE *f)
{
    if (!f)
        f = stdout;
    int result = write_all(f->fd, f->buf, (size_t)f->used);
    f->used = 0;
    return result;
}

size_t fwrite(const void *data, size_t size, size_t count, FILE *f)
{
    size_t n = size * count;
    if (f->mode < 0)
        f->mode = isatty(f->fd) ? LineBuffered : FullyBuffered;
    if (f->mode == Unbuffered)
        return write_all(f->fd, data, n) ? 0 : count;
    if (n > (size_t)BUFSIZ - (size_t)f->used && fflush(f))
        return 0;
    if (n > (size_t)BUFSIZ)
        return write_all(f->fd, data, n) ? 0 : count;
    memcpy(f->buf + f->used, data, n);
    f->used += (int)n;
    if (f->mode == LineBuffered && memchr(data, '\n', n) && fflush(f))
        return 0;
    return count;
}

int fputs(const char *s, FILE *f) { return fwrite(s, 1, strlen(s), f) || !*s ? 0 : EOF; }
int putchar(int c) { return fputc(c, stdout); }
int puts(const char *s) { return fputs(s, stdout) || putchar('\n') == EOF ? EOF : 0; }

int fputc(int c, FILE *f)
{
    char byte = (char)c;
    return fwrite(&byte, 1, 1, f) ? (unsigned char)c : EOF;
}

void perror(const char *what) { fprintf(stderr, "%s: %s\n", what, strerror(errno)); }

_Noreturn void exit(int status)
{
    fflush(stdout);
    _exit(status);
}
