/* The supervisor: pid 1 of the confined namespaces. It takes the driver's requests from a pipe, makes and ends cases, and hands
   steps to their tasks. A case lives in pid, mount, IPC and UTS namespaces of its own, and ends with them. */
#define _GNU_SOURCE
#include "agent.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct shared *shared;

static int case_pid;

static void set_case_pid(int pid)
{
    case_pid = pid;
    if (pid > 0) watch->complaint[0] = 0;
    __atomic_store_n(&watch->case_pid, pid > 0 ? pid : 0, __ATOMIC_RELEASE);
}

static int read_all(int fd, void *to, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t n = read(fd, (char *)to + done, size - done);
        if (n == 0 || (n < 0 && errno != EINTR)) return -1;
        if (n > 0) done += (size_t)n;
    }
    return 0;
}

static int write_all(int fd, const void *from, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t n = write(fd, (const char *)from + done, size - done);
        if (n < 0 && errno != EINTR) return -1;
        if (n > 0) done += (size_t)n;
    }
    return 0;
}

static int answer(int output, unsigned char status, const void *payload, uint32_t length)
{
    unsigned char head[5];
    uint32_t total = length + 1;
    memcpy(head, &total, 4);
    head[4] = status;
    return write_all(output, head, 5) || (length > 0 && write_all(output, payload, length));
}

static void *map_at(unsigned long address, size_t size, int protection)
{
    void *at = mmap((void *)address, size, protection, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (at != (void *)address) die("map the tasks' memory");
    return at;
}

/* Pid 1 of a case. Nothing of the supervisor's may stay open here: the tasks are made from this process. */
static void case_init(long unused)
{
    (void)unused;
    close_range(0, 1, 0), close_range(3, ~0u, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setsid();
    enter_case_tree();
    close(2);
    /* Standard input, output and error. */
    for (int fd = 0; fd < 3; fd++)
        if (open("/dev/null", O_RDWR) != fd) _exit(4);
    if (chdir("/t") != 0) _exit(4);
    if (sethostname("linuxwasm", 9) != 0 || setdomainname("(none)", 6) != 0) _exit(4);
    /* Whatever the starter ignores (a shell's background job ignores SIGINT) or blocks: a fresh process does neither. Not by the C
       library, which would add a flag and leave signals of its own out. */
    uint64_t none[4] = { 0 };
    for (int signal = 1; signal <= 64; signal++) raw(SYS_rt_sigaction, signal, (long)none, 0, 8, 0, 0);
    raw(SYS_rt_sigprocmask, SIG_SETMASK, (long)none, 0, 8, 0, 0);
    serve_task(0);
}

static void end_case(void)
{
    int pid = case_pid;
    /* Before the number is free for another. */
    set_case_pid(0);
    if (pid > 0) {
        kill(pid, SIGKILL);
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) { }
    }
}

static int begin_case(void)
{
    end_case();
    for (int slot = 0; slot < SLOTS; slot++) {
        shared->box[slot].request = shared->box[slot].reply = 0;
        shared->box[slot].pid = 0;
    }
    struct call clone = { SYS_clone, { CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | SIGCHLD } };
    void *stack = prepare_stack((void *)(STACKS_BASE + STACK_SIZE), case_init, 0);
    clone.arg[1] = (uint64_t)stack;
    set_case_pid((int)enter64_on_stack(&clone, stack));
    return case_pid > 0 ? 0 : -case_pid;
}

static int post(int slot, const unsigned char *message, uint32_t length)
{
    struct mailbox *box = &shared->box[slot];
    if (length > MESSAGE_MAX || box->request != __atomic_load_n(&box->reply, __ATOMIC_ACQUIRE)) return -1;
    memcpy(box->in, message, length);
    box->in_length = length;
    __atomic_add_fetch(&box->request, 1, __ATOMIC_RELEASE);
    syscall(SYS_futex, &box->request, FUTEX_WAKE, 1, NULL, NULL, 0);
    return 0;
}

/* 0 done, 1 still at it after the time, 2 the whole case is gone. */
static int wait_for(int slot, uint32_t milliseconds)
{
    struct mailbox *box = &shared->box[slot];
    struct timespec now, end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += milliseconds / 1000;
    end.tv_nsec += (milliseconds % 1000) * 1000000l;
    if (end.tv_nsec >= 1000000000l) end.tv_sec++, end.tv_nsec -= 1000000000l;
    for (;;) {
        uint32_t seen = __atomic_load_n(&box->reply, __ATOMIC_ACQUIRE);
        if (seen == box->request) return 0;
        clock_gettime(CLOCK_MONOTONIC, &now);
        long left = (end.tv_sec - now.tv_sec) * 1000000000l + (end.tv_nsec - now.tv_nsec);
        if (left <= 0) return 1;
        /* In slices, so that a case whose pid 1 died is noticed before the deadline. */
        struct timespec slice = { 0, left < 50000000l ? left : 50000000l };
        syscall(SYS_futex, &box->reply, FUTEX_WAIT, seen, &slice, NULL, 0);
        if (case_pid <= 0 || waitpid(case_pid, NULL, WNOHANG) == case_pid) {
            set_case_pid(0);
            return 2;
        }
    }
}

/* A kernel may be built, or told, to have no 32-bit entry: then int $0x80 is a fault. */
static int has_i386(void)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        struct call getpid = { 20, { 0 } };
        _exit(enter32(&getpid) > 0 ? 0 : 1);
    }
    return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static int hello(int output)
{
    struct utsname uts;
    struct { uint64_t words[10]; char release[65]; } text;
    memset(&text, 0, sizeof text);
    uname(&uts);
    text.words[0] = ARENA_BASE;
    text.words[1] = ARENA_SIZE;
    text.words[2] = (uint64_t)handler64;
    text.words[3] = (uint64_t)restorer64;
    text.words[4] = (uint64_t)handler32;
    text.words[5] = (uint64_t)restorer32;
    text.words[6] = (uint64_t)rt_restorer32;
    text.words[7] = (uint64_t)confinement.ranged_ids;
    text.words[8] = (uint64_t)confinement.has_proc;
    text.words[9] = (uint64_t)has_i386();
    memcpy(text.release, uts.release, sizeof text.release);
    return answer(output, 0, &text, 10 * 8 + (uint32_t)strlen(text.release));
}

int supervise(int input, int output)
{
    static unsigned char message[MESSAGE_MAX + 64];
    shared = mmap((void *)SHARED_BASE, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (shared != (void *)SHARED_BASE) die("map the letter boxes");
    map_at(ARENA_BASE, ARENA_SIZE, PROT_READ | PROT_WRITE);
    map_at(STACKS_BASE, SLOTS * STACK_SIZE, PROT_READ | PROT_WRITE);
    signal(SIGPIPE, SIG_IGN);
    start_watcher();
    if (hello(output)) return 0;

    for (;;) {
        uint32_t length, milliseconds = 0;
        if (read_all(input, &length, 4) || length == 0 || length > sizeof message || read_all(input, message, length)) break;
        unsigned char op = message[0], slot = length > 1 ? message[1] : 0;
        int status;
        switch (op) {
        case 'B':
            status = begin_case();
            if (answer(output, status == 0 ? 0 : 3, &status, 4)) goto out;
            break;
        case 'E':
            end_case();
            if (answer(output, 0, NULL, 0)) goto out;
            break;
        case 'C': /* slot, milliseconds, message: post and wait */
        case 'W': /* slot, milliseconds: wait on */
            if (length < 6 || slot >= SLOTS) goto out;
            memcpy(&milliseconds, message + 2, 4);
            if (op == 'C' && post(slot, message + 6, length - 6) != 0) {
                if (answer(output, 4, NULL, 0)) goto out;
                break;
            }
            status = wait_for(slot, milliseconds);
            if (status == 0) {
                uint32_t size = shared->box[slot].out_length;
                if (answer(output, 0, shared->box[slot].out, size < MESSAGE_MAX ? size : MESSAGE_MAX)) goto out;
            } else if (answer(output, (unsigned char)status, watch->complaint, status == 2 ? (uint32_t)strlen(watch->complaint) : 0))
                goto out;
            break;
        case 'P': /* slot: its pid in the case's namespace */
            if (slot >= SLOTS || answer(output, 0, &shared->box[slot].pid, 4)) goto out;
            break;
        default:
            goto out;
        }
    }
out:
    end_case();
    return 0;
}
