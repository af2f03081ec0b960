/* Files and directories: what is there already (config, the folder d with b and a link) and what it makes of it. */
#include "calls.h"

static char buffer[4096];
static struct stat status;
static const struct __kernel_timespec times[2] = { { 1000000000, 5 }, { 1000000001, 7 } };

int run(void)
{
    long fd = call(openat, AT_FDCWD, "config", O_RDONLY | O_CLOEXEC);
    call(fstat, fd, &status);
    call(read, fd, buffer, 7);
    call(lseek, fd, -3, 2);
    call(read, fd, buffer, sizeof buffer);
    call(read, fd, buffer, sizeof buffer);
    call(close, fd);
    call(close, fd);
    call(openat, AT_FDCWD, "missing", O_RDONLY);
    call(access, "config", 4);
    call(newfstatat, AT_FDCWD, "d/link", &status, AT_SYMLINK_NOFOLLOW);
    call(newfstatat, AT_FDCWD, "d/link", &status, 0);
    call(readlink, "d/link", buffer, sizeof buffer);
    call(getcwd, buffer, sizeof buffer);

    fd = call(openat, AT_FDCWD, "d", O_RDONLY | O_DIRECTORY);
    call(getdents64, fd, buffer, sizeof buffer);
    call(getdents64, fd, buffer, sizeof buffer);
    long inner = call(openat, fd, "b", O_RDWR | O_APPEND);
    call(read, inner, buffer, sizeof buffer);
    struct iovec parts[2] = { { "one\n", 4 }, { "two\0\377\n", 6 } };
    call(writev, inner, parts, 2);
    call(pread64, inner, buffer, 100, 0);
    call(fcntl, inner, F_GETFL);
    struct flock lock = { .l_type = F_WRLCK, .l_start = 1, .l_len = 5 };
    call(fcntl, inner, F_SETLK, &lock);
    long copy = call(fcntl, inner, F_DUPFD_CLOEXEC, 10);
    call(ftruncate, copy, 3);
    call(fstat, inner, &status);
    call(close, copy);
    call(close, inner);
    call(close, fd);

    call(mkdir, "new", 0750);
    call(mkdir, "new", 0750);
    fd = call(openat, AT_FDCWD, "new/file", O_WRONLY | O_CREAT | O_EXCL, 0640);
    call(write, fd, "content\n", 8);
    call(fsync, fd);
    call(utimensat, fd, 0, times, 0);
    call(fchmod, fd, 0604);
    call(close, fd);
    call(newfstatat, AT_FDCWD, "new/file", &status, 0);
    call(link, "new/file", "new/other");
    call(rename, "new/other", "d/moved");
    call(symlink, "../new", "d/back");
    call(newfstatat, AT_FDCWD, "d/back/file", &status, 0);
    call(unlink, "d/moved");
    call(rmdir, "new");
    call(unlink, "new/file");
    call(rmdir, "new");
    call(truncate, "config", 4);
    call(chdir, "d");
    call(openat, AT_FDCWD, "../config", O_RDONLY);

    long map = call(mmap, 0, 8192, 3, 0x22, -1, 0);
    call(mprotect, map + 4096, 4096, 1);
    call(munmap, map, 8192);
    long top = call(brk, 0);
    call(brk, top + 4096);
    call(getrandom, buffer, 8, 0);
    call(clock_gettime, 0, buffer);
    return 0;
}
