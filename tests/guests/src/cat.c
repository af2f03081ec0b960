// cat [FILE...]: "-" or nothing is standard input.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int copy(int fd)
{
    static char buf[65536];
    for (ssize_t n; (n = read(fd, buf, sizeof buf)) != 0;) {
        if (n < 0)
            return -1;
        for (ssize_t done = 0, m; done < n; done += m)
            if ((m = write(STDOUT_FILENO, buf + done, (size_t)(n - done))) < 0)
                return -1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    int status = 0;
    if (argc == 1 && copy(STDIN_FILENO) < 0) {
        fprintf(stderr, "cat: -: %s\n", strerror(errno));
        return 1;
    }
    for (int i = 1; i < argc; i++) {
        int fd = strcmp(argv[i], "-") ? open(argv[i], O_RDONLY) : STDIN_FILENO;
        if (fd < 0 || copy(fd) < 0) {
            fprintf(stderr, "cat: %s: %s\n", argv[i], strerror(errno));
            status = 1;
        }
        if (fd > STDIN_FILENO)
            close(fd);
    }
    return status;
}
