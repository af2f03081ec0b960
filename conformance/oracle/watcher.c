/* The watcher: ends a case that takes too much memory. The limits of confine.c hold for each process; what all of a case's processes
   have together, and what they put into tmpfs, memfd and shared memory, which no limit of a process counts, is looked at here.

   A memory cgroup would do it too, but an ordinary user has none, and a killed agent would leave its folder behind. */
#define _GNU_SOURCE
#include "agent.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum { INTERVAL_MS = 10, LIMIT_MB = 1024, SPARE_PERCENT = 4 };

static int meminfo = -1;

struct watch *watch;

/* Before the tree is left, in which the file stands whatever may be mounted later. */
void open_meminfo(void)
{
    meminfo = open("/proc/meminfo", O_RDONLY | O_CLOEXEC);
    if (meminfo < 0) die("open /proc/meminfo");
}

/* A line's figure in MiB; 0 where it is not there. */
static long figure(const char *text, const char *name)
{
    const char *at = strstr(text, name);
    return at ? strtol(at + strlen(name), NULL, 10) / 1024 : 0;
}

static int read_text(int fd, char *to, size_t size)
{
    ssize_t n = pread(fd, to, size - 1, 0);
    to[n > 0 ? n : 0] = 0;
    return n > 0;
}

/* What the processes of this pid namespace have that no other shares, in MiB: the supervisor's own is little. */
static long private_memory(DIR *proc)
{
    char path[300], text[128];
    long pages = 0;
    struct dirent *entry;
    if (proc == NULL) return 0;
    rewinddir(proc);
    while ((entry = readdir(proc)) != NULL) {
        if (entry->d_name[0] < '0' || entry->d_name[0] > '9') continue;
        snprintf(path, sizeof path, "/proc/%s/statm", entry->d_name);
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0) continue;
        long size, resident, shared_pages;
        if (read_text(fd, text, sizeof text) && sscanf(text, "%ld %ld %ld", &size, &resident, &shared_pages) == 3) pages += resident - shared_pages;
        close(fd);
    }
    return pages * sysconf(_SC_PAGESIZE) >> 20;
}

static void end_case_for(const char *why, long megabytes)
{
    pid_t pid = __atomic_load_n(&watch->case_pid, __ATOMIC_ACQUIRE);
    if (pid <= 1) return;
    snprintf(watch->complaint, sizeof watch->complaint, why, megabytes);
    kill(pid, SIGKILL);
}

static void look(DIR *proc, long *shared_before)
{
    char text[8192];
    if (!read_text(meminfo, text, sizeof text)) return;
    long shared_now = figure(text, "\nShmem:"), spare = figure(text, "\nMemAvailable:"), all = figure(text, "MemTotal:");
    pid_t pid = __atomic_load_n(&watch->case_pid, __ATOMIC_ACQUIRE);
    static pid_t seen;
    if (pid != seen) {
        /* What others have shared when a case begins is not the case's. */
        seen = pid;
        *shared_before = shared_now;
    }
    if (shared_now < *shared_before) *shared_before = shared_now;
    if (shared_now - *shared_before > LIMIT_MB)
        end_case_for("the case was ended: it has more than %ld MiB in tmpfs and shared memory", LIMIT_MB);
    else if (private_memory(proc) > LIMIT_MB)
        end_case_for("the case was ended: its processes have more than %ld MiB together", LIMIT_MB);
    else if (all > 0 && spare * 100 < all * SPARE_PERCENT)
        end_case_for("the case was ended: the machine has only %ld MiB to spare", spare);
}

/* A process of its own beside the supervisor, out of the case's sight and reach. */
void start_watcher(void)
{
    watch = mmap(NULL, sizeof *watch, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (watch == MAP_FAILED) die("mmap");
    pid_t pid = fork();
    if (pid < 0) die("fork the watcher");
    if (pid == 0) {
        long shared_before = 0;
        close(0), close(1);
        DIR *proc = confinement.has_proc ? opendir("/proc") : NULL;
        const struct timespec pause = { 0, INTERVAL_MS * 1000000l };
        for (;;) {
            look(proc, &shared_before);
            nanosleep(&pause, NULL);
        }
    }
    close(meminfo);
    if (madvise(watch, sizeof *watch, MADV_DONTFORK) != 0) die("keep the watcher's memory from the cases");
}
