/* Confinement: everything that keeps a case's calls inside. The order matters: ids first, then limits, tree, network, filter. */
#define _GNU_SOURCE
#include "agent.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct confinement confinement;

void die(const char *what)
{
    dprintf(2, "oracle agent: %s: %s\n", what, strerror(errno));
    _exit(3);
}

static void write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd >= 0) {
        if (write(fd, text, strlen(text)) < 0) { /* a setting that is only a further line of defence */ }
        close(fd);
    }
}

/* What a fresh Linux gives its first process, where that is not too much to hand to a stranger. */
static void limit(void)
{
    static const struct { int resource; rlim_t soft, hard; } limits[] = {
        { RLIMIT_AS, 1ul << 30, 1ul << 30 },
        { RLIMIT_FSIZE, 8ul << 30, 8ul << 30 },
        { RLIMIT_CPU, 600, 600 },
        { RLIMIT_NOFILE, 1024, 4096 },
        { RLIMIT_CORE, 0, RLIM_INFINITY },
        { RLIMIT_STACK, 8ul << 20, RLIM_INFINITY },
        { RLIMIT_MEMLOCK, 8ul << 20, 8ul << 20 },
        { RLIMIT_NPROC, 64, 64 },
        { RLIMIT_SIGPENDING, 1024, 1024 },
        { RLIMIT_MSGQUEUE, 819200, 819200 },
        { RLIMIT_NICE, 0, 0 },
        { RLIMIT_RTPRIO, 0, 0 },
    };
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        struct rlimit now, wanted = { limits[i].soft, limits[i].hard };
        if (getrlimit(limits[i].resource, &now) == 0) {
            if (wanted.rlim_max > now.rlim_max) wanted.rlim_max = now.rlim_max;
            if (wanted.rlim_cur > wanted.rlim_max) wanted.rlim_cur = wanted.rlim_max;
        }
        if (setrlimit(limits[i].resource, &wanted) != 0) die("setrlimit");
    }
}

static const char *const devices[] = { "null", "zero", "full", "random", "urandom", "tty" };

/* Nodes can't be made in a user namespace, so the host's are bound, read-only: their modes and times stay as they are. */
static void bind_device(const char *from, const char *to)
{
    int fd = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (fd >= 0) close(fd);
    if (mount(from, to, NULL, MS_BIND, NULL) != 0) die(to);
    mount(NULL, to, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NOEXEC, NULL);
}

/* The supervisor's own root: a tmpfs with the devices, /proc, and /case where each case mounts its tree. */
static void enter_supervisor_tree(void)
{
    char from[64], to[64];
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) die("make mounts private");
    if (mount("tmpfs", "/tmp", "tmpfs", MS_NOSUID, "size=1m,mode=755") != 0) die("mount tmpfs");
    mkdir("/tmp/dev", 0755), mkdir("/tmp/proc", 0755), mkdir("/tmp/case", 0755), mkdir("/tmp/old", 0755);
    for (size_t i = 0; i < sizeof devices / sizeof *devices; i++) {
        snprintf(from, sizeof from, "/dev/%s", devices[i]);
        snprintf(to, sizeof to, "/tmp/dev/%s", devices[i]);
        bind_device(from, to);
    }
    if (syscall(SYS_pivot_root, "/tmp", "/tmp/old") != 0) die("pivot_root");
    if (chdir("/") != 0) die("chdir");
    confinement.has_proc = mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == 0;
    if (umount2("/old", MNT_DETACH) != 0) die("umount the old root");
    rmdir("/old");
}

/* A network of the case's own: its ports are free, also of connections that an earlier case left in TIME_WAIT. */
static void raise_loopback(void)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct ifreq request = { .ifr_flags = IFF_UP | IFF_RUNNING };
    strcpy(request.ifr_name, "lo");
    if (fd >= 0) {
        ioctl(fd, SIOCSIFFLAGS, &request);
        close(fd);
    }
}

void enter_case_tree(void)
{
    char from[64], to[64];
    if (mount("tmpfs", "/case", "tmpfs", 0, "size=64m,nr_inodes=20000,mode=755") != 0) die("mount the case's tmpfs");
    static const char *const directories[] = { "/case/dev", "/case/proc", "/case/t", "/case/old", "/case/dev/pts", "/case/dev/shm", "/case/tmp" };
    umask(0);
    for (size_t i = 0; i < sizeof directories / sizeof *directories; i++) mkdir(directories[i], 0755);
    chmod("/case/tmp", 01777), chmod("/case/dev/shm", 01777);
    for (size_t i = 0; i < sizeof devices / sizeof *devices; i++) {
        snprintf(from, sizeof from, "/dev/%s", devices[i]);
        snprintf(to, sizeof to, "/case/dev/%s", devices[i]);
        bind_device(from, to);
    }
    confinement.has_devpts = mount("devpts", "/case/dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620") == 0;
    if (confinement.has_devpts && symlink("pts/ptmx", "/case/dev/ptmx") != 0) die("symlink ptmx");
    if (confinement.has_proc && mount("proc", "/case/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) != 0) die("mount /proc");
    if (syscall(SYS_pivot_root, "/case", "/case/old") != 0) die("pivot_root");
    if (chdir("/") != 0) die("chdir");
    if (umount2("/old", MNT_DETACH) != 0) die("umount the supervisor's root");
    rmdir("/old");
    raise_loopback();
    umask(022);
}

/* Calls that reach past the namespaces, by number in each table, and what they answer. Most would fail for want of a capability
   in the first user namespace anyhow; the filter makes it certain, also where a kernel has a hole. adjtimex and clock_adjtime
   stay: whether they set anything stands in memory, where a filter can't look, and the user namespace refuses the setting. */
struct refusal { uint16_t nr, error; };

static const struct refusal refused64[] = {
    { 164, EPERM }, /* settimeofday */      { 169, EPERM }, /* reboot */
    { 246, EPERM }, /* kexec_load */        { 320, EPERM }, /* kexec_file_load */   { 175, EPERM }, /* init_module */
    { 313, EPERM }, /* finit_module */      { 176, EPERM }, /* delete_module */     { 167, EPERM }, /* swapon */
    { 168, EPERM }, /* swapoff */           { 172, EPERM }, /* iopl */              { 173, EPERM }, /* ioperm */
    { 321, EPERM }, /* bpf */               { 298, EPERM }, /* perf_event_open */   { 248, EPERM }, /* add_key */
    { 249, EPERM }, /* request_key */       { 250, EPERM }, /* keyctl */            { 179, EPERM }, /* quotactl */
    { 443, EPERM }, /* quotactl_fd */       { 163, EPERM }, /* acct */
    { 323, EPERM }, /* userfaultfd */       { 425, ENOSYS }, /* io_uring_setup */   { 426, ENOSYS }, /* io_uring_enter */
    { 427, ENOSYS }, /* io_uring_register */ { 308, EPERM }, /* setns */            { 300, EPERM }, /* fanotify_init */
    { 304, EPERM }, /* open_by_handle_at */ { 154, ENOSYS }, /* modify_ldt */       { 212, ENOSYS }, /* lookup_dcookie */
};

static const struct refusal refused32[] = {
    { 79, EPERM }, /* settimeofday */       { 25, EPERM }, /* stime */
    { 88, EPERM }, /* reboot */             { 283, EPERM }, /* kexec_load */
    { 128, EPERM }, /* init_module */       { 350, EPERM }, /* finit_module */      { 129, EPERM }, /* delete_module */
    { 87, EPERM }, /* swapon */             { 115, EPERM }, /* swapoff */           { 110, EPERM }, /* iopl */
    { 101, EPERM }, /* ioperm */            { 357, EPERM }, /* bpf */               { 336, EPERM }, /* perf_event_open */
    { 286, EPERM }, /* add_key */           { 287, EPERM }, /* request_key */       { 288, EPERM }, /* keyctl */
    { 131, EPERM }, /* quotactl */          { 443, EPERM }, /* quotactl_fd */       { 51, EPERM }, /* acct */
    { 374, EPERM }, /* userfaultfd */       { 425, ENOSYS }, /* io_uring_setup */
    { 426, ENOSYS }, /* io_uring_enter */   { 427, ENOSYS }, /* io_uring_register */ { 346, EPERM }, /* setns */
    { 338, EPERM }, /* fanotify_init */     { 342, EPERM }, /* open_by_handle_at */ { 123, ENOSYS }, /* modify_ldt */
    { 166, ENOSYS }, /* vm86 */             { 113, ENOSYS }, /* vm86old */          { 253, ENOSYS }, /* lookup_dcookie */
};

/* Calls of which the first argument says whether they could reach anything: these values could not, even with every capability. The
   rest is refused as above. */
static const uint32_t harmless_clocks[] = { 1, 2, 11, 99, (uint32_t)-6 };       /* clocks that nobody can set, or that are not there */
static const uint32_t harmless_logs[] = { 0, 1, 9, 11, (uint32_t)-1 };          /* open, close, a size, and no action at all */

struct exception { uint16_t nr64, nr32, count; const uint32_t *harmless; };

static const struct exception exceptions[] = {
    { 227, 264, sizeof harmless_clocks / 4, harmless_clocks },  /* clock_settime */
    { 0xffff, 404, sizeof harmless_clocks / 4, harmless_clocks },   /* clock_settime64 */
    { 103, 103, sizeof harmless_logs / 4, harmless_logs },      /* syslog */
};

enum { EXCEPTIONS = sizeof exceptions / sizeof *exceptions, EXCEPTION_LENGTH = 4 + 5 };

static struct sock_filter *except(struct sock_filter *at, int is64)
{
    for (size_t i = 0; i < EXCEPTIONS; i++) {
        const struct exception *call = &exceptions[i];
        *at++ = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, is64 ? call->nr64 : call->nr32, 0, (unsigned char)(call->count + 3));
        *at++ = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args));
        for (unsigned char left = (unsigned char)call->count; left > 0; left--)
            *at++ = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call->harmless[call->count - left], left, 0);
        *at++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
        *at++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    }
    return at;
}

static struct sock_filter *refuse(struct sock_filter *at, const struct refusal *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        *at++ = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, list[i].nr, 0, 1);
        *at++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | list[i].error);
    }
    *at++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    return at;
}

static void filter(void)
{
    enum { N64 = sizeof refused64 / sizeof *refused64, N32 = sizeof refused32 / sizeof *refused32 };
    static struct sock_filter code[2 * (N64 + N32 + EXCEPTIONS * EXCEPTION_LENGTH) + 16];
    struct sock_filter *at = code;
    *at++ = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
    *at++ = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 0, EXCEPTIONS * EXCEPTION_LENGTH + 2 * N64 + 5);
    *at++ = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    *at++ = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1);      /* x32 */
    *at++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS);
    at = except(at, 1);
    at = refuse(at, refused64, N64);
    *at++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);         /* not reached */
    *at++ = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_I386, 1, 0);
    *at++ = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
    *at++ = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    at = except(at, 0);
    at = refuse(at, refused32, N32);
    struct sock_fprog program = { (unsigned short)(at - code), code };
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) die("seccomp");
}

void confine_self(void)
{
    limit();
    open_meminfo();
    enter_supervisor_tree();
    /* A user namespace inside this one would give capabilities that nothing here needs. */
    write_file("/proc/sys/user/max_user_namespaces", "0");
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) die("no_new_privs");
    filter();
}
