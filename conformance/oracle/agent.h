/* The oracle's agent: carries out system calls on real Linux, confined. See README.md beside this file. */
#ifndef AGENT_H
#define AGENT_H

#include <stdint.h>
#include <stddef.h>

/* The tasks' memory. The driver lays buffers out in it; the same addresses serve both ABIs, so it lies below 4 GiB. */
#define ARENA_BASE 0x10000ul
#define ARENA_SIZE 0x400000ul

/* Stacks of tasks: below 4 GiB, because a 32-bit signal frame keeps only 32 bits of the stack pointer. */
#define STACKS_BASE 0x60000000ul
#define STACK_SIZE 0x10000ul

/* The letter boxes: below 4 GiB too, since a task that waits at its own holds their address when a 32-bit frame is put on its stack;
   and where no text that is taken for an address points. */
#define SHARED_BASE 0x0e000000ul

#define SLOTS 16
#define MESSAGE_MAX (600 * 1024)
#define EVENTS_MAX 64

/* One task's letter box, in memory shared with the supervisor, so that a task needs no descriptor to be reached. */
struct mailbox {
    uint32_t request;   /* futex: counts requests posted */
    uint32_t reply;     /* futex: counts requests done */
    int32_t pid;        /* in the case's pid namespace */
    uint32_t in_length, out_length;
    unsigned char in[MESSAGE_MAX], out[MESSAGE_MAX];
};

struct shared {
    struct mailbox box[SLOTS];
};

extern struct shared *shared;

/* A system call with its registers. */
struct call {
    uint64_t nr;
    uint64_t arg[6];
};

/* What the handlers of entry.S write: how many signals, and which. One log for each stack, so that threads which share the memory
   do not write into each other's; the last is for handlers on a stack of the case's own. Below 4 GiB with the rest of the program. */
struct event_log {
    uint32_t count, unused;
    uint32_t signal[EVENTS_MAX];
};
extern struct event_log event_logs[SLOTS + 1];

/* entry.S: enter the kernel by `syscall` and by `int $0x80`; the second form starts a child on a stack of its own, where
   it calls function(argument). */
long enter64(const struct call *call);
long enter32(const struct call *call);
long enter64_on_stack(const struct call *call, void *stack);
long enter32_on_stack(const struct call *call, void *stack);
void *prepare_stack(void *top, void (*function)(long), long argument);
void handler64(void);
void restorer64(void);
void handler32(void);
void restorer32(void);
void rt_restorer32(void);

/* raw.h's calls never touch errno: a 32-bit signal frame loses the thread pointer. */
long raw(long nr, long a, long b, long c, long d, long e, long f);

/* confine.c */
struct confinement {
    int ranged_ids;     /* a range of ids is mapped, not one: some need more than 16 bits */
    int has_proc;
    int has_devpts;
};
extern struct confinement confinement;
void confine_self(void);                 /* after the id maps are written: limits, tree, network, filter */
void enter_case_tree(void);              /* in a case's own namespaces: its root, /dev, /proc */
void die(const char *what);

/* watcher.c */
struct watch {
    int32_t case_pid;       /* as the supervisor's namespace has it; 0 while there is none */
    char complaint[120];    /* why the watcher ended the case */
};
extern struct watch *watch;
void open_meminfo(void);                 /* while the host's /proc is still there */
void start_watcher(void);

/* supervisor.c */
int supervise(int input, int output);

/* task.c */
void serve_task(long slot);

#endif
