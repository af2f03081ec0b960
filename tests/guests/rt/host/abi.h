// ABI A: one import, the numbers of Linux i386. Where i386 has an old 16-bit, 32-bit or 64-bit form of a call, the
// name here stands for the widest, as a C library would choose.
#pragma once

#define IMPORT(name) __attribute__((import_module("env"), import_name(#name))) name

int IMPORT(wasm_host_syscall)(int nr, int a, int b, int c, int d, int e, int f);

long long __result(long long r);

#define SYS0(n) wasm_host_syscall(NR_##n, 0, 0, 0, 0, 0, 0)
#define SYS1(n, a) wasm_host_syscall(NR_##n, (int)(a), 0, 0, 0, 0, 0)
#define SYS2(n, a, b) wasm_host_syscall(NR_##n, (int)(a), (int)(b), 0, 0, 0, 0)
#define SYS3(n, a, b, c) wasm_host_syscall(NR_##n, (int)(a), (int)(b), (int)(c), 0, 0, 0)
#define SYS4(n, a, b, c, d) wasm_host_syscall(NR_##n, (int)(a), (int)(b), (int)(c), (int)(d), 0, 0)
#define SYS5(n, a, b, c, d, e) wasm_host_syscall(NR_##n, (int)(a), (int)(b), (int)(c), (int)(d), (int)(e), 0)
#define SYS6(n, a, b, c, d, e, f) wasm_host_syscall(NR_##n, (int)(a), (int)(b), (int)(c), (int)(d), (int)(e), (int)(f))
#define PICK(n, a, b, c, d, e, f, which, ...) which
#define SYS(...) PICK(__VA_ARGS__, SYS6, SYS5, SYS4, SYS3, SYS2, SYS1, SYS0)(__VA_ARGS__)

enum {
    NR_fork = 2,
    NR_read = 3,
    NR_write = 4,
    NR_open = 5,
    NR_close = 6,
    NR_link = 9,
    NR_unlink = 10,
    NR_execve = 11,
    NR_chdir = 12,
    NR_chmod = 15,
    NR_getpid = 20,
    NR_pause = 29,
    NR_access = 33,
    NR_kill = 37,
    NR_rename = 38,
    NR_mkdir = 39,
    NR_rmdir = 40,
    NR_dup = 41,
    NR_pipe = 42,
    NR_brk = 45,
    NR_ioctl = 54,
    NR_umask = 60,
    NR_dup2 = 63,
    NR_getppid = 64,
    NR_symlink = 83,
    NR_readlink = 85,
    NR_munmap = 91,
    NR_fchmod = 94,
    NR_setitimer = 104,
    NR_wait4 = 114,
    NR_fsync = 118,
    NR_uname = 122,
    NR_llseek = 140,
    NR_rt_sigaction = 174,
    NR_rt_sigprocmask = 175,
    NR_rt_sigpending = 176,
    NR_rt_sigsuspend = 179,
    NR_pread64 = 180,
    NR_pwrite64 = 181,
    NR_getcwd = 183,
    NR_vfork = 190,
    NR_mmap2 = 192,
    NR_ftruncate64 = 194,
    NR_stat64 = 195,
    NR_lstat64 = 196,
    NR_fstat64 = 197,
    NR_getuid = 199,            // getuid32
    NR_getgid = 200,            // getgid32
    NR_geteuid = 201,           // geteuid32
    NR_getegid = 202,           // getegid32
    NR_getdents64 = 220,
    NR_fcntl = 221,             // fcntl64
    NR_gettid = 224,
    NR_exit_group = 252,
    NR_openat = 295,
    NR_fstatat64 = 300,
    NR_pipe2 = 331,
    NR_clock_gettime = 403,     // clock_gettime64
    NR_clock_nanosleep = 407,   // clock_nanosleep_time64
    NR_utimensat = 412,         // utimensat_time64
};
