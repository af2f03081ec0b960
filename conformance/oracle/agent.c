/* The starter: makes the namespaces and their id maps, and stays outside as the keeper that ends everything at the deadline.
   usage: agent SECONDS      requests on standard input, answers on standard output */
#define _GNU_SOURCE
#include "agent.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Ids outside that belong to nobody; one range for everything inside. */
#define OUTER_IDS 1879048192u
#define ID_COUNT 131072u

static int write_map(pid_t pid, const char *file, const char *text)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return -1;
    ssize_t n = write(fd, text, strlen(text));
    close(fd);
    return n == (ssize_t)strlen(text) ? 0 : -1;
}

static void map_ids(pid_t pid, int ranged)
{
    char uids[64], gids[64];
    if (ranged) {
        snprintf(uids, sizeof uids, "0 %u %u", OUTER_IDS, ID_COUNT);
        strcpy(gids, uids);
    } else {
        snprintf(uids, sizeof uids, "0 %u 1", (unsigned)getuid());
        snprintf(gids, sizeof gids, "0 %u 1", (unsigned)getgid());
        write_map(pid, "setgroups", "deny");
    }
    if (write_map(pid, "uid_map", uids) || write_map(pid, "gid_map", gids)) {
        kill(pid, SIGKILL);
        die("write the id maps");
    }
}

static void wait_for_byte(int fd)
{
    char byte;
    if (read(fd, &byte, 1) != 1) _exit(3);
}

/* The confined side, before it has any pid namespace: becomes nobody, makes the user namespace, gets its ids, makes the rest. */
static void confined(int ranged, int tell, int wait)
{
    if (ranged && (setgroups(0, NULL) || setresgid(OUTER_IDS, OUTER_IDS, OUTER_IDS) || setresuid(OUTER_IDS, OUTER_IDS, OUTER_IDS))) die("become nobody");
    prctl(PR_SET_DUMPABLE, 1);
    if (unshare(CLONE_NEWUSER) != 0) die("no user namespaces");
    if (write(tell, "u", 1) != 1) _exit(3);
    wait_for_byte(wait);
    if (setresgid(0, 0, 0) || setresuid(0, 0, 0)) die("become root inside");
    if (ranged && setgroups(0, NULL)) die("setgroups");
    confinement.ranged_ids = ranged;
    if (unshare(CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP) != 0) die("no namespaces");

    /* The parent's death ends the child from here on; the pipe tells of one that came before. */
    pid_t pid = fork();
    if (pid < 0) die("fork");
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(tell);
        confine_self();
        close(wait);
        _exit(supervise(0, 1));
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    close(0), close(1);
    int status;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) { }
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : 5);
}

int main(int argc, char **argv)
{
    int seconds = argc > 1 ? atoi(argv[1]) : 60;
    pid_t starter = getppid();
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != starter) return 3;
    /* Addresses that are the same in every run make cases about memory repeat. */
    if (!(personality(0xffffffff) & ADDR_NO_RANDOMIZE)) {
        personality(ADDR_NO_RANDOMIZE);
        execv("/proc/self/exe", argv);
    }
    personality(0);
    int oom = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (oom >= 0) {
        if (write(oom, "1000", 4) != 4) { /* the kernel chooses whom to end without our advice */ }
        close(oom);
    }

    int ranged = geteuid() == 0;
    int up[2], down[2];
    if (pipe2(up, O_CLOEXEC) || pipe2(down, O_CLOEXEC)) die("pipe");
    pid_t pid = fork();
    if (pid < 0) die("fork");
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(up[0]), close(down[1]);
        confined(ranged, up[1], down[0]);
    }
    close(up[1]), close(down[0]);
    wait_for_byte(up[0]);
    map_ids(pid, ranged);
    if (write(down[1], "g", 1) != 1) return 3;
    close(0), close(1);

    /* SIGALRM ends the keeper, and with it everything inside. */
    signal(SIGALRM, SIG_DFL);
    alarm((unsigned)seconds);
    int status;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) { }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 5;
}
