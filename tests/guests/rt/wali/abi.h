// ABI B: one typed import per call, by its x86-64 name. C's long is 32 bits here, so what WALI calls long is long long.
#pragma once

#include <dirent.h>
#include <signal.h>
#include <sys/types.h>
#include <time.h>

#define WALI(type, name) __attribute__((import_module("wali"), import_name(#name))) type wali_##name
#define CALL_IMPORT(name) __attribute__((import_module("wali"), import_name("SYS_" #name))) long long wali_SYS_##name
#define SYS(name, ...) wali_SYS_##name(__VA_ARGS__)

long long __result(long long r);

struct kitimerval;
struct kstat;
struct ksigaction;
struct utsname;

WALI(int, __init)(void);
WALI(int, __deinit)(void);
WALI(void, __proc_exit)(int status) __attribute__((noreturn));
WALI(unsigned, __cl_get_argc)(void);
WALI(unsigned, __cl_get_argv_len)(unsigned index);
WALI(int, __cl_copy_argv)(char *to, unsigned index);
WALI(int, __get_init_envfile)(char *path, unsigned size);
WALI(int, __wasm_thread_spawn)(void (*start)(int, void *), void *arg);

CALL_IMPORT(read)(int fd, void *buf, size_t n);
CALL_IMPORT(write)(int fd, const void *buf, size_t n);
CALL_IMPORT(open)(const char *path, int flags, mode_t mode);
CALL_IMPORT(close)(int fd);
CALL_IMPORT(stat)(const char *path, struct kstat *st);
CALL_IMPORT(fstat)(int fd, struct kstat *st);
CALL_IMPORT(lstat)(const char *path, struct kstat *st);
CALL_IMPORT(newfstatat)(int dirfd, const char *path, struct kstat *st, int flags);
CALL_IMPORT(lseek)(int fd, off_t offset, int whence);
CALL_IMPORT(mmap)(void *address, size_t length, int protection, int flags, int fd, off_t offset);
CALL_IMPORT(munmap)(void *address, size_t length);
CALL_IMPORT(rt_sigaction)(int signal, const struct ksigaction *act, struct ksigaction *old, size_t size);
CALL_IMPORT(rt_sigprocmask)(int how, const sigset_t *set, sigset_t *old, size_t size);
CALL_IMPORT(rt_sigpending)(sigset_t *set, size_t size);
CALL_IMPORT(rt_sigsuspend)(const sigset_t *mask, size_t size);
CALL_IMPORT(ioctl)(int fd, int request, char *argument);
CALL_IMPORT(pread64)(int fd, void *buf, size_t n, off_t offset);
CALL_IMPORT(pwrite64)(int fd, const void *buf, size_t n, off_t offset);
CALL_IMPORT(access)(const char *path, int mode);
CALL_IMPORT(pipe)(int *fds);
CALL_IMPORT(pipe2)(int *fds, int flags);
CALL_IMPORT(dup)(int fd);
CALL_IMPORT(dup2)(int fd, int to);
CALL_IMPORT(setitimer)(int which, const struct kitimerval *value, struct kitimerval *old);
CALL_IMPORT(getpid)(void);
CALL_IMPORT(getppid)(void);
CALL_IMPORT(gettid)(void);
CALL_IMPORT(fork)(void);
CALL_IMPORT(vfork)(void);
CALL_IMPORT(execve)(const char *path, char *const argv[], char *const envp[]);
CALL_IMPORT(wait4)(pid_t pid, int *status, int options, void *rusage);
CALL_IMPORT(kill)(pid_t pid, int signal);
CALL_IMPORT(uname)(struct utsname *name);
CALL_IMPORT(fcntl)(int fd, int command, unsigned long long argument);
CALL_IMPORT(fsync)(int fd);
CALL_IMPORT(ftruncate)(int fd, off_t length);
CALL_IMPORT(getcwd)(char *buf, size_t n);
CALL_IMPORT(chdir)(const char *path);
CALL_IMPORT(rename)(const char *from, const char *to);
CALL_IMPORT(mkdir)(const char *path, mode_t mode);
CALL_IMPORT(rmdir)(const char *path);
CALL_IMPORT(link)(const char *from, const char *to);
CALL_IMPORT(unlink)(const char *path);
CALL_IMPORT(symlink)(const char *target, const char *path);
CALL_IMPORT(readlink)(const char *path, char *buf, size_t n);
CALL_IMPORT(chmod)(const char *path, mode_t mode);
CALL_IMPORT(fchmod)(int fd, mode_t mode);
CALL_IMPORT(umask)(mode_t mask);
CALL_IMPORT(getuid)(void);
CALL_IMPORT(geteuid)(void);
CALL_IMPORT(getgid)(void);
CALL_IMPORT(getegid)(void);
CALL_IMPORT(futex)(int *word, int operation, int value, const struct timespec *timeout, int *word2, int value3);
CALL_IMPORT(getdents64)(int fd, struct dirent *buf, int n);
CALL_IMPORT(clock_gettime)(clockid_t clock, struct timespec *ts);
CALL_IMPORT(clock_nanosleep)(clockid_t clock, int flags, const struct timespec *request, struct timespec *remain);
CALL_IMPORT(exit)(int status);
CALL_IMPORT(openat)(int dirfd, const char *path, int flags, mode_t mode);
CALL_IMPORT(utimensat)(int dirfd, const char *path, const struct timespec *times, int flags);
