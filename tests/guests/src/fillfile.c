// fillfile PATH [MIB]: writes until the file system or a limit refuses, or up to a bound.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    static char block[1 << 16];
    if (argc < 2) {
        fprintf(stderr, "usage: fillfile PATH [MIB]\n");
        return 2;
    }
    long long most = argc > 2 ? (long long)atoi(argv[2]) << 20 : -1, written = 0;
    int fd = open(argv[1], O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0) {
        perror(argv[1]);
        return 1;
    }
    memset(block, 'x', sizeof block);
    while (most < 0 || written < most) {
        ssize_t n = write(fd, block, sizeof block);
        if (n < 0) {
            printf("refused: %s\n", strerror(errno));
            return 1;
        }
        written += n;
    }
    printf("wrote %lld bytes\n", written);
    return 0;
}
