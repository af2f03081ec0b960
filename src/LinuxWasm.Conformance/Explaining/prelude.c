#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- what every case's program begins with --------------------------------------------------------------------------------- */

/* Old names of the machine, which cases may call their buffers. */
#undef unix
#undef linux
#undef i386

/* No case needs all of it. */
#pragma GCC diagnostic ignored "-Wunused-function"

/* Shared by all processes: whose turn it is, how much was wrong, and the values that steps keep for later ones. */
static struct { volatile int turn, wrong, steps; volatile long long kept[64]; } *shared;

/* The signals that this task has handled since its last step. */
static __thread volatile int handled[64], handled_count;
static void handler(int signal) { if (handled_count < 64) handled[handled_count++] = signal; }
void restorer(void), rt_restorer(void);
#ifdef __x86_64__
__asm__("restorer: rt_restorer: mov $15, %eax; syscall");
#else
__asm__("restorer: pop %eax; mov $119, %eax; int $0x80; rt_restorer: mov $173, %eax; int $0x80");
#endif

static void die(const char *what) { perror(what); exit(3); }
static void must(int failed, const char *what) { if (failed) die(what); }

/* Tasks take turns. Who waits for a call that sleeps looks again and again; a short while more, and the sleeper sleeps. */
static void turn(int n) { while (shared->turn != n) usleep(500); }
static void next(int n) { shared->turn = n + 1; }
static void let_sleep(void) { usleep(60000); }
static void stay(void) { for (;;) pause(); }

/* A call's result as Linux's own return value: negative for an error. */
static long call(long nr, long a, long b, long c, long d, long e, long f)
{
    long result = syscall(nr, a, b, c, d, e, f);
    return result == -1 ? -errno : result;
}

static void wrong(const char *what) { printf("    WRONG: %s\n", what); shared->wrong++; }
static void check(int holds, const char *what) { if (!holds) wrong(what); }

static void told(const char *step, long result, int right, const char *expected)
{
    shared->steps++;
    if (result < 0 && result > -4096) printf("%s = -%d (%s)\n", step, (int)-result, strerror((int)-result)); else printf("%s = %ld\n", step, result);
    if (!right) wrong(expected);
}

static void handlers_ran(int count, const int *signals)
{
    int same = count == handled_count;
    for (int i = 0; same && i < count; i++) same = handled[i] == signals[i];
    if (!same) wrong("other signals were handled than expected");
    handled_count = 0;
}

/* Writes the task's own memory, or answers as a call does that meets none. */
static long poke(long at, const void *bytes, size_t length)
{
    struct iovec from = { (void *)bytes, length }, to = { (void *)at, length };
    return process_vm_writev(getpid(), &from, 1, &to, 1, 0) == (ssize_t)length ? 0 : -EFAULT;
}

static int failed(long result) { return result < 0 && result > -4096; }

/* A number in memory, as the kernel lays it out. */
static long long number(const void *at, int size, int is_signed)
{
    uint64_t value = 0;
    memcpy(&value, at, size);
    if (is_signed && size < 8 && value >> (8 * size - 1)) value -= 1ull << (8 * size);
    return (long long)value;
}

/* Text in a field of a certain size ends at its NUL. */
static int is_text(const void *field, size_t size, const char *text, size_t length)
{
    return length <= size && memcmp(field, text, length) == 0 && (length == size || ((const char *)field)[length] == 0);
}

static void *at_end_of_memory(size_t size)
{
    size_t pages = (size + 4095) / 4096 * 4096;
    char *memory = mmap(NULL, pages + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    must(memory == MAP_FAILED || mprotect(memory + pages, 4096, PROT_NONE), "memory");
    memset(memory, 0xa5, pages);
    return memory + pages - size;
}

static void file(const char *path, const char *content, size_t length, long long size)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_LARGEFILE, 0644);
    must(fd < 0 || write(fd, content, length) != (ssize_t)length || (size >= 0 && ftruncate64(fd, size)), path);
    close(fd);
}

static void times(const char *path, long seconds)
{
    struct timespec both[2] = { { seconds, 0 }, { seconds, 0 } };
    must(utimensat(AT_FDCWD, path, both, AT_SYMLINK_NOFOLLOW), path);
}

static void limit(int resource, unsigned long long soft, unsigned long long hard)
{
    unsigned long long both[2] = { soft, hard };
    must(syscall(SYS_prlimit64, 0, resource, both, NULL), "prlimit64");
}

static void capabilities(unsigned long long set)
{
    struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
    struct __user_cap_data_struct data[2] = { { (unsigned)set, (unsigned)set, 0 }, { (unsigned)(set >> 32), (unsigned)(set >> 32), 0 } };
    must(syscall(SYS_capset, &header, data), "capset");
}

#ifdef __x86_64__
#define SYS_SETRESUID SYS_setresuid
#define SYS_SETRESGID SYS_setresgid
#define SYS_SETGROUPS SYS_setgroups
#else
#define SYS_SETGROUPS SYS_setgroups32
#define SYS_SETRESUID SYS_setresuid32
#define SYS_SETRESGID SYS_setresgid32
#endif
static void become(long uid, long gid)
{
    if (gid) must(syscall(SYS_SETRESGID, gid, gid, gid), "setresgid");
    if (uid) must(syscall(SYS_SETRESUID, uid, uid, uid), "setresuid");
    prctl(PR_SET_DUMPABLE, 1);
}

static void write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY);
    must(fd < 0 || write(fd, text, strlen(text)) < 0, path);
    close(fd);
}

/* A new network has one interface, and that is down. */
static void raise_loopback(void)
{
    struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (fd >= 0) ioctl(fd, SIOCSIFFLAGS, &lo), close(fd);
}

/* Namespaces of the program's own, in which it is root over nothing of the machine's, and an empty tree with /dev, /proc and /t.
   Root outside lends it a range of ids that belong to nobody; an ordinary user has only his own to lend. */
static void go_apart(void)
{
    int is_root = geteuid() == 0, ready[2], mapped[2];
    char byte, path[64], map[64];
    must(pipe(ready) || pipe(mapped), "pipe");
    unsigned uid = geteuid(), gid = getegid();
    pid_t inside = fork();
    must(inside < 0, "fork");
    if (inside) {
        int status;
        alarm(60);      /* a case that hangs ends with this process, and so does everything in it */
        must(read(ready[0], &byte, 1) != 1, "no user namespaces here");
        const char *files[] = { "uid_map", "gid_map" };
        for (int i = 0; i < 2; i++) {
            if (i == 1 && !is_root) { snprintf(path, sizeof path, "/proc/%d/setgroups", inside); write_file(path, "deny"); }
            snprintf(path, sizeof path, "/proc/%d/%s", inside, files[i]);
            if (is_root) snprintf(map, sizeof map, "0 1879048192 65536"); else snprintf(map, sizeof map, "0 %u 1", i ? gid : uid);
            write_file(path, map);
        }
        must(write(mapped[1], "x", 1) != 1, "pipe");
        waitpid(inside, &status, 0);
        exit(WIFEXITED(status) ? WEXITSTATUS(status) : 3);
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (is_root) must(setgroups(0, NULL) || syscall(SYS_SETRESGID, 1879048192, 1879048192, 1879048192) || syscall(SYS_SETRESUID, 1879048192, 1879048192, 1879048192), "become nobody");
    prctl(PR_SET_DUMPABLE, 1);
    must(unshare(CLONE_NEWUSER), "unshare");
    must(write(ready[1], "x", 1) != 1 || read(mapped[0], &byte, 1) != 1, "pipe");
    must(syscall(SYS_SETRESGID, 0, 0, 0) || syscall(SYS_SETRESUID, 0, 0, 0), "become root inside");
    must(unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP), "unshare");
    pid_t first = fork();
    must(first < 0, "fork");
    if (first) {
        int status;
        close(ready[1]), close(mapped[0]);
        waitpid(first, &status, 0);
        exit(WIFEXITED(status) ? WEXITSTATUS(status) : 3);
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setsid();

    must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) || mount("tmpfs", "/tmp", "tmpfs", 0, "size=64m,mode=755"), "mount");
    umask(0);
    mkdir("/tmp/dev", 0755), mkdir("/tmp/proc", 0755), mkdir("/tmp/t", 0755), mkdir("/tmp/tmp", 01777), mkdir("/tmp/old", 0755);
    const char *devices[] = { "null", "zero", "full", "random", "urandom", "tty" };
    for (int i = 0; i < 6; i++) {
        char to[64];
        snprintf(path, sizeof path, "/dev/%s", devices[i]), snprintf(to, sizeof to, "/tmp/dev/%s", devices[i]);
        must(mknod(to, S_IFREG | 0666, 0) || mount(path, to, NULL, MS_BIND, NULL), to);
    }
    mkdir("/tmp/dev/pts", 0755), mkdir("/tmp/dev/shm", 01777);
    must(mount("devpts", "/tmp/dev/pts", "devpts", 0, "newinstance,ptmxmode=0666,mode=0620") || symlink("pts/ptmx", "/tmp/dev/ptmx"), "devpts");
    mount("proc", "/tmp/proc", "proc", 0, NULL);
    must(syscall(SYS_pivot_root, "/tmp", "/tmp/old") || chdir("/") || umount2("/old", MNT_DETACH) || rmdir("/old"), "pivot_root");
    umask(022);
    raise_loopback();
    must(sethostname("linuxwasm", 9) || setdomainname("(none)", 6), "sethostname");
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    must(shared == MAP_FAILED, "mmap");
}

/* A step that its task does not come back from. */
static void leaves(const char *step) { shared->steps++; printf("%s = ?\n", step); }

static void end_number(const char *path, const char *what, long long low, long long high)
{
    struct stat64 st;
    must(lstat64(path, &st), path);
    long long value = !strcmp(what, "type") ? st.st_mode & S_IFMT : !strcmp(what, "mode") ? st.st_mode & 07777 : !strcmp(what, "size") ? st.st_size
        : !strcmp(what, "nlink") ? (long long)st.st_nlink : !strcmp(what, "uid") ? st.st_uid : !strcmp(what, "gid") ? st.st_gid
        : !strcmp(what, "mtime") ? st.st_mtime : st.st_atime;
    if (value < low || value > high) printf("%s of %s is %lld\n", what, path, value), wrong("the end is another");
}

static void end_text(const char *path, int is_link, const char *text, size_t length)
{
    static char found[1 << 20];
    int fd = is_link ? -1 : open(path, O_RDONLY);
    ssize_t n = is_link ? readlink(path, found, sizeof found) : read(fd, found, sizeof found);
    if (n != (ssize_t)length || memcmp(found, text, length)) printf("%s has other contents\n", path), wrong("the end is another");
    if (fd >= 0) close(fd);
}

/* A process of the case: descriptors 0 to 2 are /dev/null, what it prints goes where no step meets it. */
static void begin(void)
{
    int out = fcntl(1, F_DUPFD_CLOEXEC, 900);
    stdout = fdopen(out, "w");
    setvbuf(stdout, NULL, _IONBF, 0);
    close_range(3, 899, 0);
    int null = open("/dev/null", O_RDWR);
    dup2(null, 0), dup2(null, 1), dup2(null, 2), close(null);
    must(chdir("/t"), "/t");
}

/* --- the case ---------------------------------------------------------------------------------------------------------------- */
