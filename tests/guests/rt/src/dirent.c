#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "abi.h"

struct __dir {
    int fd;
    int used, filled;
    _Alignas(8) char buf[4096];
};

DIR *opendir(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    DIR *dir = calloc(1, sizeof *dir);
    if (!dir)
        close(fd);
    else
        dir->fd = fd;
    return dir;
}

struct dirent *readdir(DIR *dir)
{
    if (dir->used == dir->filled) {
        int n = (int)__result(SYS(getdents64, dir->fd, (struct dirent *)dir->buf, sizeof dir->buf));
        if (n <= 0)
            return 0;
        dir->used = 0;
        dir->filled = n;
    }
    struct dirent *entry = (struct dirent *)(dir->buf + dir->used);
    dir->used += entry->d_reclen;
    return entry;
}

int closedir(DIR *dir)
{
    int fd = dir->fd;
    free(dir);
    return close(fd);
}
