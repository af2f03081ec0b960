// What takes the same arguments in both ABIs. SYS is the ABI's way to make a call, by name.
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "abi.h"
#include <errno.h>

_Thread_local int errno;

long long __result(long long r)
{
    if (r >= 0 || r < -4095)
        return r;
    errno = (int)-r;
    return -1;
}

#define CALL(...) ((int)__result(SYS(__VA_ARGS__)))

ssize_t read(int fd, void *buf, size_t n) { return CALL(read, fd, buf, n); }
ssize_t write(int fd, const void *buf, size_t n) { return CALL(write, fd, buf, n); }
int close(int fd) { return CALL(close, fd); }
int fsync(int fd) { return CALL(fsync, fd); }
int dup(int fd) { return CALL(dup, fd); }
int dup2(int fd, int to) { return CALL(dup2, fd, to); }
int pipe(int fds[2]) { return CALL(pipe, fds); }
int pipe2(int fds[2], int flags) { return CALL(pipe2, fds, flags); }

int openat(int dirfd, const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;
    va_end(args);
    return CALL(openat, dirfd, path, flags, mode);
}

int open(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;
    va_end(args);
    return CALL(open, path, flags, mode);
}

int creat(const char *path, mode_t mode) { return open(path, O_CREAT | O_WRONLY | O_TRUNC, mode); }

int fcntl(int fd, int command, ...)
{
    va_list args;
    va_start(args, command);
    unsigned long argument = va_arg(args, unsigned long);
    va_end(args);
    return CALL(fcntl, fd, command, argument);
}

int isatty(int fd)
{
    enum { TCGETS = 0x5401 };
    char termios[64];
    return CALL(ioctl, fd, TCGETS, termios) == 0;
}

int access(const char *path, int mode) { return CALL(access, path, mode); }
int link(const char *from, const char *to) { return CALL(link, from, to); }
int symlink(const char *target, const char *path) { return CALL(symlink, target, path); }
ssize_t readlink(const char *path, char *buf, size_t n) { return CALL(readlink, path, buf, n); }
int unlink(const char *path) { return CALL(unlink, path); }
int rmdir(const char *path) { return CALL(rmdir, path); }
int rename(const char *from, const char *to) { return CALL(rename, from, to); }
int remove(const char *path) { return !unlink(path) ? 0 : errno == EISDIR ? rmdir(path) : -1; }
int mkdir(const char *path, mode_t mode) { return CALL(mkdir, path, mode); }
int chmod(const char *path, mode_t mode) { return CALL(chmod, path, mode); }
int fchmod(int fd, mode_t mode) { return CALL(fchmod, fd, mode); }
mode_t umask(mode_t mask) { return (mode_t)CALL(umask, mask); }
int chdir(const char *path) { return CALL(chdir, path); }
char *getcwd(char *buf, size_t n) { return CALL(getcwd, buf, n) < 0 ? 0 : buf; }

int utimensat(int dirfd, const char *path, const struct timespec times[2], int flags)
{
    return CALL(utimensat, dirfd, path, times, flags);
}

pid_t getpid(void) { return CALL(getpid); }
pid_t getppid(void) { return CALL(getppid); }
uid_t getuid(void) { return (uid_t)SYS(getuid); }
uid_t geteuid(void) { return (uid_t)SYS(geteuid); }
gid_t getgid(void) { return (gid_t)SYS(getgid); }
gid_t getegid(void) { return (gid_t)SYS(getegid); }
pid_t fork(void) { return CALL(fork); }
pid_t vfork(void) { return CALL(vfork); }
pid_t gettid(void) { return CALL(gettid); }
int execve(const char *path, char *const argv[], char *const envp[]) { return CALL(execve, path, argv, envp); }
pid_t waitpid(pid_t pid, int *status, int options) { return CALL(wait4, pid, status, options, NULL); }
pid_t wait(int *status) { return waitpid(-1, status, 0); }
int uname(struct utsname *name) { return CALL(uname, name); }

int munmap(void *address, size_t length) { return CALL(munmap, address, length); }
int clock_gettime(clockid_t clock, struct timespec *ts) { return CALL(clock_gettime, clock, ts); }
int nanosleep(const struct timespec *request, struct timespec *remain)
{
    return CALL(clock_nanosleep, CLOCK_REALTIME, 0, request, remain);
}

unsigned sleep(unsigned seconds)
{
    struct timespec left = { .tv_sec = seconds };
    return nanosleep(&left, &left) ? (unsigned)left.tv_sec : 0;
}
