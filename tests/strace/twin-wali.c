/* What WALI's C runtime (tests/guests/rt) takes from WebAssembly or from its engine, for a process of Linux x86-64: so the same program, with the
   same runtime, makes the same calls natively. It is compiled as x32, whose pointers and longs have 32 bits as WebAssembly's have, and its file is then
   made one of x86-64 (objcopy): it needs no kernel that runs x32, but everything that it points to has to lie below 4 GiB, stacks too. */

#include "abi.h"
#include <string.h>

typedef unsigned long long word;

enum { ArchSetFs = 0x1002, SaRestorer = 0x04000000, StorageRoom = 64 };

static word call(word nr, word a, word b, word c, word d, word e, word f)
{
    word result;
    register word r10 __asm__("r10") = d;
    register word r8 __asm__("r8") = e;
    register word r9 __asm__("r9") = f;
    __asm__ volatile("syscall" : "=a"(result) : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
    return result;
}

#define CALL0(name, nr) long long wali_SYS_##name(void) { return call(nr, 0, 0, 0, 0, 0, 0); }
#define CALL1(name, nr, A) long long wali_SYS_##name(A a) { return call(nr, (word)a, 0, 0, 0, 0, 0); }
#define CALL2(name, nr, A, B) long long wali_SYS_##name(A a, B b) { return call(nr, (word)a, (word)b, 0, 0, 0, 0); }
#define CALL3(name, nr, A, B, C) long long wali_SYS_##name(A a, B b, C c) { return call(nr, (word)a, (word)b, (word)c, 0, 0, 0); }
#define CALL4(name, nr, A, B, C, D) long long wali_SYS_##name(A a, B b, C c, D d) { return call(nr, (word)a, (word)b, (word)c, (word)d, 0, 0); }

CALL3(read, 0, int, void *, size_t)
CALL3(write, 1, int, const void *, size_t)
CALL3(open, 2, const char *, int, mode_t)
CALL1(close, 3, int)
CALL2(stat, 4, const char *, struct kstat *)
CALL2(fstat, 5, int, struct kstat *)
CALL2(lstat, 6, const char *, struct kstat *)
CALL3(lseek, 8, int, off_t, int)
CALL2(munmap, 11, void *, size_t)
CALL4(rt_sigprocmask, 14, int, const sigset_t *, sigset_t *, size_t)
CALL3(ioctl, 16, int, int, char *)
CALL4(pread64, 17, int, void *, size_t, off_t)
CALL4(pwrite64, 18, int, const void *, size_t, off_t)
CALL2(access, 21, const char *, int)
CALL1(pipe, 22, int *)
CALL1(dup, 32, int)
CALL2(dup2, 33, int, int)
CALL3(setitimer, 38, int, const struct kitimerval *, struct kitimerval *)
CALL0(getpid, 39)
CALL0(fork, 57)
CALL1(exit, 60, int)
CALL4(wait4, 61, pid_t, int *, int, void *)
CALL2(kill, 62, pid_t, int)
CALL1(uname, 63, struct utsname *)
CALL3(fcntl, 72, int, int, unsigned long long)
CALL1(fsync, 74, int)
CALL2(ftruncate, 77, int, off_t)
CALL2(getcwd, 79, char *, size_t)
CALL1(chdir, 80, const char *)
CALL2(rename, 82, const char *, const char *)
CALL2(mkdir, 83, const char *, mode_t)
CALL1(rmdir, 84, const char *)
CALL2(link, 86, const char *, const char *)
CALL1(unlink, 87, const char *)
CALL2(symlink, 88, const char *, const char *)
CALL3(readlink, 89, const char *, char *, size_t)
CALL2(chmod, 90, const char *, mode_t)
CALL2(fchmod, 91, int, mode_t)
CALL1(umask, 95, mode_t)
CALL0(getuid, 102)
CALL0(getgid, 104)
CALL0(geteuid, 107)
CALL0(getegid, 108)
CALL0(getppid, 110)
CALL2(rt_sigpending, 127, sigset_t *, size_t)
CALL2(rt_sigsuspend, 130, const sigset_t *, size_t)
CALL0(gettid, 186)
CALL3(getdents64, 217, int, struct dirent *, int)
CALL2(clock_gettime, 228, clockid_t, struct timespec *)
CALL4(clock_nanosleep, 230, clockid_t, int, const struct timespec *, struct timespec *)
CALL4(openat, 257, int, const char *, int, mode_t)
CALL4(newfstatat, 262, int, const char *, struct kstat *, int)
CALL4(utimensat, 280, int, const char *, const struct timespec *, int)
CALL2(pipe2, 293, int *, int)

long long wali_SYS_futex(int *at, int operation, int value, const struct timespec *timeout, int *second, int value3)
{
    return call(202, (word)at, operation, (unsigned)value, (word)timeout, (word)second, (unsigned)value3);
}

long long wali_SYS_mmap(void *address, size_t length, int protection, int flags, int fd, off_t offset)
{
    // Below 4 GiB, and each mapping behind the one before, as in a guest's memory: else malloc would ask for more of them.
    static unsigned next = 0x50000000;
    word wanted = address ? (word)address : __atomic_fetch_add(&next, (length + 4095) & -4096, __ATOMIC_RELAXED);
    return call(9, wanted, length, protection, flags, fd, offset);
}

void __return_from_handler(void);
__asm__(".globl __return_from_handler\n__return_from_handler:\n\tmovl $15, %eax\n\tsyscall\n");

struct action {
    word handler, flags, restorer, mask;
};

struct __attribute__((packed)) ksigaction {
    unsigned handler;
    word flags;
    unsigned restorer;
    word mask;
};

long long wali_SYS_rt_sigaction(int signal, const struct ksigaction *act, struct ksigaction *old, size_t size)
{
    struct action new_k, old_k;
    if (act)
        new_k = (struct action){ act->handler == (unsigned)-2 ? 1 : act->handler, act->flags | SaRestorer, (word)__return_from_handler, act->mask };
    long long result = call(13, signal, act ? (word)&new_k : 0, old ? (word)&old_k : 0, size, 0, 0);
    if (result == 0 && old)
        *old = (struct ksigaction){ old_k.handler == 1 ? (unsigned)-2 : (unsigned)old_k.handler, old_k.flags & ~(word)SaRestorer, 0, old_k.mask };
    return result;
}

/* The kernel's own arrays of pointers have 64 bits; one that can't be read is left to it. */
static unsigned count(char *const strings[])
{
    unsigned n = 0;
    while (strings[n])
        n++;
    return n;
}

#define IS_READABLE(strings) ((strings) && (unsigned)(strings) < 0xfffff000)

long long wali_SYS_execve(const char *path, char *const argv[], char *const envp[])
{
    unsigned arguments = IS_READABLE(argv) ? count(argv) : 0, variables = IS_READABLE(envp) ? count(envp) : 0;
    word wide_arguments[arguments + 1], wide_variables[variables + 1];
    for (unsigned i = 0; i < arguments; i++)
        wide_arguments[i] = (word)argv[i];
    for (unsigned i = 0; i < variables; i++)
        wide_variables[i] = (word)envp[i];
    wide_arguments[arguments] = wide_variables[variables] = 0;
    return call(59, (word)path, IS_READABLE(argv) ? (word)wide_arguments : (word)argv, IS_READABLE(envp) ? (word)wide_variables : (word)envp, 0, 0, 0);
}

/* The child returns from it first, on its parent's stack, which it would spoil from C. */
CALL0(vfork, 58)
__asm__(".globl vfork\nvfork:\n\tpopq %rdx\n\tmovl $58, %eax\n\tsyscall\n\tpushq %rdx\n\tret\n");

int wali___init(void) { return 0; }
int wali___deinit(void) { return 0; }

void wali___proc_exit(int status)
{
    call(231, status, 0, 0, 0, 0, 0);
    __builtin_trap();
}

/* What lies above 4 GiB no pointer of this program reaches: it is read by its address. */
static unsigned char byte_at(word address)
{
    unsigned char byte;
    __asm__ volatile("movb (%1), %0" : "=q"(byte) : "r"(address));
    return byte;
}

static word word_at(word address)
{
    word value;
    __asm__ volatile("movq (%1), %0" : "=r"(value) : "r"(address));
    return value;
}

/* argc, and the arguments' addresses. */
static word InitialStack;

unsigned wali___cl_get_argc(void) { return (unsigned)word_at(InitialStack); }

unsigned wali___cl_get_argv_len(unsigned index)
{
    unsigned length = 0;
    while (byte_at(word_at(InitialStack + 8 * (index + 1)) + length))
        length++;
    return length;
}

int wali___cl_copy_argv(char *to, unsigned index)
{
    word from = word_at(InitialStack + 8 * (index + 1));
    while ((*to++ = byte_at(from++)))
        ;
    return 0;
}

/* The environment is handed over in a file, if there is one at all: here at a descriptor that no guest looks at. */
static int HasEnvironment;

static void keep_environment(void)
{
    word variable = InitialStack + 8 * (wali___cl_get_argc() + 2);
    HasEnvironment = word_at(variable) != 0;
    if (!HasEnvironment)
        return;
    int fd = call(319, (word)"environment", 0, 0, 0, 0, 0);
    for (; word_at(variable); variable += 8) {
        word from = word_at(variable), length = 0;
        while (byte_at(from + length))
            length++;
        call(1, fd, from, length, 0, 0, 0);
        call(1, fd, (word)"\n", 1, 0, 0, 0);
    }
    call(33, fd, 1000, 0, 0, 0, 0);
    call(72, 1000, 2, 1, 0, 0, 0);
    call(3, fd, 0, 0, 0, 0, 0);
}

int wali___get_init_envfile(char *path, unsigned size)
{
    if (HasEnvironment)
        memcpy(path, "/proc/self/fd/1000", 19);
    return HasEnvironment;
}

/* Thread-local storage: the linker puts it below the thread pointer, which points to itself. This variable is the first in it, as this file is the first
   that is linked. */
__attribute__((used)) _Thread_local int First = 1;
extern char __tdata_start[];

static void begin_storage(char *pointer)
{
    int offset;
    __asm__("movl $First@tpoff, %0" : "=r"(offset));
    for (int i = 0; i < -offset; i++)
        pointer[offset + i] = __tdata_start[i];
    *(word *)pointer = (word)pointer;
}

void __thread_main(int tid, void *thread);
void __thread_start(int tid, void *thread) { __thread_main(tid, thread); }

/* VM, FS, FILES, SIGHAND, THREAD, SYSVSEM, SETTLS. */
enum { ThreadFlags = 0x100 | 0x200 | 0x400 | 0x800 | 0x10000 | 0x40000 | 0x80000 };

int __clone_thread(word flags, word stack, word parent, word child, word storage, word thread);
__asm__("__clone_thread:\n"
        "\tmovq %rcx, %r10\n"
        "\tmovl $56, %eax\n"
        "\tsyscall\n"
        "\ttestl %eax, %eax\n"
        "\tjz 1f\n"
        "\tret\n"
        "1:\txorl %edi, %edi\n"
        "\tmovl %r9d, %esi\n"
        "\tcall __thread_main\n"
        "\thlt\n");

int wali___wasm_thread_spawn(void (*start)(int, void *), void *arg)
{
    char *const *words = arg;
    char *pointer = words[1] + StorageRoom;
    begin_storage(pointer);
    return __clone_thread(ThreadFlags, (word)words[0], 0, 0, (word)pointer, (word)arg);
}

/* A stack of 8 MiB, whose lowest page is taken away again: who overflows it meets nothing there. */
__asm__(".globl __entry\n"
        "__entry:\n"
        "\tmovq %rsp, %r12\n"
        "\tmovl $9, %eax\n"
        "\txorl %edi, %edi\n"
        "\tmovl $0x800000, %esi\n"
        "\tmovl $3, %edx\n"
        "\tmovl $0x62, %r10d\n"
        "\tmovq $-1, %r8\n"
        "\txorl %r9d, %r9d\n"
        "\tsyscall\n"
        "\tleaq 0x800000(%rax), %rsp\n"
        "\tmovq %rax, %rdi\n"
        "\tmovl $4096, %esi\n"
        "\tmovl $11, %eax\n"
        "\tsyscall\n"
        "\tmovq %r12, %rdi\n"
        "\tcall __begin\n");

void _start(void);

/* sched_yield, which no guest calls, says that what is the twin's own is done. */
void __begin(word initial)
{
    static char storage[2 * StorageRoom] __attribute__((aligned(16)));
    InitialStack = initial;
    begin_storage(storage + StorageRoom);
    call(158, ArchSetFs, (word)(storage + StorageRoom), 0, 0, 0, 0);
    keep_environment();
    call(24, 0, 0, 0, 0, 0, 0);
    _start();
}

/* rbx, rbp, r12 to r15, rsp, rip; whether the mask is kept, and the mask. */
void __keep_mask(unsigned char *env, int save)
{
    *(int *)(env + 64) = save;
    if (save)
        call(14, 2, 0, (word)(env + 72), 8, 0, 0);
}

void __restore_mask(unsigned char *env)
{
    if (*(int *)(env + 64))
        call(14, 2, (word)(env + 72), 0, 8, 0, 0);
}

__asm__(".globl setjmp, sigsetjmp, longjmp\n"
        "setjmp:\n"
        "\txorl %esi, %esi\n"
        "sigsetjmp:\n"
        "\tmovq %rbx, (%rdi)\n"
        "\tmovq %rbp, 8(%rdi)\n"
        "\tmovq %r12, 16(%rdi)\n"
        "\tmovq %r13, 24(%rdi)\n"
        "\tmovq %r14, 32(%rdi)\n"
        "\tmovq %r15, 40(%rdi)\n"
        "\tleaq 8(%rsp), %rax\n"
        "\tmovq %rax, 48(%rdi)\n"
        "\tmovq (%rsp), %rax\n"
        "\tmovq %rax, 56(%rdi)\n"
        "\tsubq $8, %rsp\n"
        "\tcall __keep_mask\n"
        "\taddq $8, %rsp\n"
        "\txorl %eax, %eax\n"
        "\tret\n"
        "longjmp:\n"
        "\tpushq %rdi\n"
        "\tpushq %rsi\n"
        "\tsubq $8, %rsp\n"
        "\tcall __restore_mask\n"
        "\taddq $8, %rsp\n"
        "\tpopq %rax\n"
        "\tpopq %rdi\n"
        "\ttestl %eax, %eax\n"
        "\tjnz 1f\n"
        "\tincl %eax\n"
        "1:\tmovq (%rdi), %rbx\n"
        "\tmovq 8(%rdi), %rbp\n"
        "\tmovq 16(%rdi), %r12\n"
        "\tmovq 24(%rdi), %r13\n"
        "\tmovq 32(%rdi), %r14\n"
        "\tmovq 40(%rdi), %r15\n"
        "\tmovq 48(%rdi), %rsp\n"
        "\tjmp *56(%rdi)\n");

double sqrt(double x)
{
    __asm__("sqrtsd %0, %0" : "+x"(x));
    return x;
}

/* WebAssembly has instructions for these, so that the runtime's own are nothing but them. */
void *memcpy(void *to, const void *from, size_t n)
{
    word target = (word)to, source = (word)from, left = n;
    __asm__ volatile("rep movsb" : "+D"(target), "+S"(source), "+c"(left) : : "memory");
    return to;
}

void *memmove(void *to, const void *from, size_t n)
{
    char *end = (char *)to + n;
    const char *source = (const char *)from + n;
    if ((const char *)to <= (const char *)from)
        return memcpy(to, from, n);
    while (n--)
        *--end = *--source;
    return to;
}

void *memset(void *to, int value, size_t n)
{
    word target = (word)to, left = n;
    __asm__ volatile("rep stosb" : "+D"(target), "+c"(left) : "a"(value) : "memory");
    return to;
}
