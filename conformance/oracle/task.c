/* A task: waits in its mailbox for a step, carries it out, answers. It uses no libc state and holds no descriptor, so that all of
   its descriptors, memory and credentials are the case's own. */
#define _GNU_SOURCE
#include "agent.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>

struct event_log event_logs[SLOTS + 1];

struct reader { const unsigned char *at, *end; };
struct writer { unsigned char *at, *end; };

static int take(struct reader *in, void *to, size_t size)
{
    if ((size_t)(in->end - in->at) < size) return -1;
    memcpy(to, in->at, size);
    in->at += size;
    return 0;
}

static int put(struct writer *out, const void *from, size_t size)
{
    if ((size_t)(out->end - out->at) < size) return -1;
    memcpy(out->at, from, size);
    out->at += size;
    return 0;
}

/* The task's own memory through the kernel, which answers EFAULT where a plain access would kill. */
static int copy_own(int write, uint64_t address, void *bytes, uint32_t length)
{
    struct iovec local = { bytes, length }, remote = { (void *)address, length };
    if (length == 0) return 0;
    long pid = raw(SYS_getpid, 0, 0, 0, 0, 0, 0);
    return raw(write ? SYS_process_vm_writev : SYS_process_vm_readv, pid, (long)&local, 1, (long)&remote, 1, 0) == length ? 0 : -1;
}

static void *stack_top(int slot) { return (void *)(STACKS_BASE + (slot + 1) * STACK_SIZE); }

enum { ABI_I386 = 0, ABI_X86_64 = 1 };
enum { NO_CHILD = 0xff };

/* Makes the call. A call that makes a child goes on twice: the child serves its own mailbox, on a stack of its own where the
   memory is shared. Only the raw registers of the step count; the stack is put in where clone has it. */
static long make_call(int abi, int child, struct call *call, int *slot)
{
    if (child == NO_CHILD) {
        long self = raw(SYS_gettid, 0, 0, 0, 0, 0, 0);
        long result = abi == ABI_I386 ? enter32(call) : enter64(call);
        /* A rename anywhere on the machine may come between: "the caller may retry" (openat2(2), EAGAIN). */
        for (int again = 0; result == -EAGAIN && call->nr == SYS_openat2 && again < 100; again++)
            result = abi == ABI_I386 ? enter32(call) : enter64(call);
        /* A child that the case does not know does nothing: it must not serve its parent's letter box. */
        while (result == 0 && raw(SYS_gettid, 0, 0, 0, 0, 0, 0) != self) raw(SYS_pause, 0, 0, 0, 0, 0, 0);
        return result;
    }

    int is_clone = abi == ABI_I386 ? call->nr == 120 : call->nr == SYS_clone;
    if (is_clone && (call->arg[0] & CLONE_VM)) {
        void *stack = prepare_stack(stack_top(child), serve_task, child);
        call->arg[1] = (uint64_t)stack;
        return abi == ABI_I386 ? enter32_on_stack(call, stack) : enter64_on_stack(call, stack);
    }
    long result = abi == ABI_I386 ? enter32(call) : enter64(call);
    if (result == 0) {
        *slot = child;
        shared->box[child].pid = (int)raw(SYS_gettid, 0, 0, 0, 0, 0, 0);
    }
    return result;
}

static struct event_log *own_log(void)
{
    char here;
    return &event_logs[((unsigned long)&here - STACKS_BASE) / STACK_SIZE];
}

/* A signal that came between two calls is told with the second, and not with a look at the memory in between. */
static void put_events(struct writer *out, int look_only)
{
    struct event_log *logs[] = { own_log(), &event_logs[SLOTS] };
    uint32_t counts[2], total = 0;
    for (int i = 0; i < 2; i++) {
        counts[i] = look_only ? 0 : logs[i]->count < EVENTS_MAX ? logs[i]->count : EVENTS_MAX;
        total += counts[i];
    }
    put(out, &total, 4);
    for (int i = 0; i < 2; i++) {
        put(out, logs[i]->signal, 4 * counts[i]);
        if (!look_only) logs[i]->count = 0;
    }
}

/* abi, child, nr, arguments, writes (address, length, bytes), reads (address, length)
   -> result, signals, reads (ok, bytes). Returns 1 in a forked child, which has nobody to answer to. */
static int step(struct reader *in, struct writer *out, int *slot)
{
    unsigned char abi, child;
    struct call call;
    uint32_t writes, reads, length, status;
    uint64_t address;
    int mine = *slot;

    if (take(in, &abi, 1) || take(in, &child, 1) || take(in, &call, sizeof call) || take(in, &writes, 4)) return 0;
    status = 0;
    for (uint32_t i = 0; i < writes; i++) {
        if (take(in, &address, 8) || take(in, &length, 4) || (size_t)(in->end - in->at) < length) return 0;
        if (copy_own(1, address, (void *)in->at, length) != 0) status = 1;
        in->at += length;
    }
    int64_t result = (call.nr == UINT64_MAX) ? -(int64_t)(status ? 14 : 0) : make_call(abi, child, &call, slot);
    if (*slot != mine) {
        own_log()->count = event_logs[SLOTS].count = 0;
        return 1;
    }

    put(out, &result, 8);
    put_events(out, call.nr == UINT64_MAX);
    if (take(in, &reads, 4)) return 0;
    for (uint32_t i = 0; i < reads; i++) {
        if (take(in, &address, 8) || take(in, &length, 4) || (size_t)(out->end - out->at) < length + 4) return 0;
        status = copy_own(0, address, out->at + 4, length) == 0;
        put(out, &status, 4);
        if (status) out->at += length;
    }
    return 0;
}

/* slot -> pid. The child is a process of its own, made from this one. */
static int spawn(struct reader *in, struct writer *out, int *slot)
{
    unsigned char child;
    if (take(in, &child, 1) || child >= SLOTS) return 0;
    int64_t pid = raw(SYS_fork, 0, 0, 0, 0, 0, 0);
    if (pid == 0) {
        *slot = child;
        shared->box[child].pid = (int)raw(SYS_gettid, 0, 0, 0, 0, 0, 0);
        return 1;
    }
    put(out, &pid, 8);
    return 0;
}

/* tid -> the state letter of /proc/tid/stat, or 0 when there is no such task. */
static void state(struct reader *in, struct writer *out)
{
    int32_t tid;
    char path[32], text[256], digits[12];
    int64_t answer = 0;
    if (take(in, &tid, 4)) return;
    int n = 0, at = 6;
    memcpy(path, "/proc/", 6);
    do digits[n++] = '0' + tid % 10; while ((tid /= 10) > 0);
    while (n > 0) path[at++] = digits[--n];
    memcpy(path + at, "/stat", 6);
    long fd = raw(SYS_open, (long)path, O_RDONLY | O_CLOEXEC, 0, 0, 0, 0);
    if (fd >= 0) {
        long length = raw(SYS_read, fd, (long)text, sizeof text - 1, 0, 0, 0);
        raw(SYS_close, fd, 0, 0, 0, 0, 0);
        for (long i = length - 1; i > 0; i--)
            if (text[i] == ')' && i + 2 < length) { answer = text[i + 2]; break; }
    }
    put(out, &answer, 8);
}

/* pid, milliseconds -> 1 and the wait status, or 0 when it has not ended by then. */
static void reap(struct reader *in, struct writer *out)
{
    int32_t pid;
    uint32_t milliseconds;
    if (take(in, &pid, 4) || take(in, &milliseconds, 4)) return;
    int64_t done = 0;
    int32_t status = 0;
    for (uint32_t waited = 0; ; waited++) {
        if (raw(SYS_wait4, pid, (long)&status, WNOHANG, 0, 0, 0) == pid) { done = 1; break; }
        if (waited >= milliseconds) break;
        struct timespec pause = { 0, 1000000 };
        raw(SYS_nanosleep, (long)&pause, 0, 0, 0, 0, 0);
    }
    put(out, &done, 8);
    put(out, &status, 4);
}

void *prepare_stack(void *top, void (*function)(long), long argument)
{
    uint64_t *stack = (uint64_t *)top - 4;
    stack[0] = (uint64_t)argument;
    stack[1] = (uint64_t)function;
    return stack;
}

void serve_task(long first)
{
    int slot = (int)first;
    uint32_t done = __atomic_load_n(&shared->box[slot].reply, __ATOMIC_ACQUIRE);
    shared->box[slot].pid = (int)raw(SYS_gettid, 0, 0, 0, 0, 0, 0);
    for (;;) {
        struct mailbox *box = &shared->box[slot];
        uint32_t posted;
        while ((posted = __atomic_load_n(&box->request, __ATOMIC_ACQUIRE)) == done)
            raw(SYS_futex, (long)&box->request, FUTEX_WAIT, posted, 0, 0, 0);

        uint32_t length = box->in_length < MESSAGE_MAX ? box->in_length : MESSAGE_MAX;
        struct reader in = { box->in, box->in + length };
        struct writer out = { box->out, box->out + MESSAGE_MAX };
        unsigned char op = 0;
        int is_child = 0;
        take(&in, &op, 1);
        switch (op) {
        case 'c': is_child = step(&in, &out, &slot); break;
        case 'f': is_child = spawn(&in, &out, &slot); break;
        case 's': state(&in, &out); break;
        case 'r': reap(&in, &out); break;
        }
        if (is_child) {
            done = __atomic_load_n(&shared->box[slot].reply, __ATOMIC_ACQUIRE);
            continue;
        }
        box->out_length = (uint32_t)(out.at - box->out);
        done = posted;
        __atomic_store_n(&box->reply, posted, __ATOMIC_RELEASE);
        raw(SYS_futex, (long)&box->reply, FUTEX_WAKE, 1, 0, 0, 0);
    }
}
