#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "abi.h"

enum { FUTEX_WAIT = 0, FUTEX_WAKE = 1, StackSize = 1 << 18 };

// stack and tls come first, where __thread_start expects them.
struct __pthread {
    char *stack;
    char *tls;
    void *(*start)(void *);
    void *arg;
    void *result;
    _Atomic int done;
};

void __thread_start(int tid, void *thread);

static void futex_wait(void *word, int value) { SYS(futex, word, FUTEX_WAIT, value, 0, 0, 0); }
static void futex_wake(void *word, int count) { SYS(futex, word, FUTEX_WAKE, count, 0, 0, 0); }

void __thread_main(int tid, void *p)
{
    struct __pthread *thread = p;
    thread->result = thread->start(thread->arg);
    atomic_store(&thread->done, 1);
    futex_wake(&thread->done, 1);
    SYS(exit, 0);
}

// The stack and the thread-local storage are never given back: the thread still stands on them when it tells that it is done.
int pthread_create(pthread_t *created, const pthread_attr_t *attributes, void *(*start)(void *), void *arg)
{
    struct __pthread *thread = calloc(1, sizeof *thread);
    size_t alignment = __builtin_wasm_tls_align();
    char *stack = malloc(StackSize), *tls = malloc(__builtin_wasm_tls_size() + alignment);
    if (!thread || !stack || !tls)
        return EAGAIN;
    thread->stack = (char *)((size_t)(stack + StackSize) & ~(size_t)15);
    thread->tls = alignment ? (char *)(((size_t)tls + alignment - 1) & ~(alignment - 1)) : tls;
    thread->start = start;
    thread->arg = arg;
    int tid = wali___wasm_thread_spawn(__thread_start, thread);
    if (tid < 0)
        return EAGAIN;
    *created = thread;
    return 0;
}

int pthread_join(pthread_t thread, void **result)
{
    while (!atomic_load(&thread->done))
        futex_wait(&thread->done, 0);
    if (result)
        *result = thread->result;
    return 0;
}

// 0 free, 1 taken, 2 taken and somebody may be waiting.
int pthread_mutex_lock(pthread_mutex_t *mutex)
{
    _Atomic int *state = (_Atomic int *)&mutex->state;
    int seen = 0;
    if (atomic_compare_exchange_strong(state, &seen, 1))
        return 0;
    while (atomic_exchange(state, 2) != 0)
        futex_wait(state, 2);
    return 0;
}

int pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    _Atomic int *state = (_Atomic int *)&mutex->state;
    if (atomic_exchange(state, 0) == 2)
        futex_wake(state, 1);
    return 0;
}

int pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex)
{
    int seen = atomic_load((_Atomic int *)&condition->sequence);
    pthread_mutex_unlock(mutex);
    futex_wait(&condition->sequence, seen);
    return pthread_mutex_lock(mutex);
}

static int wake(pthread_cond_t *condition, int count)
{
    atomic_fetch_add((_Atomic int *)&condition->sequence, 1);
    futex_wake(&condition->sequence, count);
    return 0;
}

int pthread_cond_signal(pthread_cond_t *condition) { return wake(condition, 1); }
int pthread_cond_broadcast(pthread_cond_t *condition) { return wake(condition, 1 << 30); }
